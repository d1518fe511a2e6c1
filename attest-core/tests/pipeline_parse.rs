//! Reading a pipeline file is strict, and an error says where.
#![allow(clippy::panic)] // the whole file is tests

use attest_core::pipeline::{Definition, Form};

#[track_caller]
fn refused(file: &str, at: &str, words: &[&str]) {
    let message = match Definition::parse(file.as_bytes()) {
        Ok(definition) => panic!("{file} is read as {definition:?}"),
        Err(error) => error.to_string(),
    };
    assert!(message.starts_with(&format!("{at}: ")), "{message}");
    for word in words {
        assert!(message.contains(word), "{word:?} in {message}");
    }
}

#[test]
fn an_unknown_key_is_named_with_its_place() {
    refused(
        "version: 1\nsteps:\n  a: {run: x, ouputs: [y]}\n",
        "3:15",
        &["steps.a", "\"ouputs\"", "outputs"],
    );
    refused(
        "version: 1\nsteps:\n- {name: a, run: x, Run: y}\n",
        "3:21",
        &["steps[0]", "\"Run\""],
    );
    refused(
        "version: 1\nsteps: {}\ndescription: x\n",
        "3:1",
        &["description"],
    );
    refused(
        "version: 1\nsteps: {}\nattestation: {sign: true}\n",
        "3:15",
        &["attestation", "sign"],
    );
    refused(
        "version: 1\nsteps: {a: {run: x, attestation: {type: t, x: 1}}}\n",
        "2:44",
        &["steps.a.attestation"],
    );
}

#[test]
fn the_additions_exist_in_the_list_form_alone() {
    refused(
        "version: 1\nnetwork: false\nsteps: {}\n",
        "2:1",
        &["network", "list"],
    );
    refused(
        "version: 1\nsteps:\n  a: {run: x, strict_inputs: true}\n",
        "3:15",
        &["steps.a", "strict_inputs", "list"],
    );
    refused(
        "version: 1\nsteps:\n  a: {run: x, name: a}\n",
        "3:15",
        &["steps.a", "name"],
    );
    let list = Definition::parse(
        b"{version: 1, network: null, steps: [{name: a, run: x, strict_inputs: true}]}",
    )
    .unwrap();
    assert_eq!(
        (list.form, list.network, list.steps[0].strict_inputs),
        (Form::List, None, Some(true))
    );
}

#[test]
fn what_is_missing_is_named() {
    refused("steps: {}\n", "1:1", &["`version` is missing"]);
    refused("version: 1\n", "1:1", &["`steps` is missing"]);
    refused(
        "version: 1\nsteps:\n  a: {}\n",
        "3:6",
        &["steps.a", "`run` is missing"],
    );
    refused(
        "version: 1\nsteps:\n- {run: x}\n",
        "3:3",
        &["steps[0]", "`name` is missing"],
    );
    refused(
        "version: 1\nsteps: {a: {run: x, attestation: {}}}\n",
        "2:34",
        &["steps.a.attestation", "`type` is missing"],
    );
}

#[test]
fn a_wrong_type_is_named() {
    refused("version: 1\nsteps: 1\n", "2:8", &["steps", "map of steps"]);
    refused("version: 1\nsteps: {a: x}\n", "2:12", &["steps.a", "map"]);
    refused(
        "version: 1\nsteps: {a: {run: [x]}}\n",
        "2:18",
        &["steps.a.run", "text"],
    );
    refused(
        "version: 1\nsteps: {a: {run: x, inputs: y}}\n",
        "2:29",
        &["steps.a.inputs", "list"],
    );
    refused(
        "version: 1\nsteps: {a: {run: x, inputs: [[y]]}}\n",
        "2:30",
        &["steps.a.inputs[0]", "text"],
    );
    refused(
        "version: 1\nsteps: {a: {run: x, env: {A: {}}}}\n",
        "2:30",
        &["steps.a.env.A", "text"],
    );
    for cache in ["yes", "'true'", "1", "null", "~"] {
        refused(
            &format!("version: 1\nsteps:\n  a:\n    run: x\n    cache: {cache}\n"),
            "5:12",
            &["steps.a.cache"],
        );
    }
    for number in [
        "'60'",
        "010",
        "1_0",
        "1.0",
        "-1",
        "1e3",
        "18446744073709551616",
        "0x",
        "x",
    ] {
        refused(
            &format!("version: 1\nsteps: {{a: {{run: x, timeout_secs: {number}}}}}\n"),
            "2:35",
            &["timeout_secs"],
        );
    }
    refused(
        "schema_version: 4294967296\nversion: 1\nsteps: {}\n",
        "1:17",
        &["schema_version"],
    );
    refused("- a\n", "1:1", &["map"]);
    refused("", "1:1", &["map"]);
}

#[test]
fn a_name_is_used_once_in_either_form() {
    refused(
        "version: 1\nsteps:\n  a: {run: x}\n  a: {run: y}\n",
        "4:3",
        &["duplicate key", "3:3"],
    );
    refused(
        "version: 1\nsteps:\n- {name: a, run: x}\n- {name: a, run: y}\n",
        "4:10",
        &["steps[1].name", "steps[0]"],
    );
    refused(
        "version: 1\nversion: 2\nsteps: {}\n",
        "2:1",
        &["duplicate key"],
    );
    refused(
        "version: 1\nsteps: {a: {run: x, env: {K: 1, K: 2}}}\n",
        "2:33",
        &["duplicate key"],
    );
}

#[test]
fn an_optional_is_null_only_as_plain_null() {
    for null in ["null", "Null", "NULL", "~", ""] {
        let file = format!("version: 1\nname: {null}\nsteps: {{}}\n");
        assert_eq!(
            Definition::parse(file.as_bytes()).unwrap().name,
            None,
            "{null}"
        );
    }
    let quoted = Definition::parse(b"version: 1\nname: 'null'\nsteps: {}\n").unwrap();
    assert_eq!(quoted.name.as_deref(), Some("null"));
}

#[test]
fn the_authors_order_is_kept() {
    let definition = Definition::parse(b"version: 1\nsteps: {z: {run: x}, a: {run: y}}\n").unwrap();
    assert_eq!(
        definition
            .steps
            .iter()
            .map(|step| step.name.as_str())
            .collect::<Vec<_>>(),
        ["z", "a"]
    );
}
