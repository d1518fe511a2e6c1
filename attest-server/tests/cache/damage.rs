//! Stored files and rows that are not what they were: never served, never fatal, and made anew.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::archives::{archive, upload};
use crate::shop::Shop;

pub(crate) fn steps() -> Value {
    json!([
        {"name": "make", "inputs": ["a"], "outputs": ["out"],
         "run": "mkdir out; cat a a > out/twice; echo other > out/other; echo made"},
        {"name": "use", "needs": ["make"], "inputs": ["out"], "outputs": ["end"], "run": "cat out/twice > end"},
    ])
}

/// The digest of the blob that describes what a step left.
fn document(shop: &Shop, position: i64) -> String {
    let record: String = shop
        .database()
        .query_row(
            "SELECT record FROM cache_entries WHERE position = ?1",
            [position],
            |row| row.get(0),
        )
        .unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    record["outputs"].as_str().unwrap().to_owned()
}

pub(crate) fn digest(content: &str) -> String {
    attest_core::digest::Digest::of(content.as_bytes()).to_string()
}

/// Ways for a file to go bad; the last is told what to put in its place.
pub(crate) fn ruin(way: &str, path: &Path, other: &Path) {
    let content = fs::read(path).unwrap();
    match way {
        "corrupt" => {
            let mut content = content;
            content[0] ^= 1;
            fs::write(path, content).unwrap();
        }
        "truncated" => fs::write(path, &content[..content.len() / 2]).unwrap(),
        "empty" => fs::write(path, []).unwrap(),
        "longer" => fs::write(path, [content.as_slice(), b"x"].concat()).unwrap(),
        "swapped" => drop(fs::copy(other, path).unwrap()),
        "missing" => fs::remove_file(path).unwrap(),
        _ => panic!("{way}"),
    }
}

pub(crate) const WAYS: [&str; 6] = [
    "corrupt",
    "truncated",
    "empty",
    "longer",
    "swapped",
    "missing",
];

fn quarantined(shop: &Shop) -> usize {
    let quarantine = shop.data.path().join("blobs/quarantine");
    fs::read_dir(quarantine).unwrap().count()
}

#[test]
fn a_damaged_output_is_a_miss_goes_to_quarantine_and_is_made_anew() {
    for way in WAYS {
        for what in ["a file", "the outputs document"] {
            let shop = Shop::new(&[("a", "A")]);
            let first = shop.run(&steps());
            let (hurt, other) = match what {
                "a file" => (digest("AA"), digest("other\n")),
                _ => (document(&shop, 0), document(&shop, 1)),
            };
            ruin(way, &shop.blob(&hurt), &shop.blob(&other));

            let second = shop.run(&steps());
            let case = format!("{what}, {way}: {}", second.execution);
            assert_eq!(second.status(), "completed", "{case}");
            // What follows sees the same outputs again.
            assert_eq!(second.hits(), ["use"], "{case}");
            assert_eq!(quarantined(&shop), usize::from(way != "missing"), "{case}");
            assert_eq!(shop.artifact(&second, "out/twice"), "AA", "{case}");
            assert_eq!(shop.artifact(&second, "out/other"), "other\n", "{case}");
            assert_eq!(
                first.attested("make")["output_hash"],
                second.attested("make")["output_hash"]
            );
            assert_eq!(shop.run(&steps()).hits(), ["make", "use"], "{case}");
        }
    }
}

#[test]
fn a_damaged_file_of_the_source_reaches_no_step() {
    for way in WAYS {
        let shop = Shop::new(&[("a", "A"), ("b", "B")]);
        let step =
            |name: &str| json!([{"name": name, "run": format!("cat a # {name}"), "inputs": ["a"]}]);
        assert_eq!(shop.run(&step("one")).attested("one")["stdout"], "A");
        ruin(way, &shop.blob(&digest("A")), &shop.blob(&digest("B")));
        // A hit has no need of the source, and is right.
        let served = shop.run(&step("one"));
        assert_eq!(
            (served.status(), served.hits()),
            ("completed", vec!["one"]),
            "{way}"
        );
        // Whoever needs it fails rather than read it; then it is taken from the directory again.
        let run = shop.run(&step("two"));
        if run.status() == "completed" {
            assert_eq!(run.attested("two")["stdout"], "A", "{way}");
        } else {
            let failure = &run.execution["failure"];
            assert_eq!(failure["reason"], "engine_failed", "{way}");
            let message = failure["message"].as_str().unwrap();
            assert!(message.contains("the file \"a\""), "{way}: {message}");
            assert_eq!(
                shop.run(&step("two")).attested("two")["stdout"],
                "A",
                "{way}"
            );
        }
    }
}

#[test]
fn an_entry_whose_row_is_damaged_is_a_miss_and_is_replaced() {
    let shop = Shop::new(&[("a", "A")]);
    shop.run(&steps());
    let other = document(&shop, 1);
    let sound: String = shop
        .database()
        .query_row(
            "SELECT record FROM cache_entries WHERE position = 0",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let sound: Value = serde_json::from_str(&sound).unwrap();
    let with = |field: &str, value: Value| {
        let mut record = sound.clone();
        record[field] = value;
        record.to_string()
    };
    // Descriptions that are whole and say of the same list that other files lie there.
    let sound_document = fs::read(shop.blob(&document(&shop, 0))).unwrap();
    let sound_document: Value = serde_json::from_slice(&sound_document).unwrap();
    let stored = |change: fn(&mut Value)| {
        let mut document = sound_document.clone();
        change(&mut document["tree"]);
        let bytes = document.to_string().into_bytes();
        assert_eq!(upload(shop.server(), &archive(&[&bytes])).status, 200);
        json!(digest(std::str::from_utf8(&bytes).unwrap()))
    };
    for record in [
        with(
            "outputs",
            stored(|tree| tree["out/new"] = tree["out/other"].clone()),
        ),
        with(
            "outputs",
            stored(|tree| drop(tree.as_object_mut().unwrap().remove("out/other"))),
        ),
        with(
            "outputs",
            stored(|tree| tree["out/twice"] = tree["out/other"].clone()),
        ),
        with(
            "outputs",
            stored(|tree| tree["out/twice"] = json!({"kind": "symlink", "target": "other"})),
        ),
        String::new(),
        "{".to_owned(),
        "null".to_owned(),
        with("exit_code", json!(1)),
        with("exit_code", json!(null)),
        with("output_hash", json!(digest("x"))),
        with("outputs", json!(other)),
        with("outputs", json!(digest("AA"))),
        with("outputs", json!("blake3:12")),
    ] {
        let changed = shop
            .database()
            .execute(
                "UPDATE cache_entries SET record = ?1 WHERE position = 0",
                [&record],
            )
            .unwrap();
        assert_eq!(changed, 1);
        if serde_json::from_str::<Value>(&record).is_err() {
            // It keeps nobody from making room.
            let collected = shop.server().call("POST", "/v1/cache/gc", None);
            assert_eq!(collected.status, 200, "{record}: {}", collected.text());
        }
        let run = shop.run(&steps());
        assert_eq!(
            (run.status(), run.hits()),
            ("completed", vec!["use"]),
            "{record}"
        );
        assert_eq!(shop.artifact(&run, "end"), "AA");
        assert_eq!(shop.run(&steps()).hits(), ["make", "use"], "{record}");
    }
}

#[test]
fn a_result_whose_log_is_gone_or_damaged_is_made_anew() {
    for sql in [
        "DELETE FROM log_chunks",
        "UPDATE log_chunks SET lines = x'00'",
        "UPDATE log_chunks SET first_seq = first_seq + 1",
        "UPDATE log_chunks SET last_seq = last_seq + 1",
    ] {
        let shop = Shop::new(&[("a", "A")]);
        shop.run(&steps());
        shop.database().execute_batch(sql).unwrap();
        let run = shop.run(&steps());
        // The other step wrote nothing.
        assert_eq!(
            (run.status(), run.hits()),
            ("completed", vec!["use"]),
            "{sql}"
        );
        let served = shop.run(&steps());
        assert_eq!(served.hits(), ["make", "use"], "{sql}");
        assert_eq!(shop.log(&served, "make")[1].1, "made");
    }
}

#[test]
fn a_step_that_leaves_what_another_left_mends_it_where_it_was_damaged() {
    for cache in [true, false] {
        let shop = Shop::new(&[]);
        let step = |name: &str| {
            json!([
                {"name": name, "run": format!("echo same > {name}; true {name}"), "outputs": [name]},
                {"name": "none", "run": format!("true {name}")},
            ])
        };
        shop.run(&step("one"));
        // The file, and what describes the outputs of every step that leaves nothing.
        for hurt in [digest("same\n"), document(&shop, 1)] {
            let blob = shop.blob(&hurt);
            ruin("corrupt", &blob, &blob);
        }
        let run = shop.run_with(&step("two"), &json!({"options": {"cache": cache}}));
        assert_eq!(run.status(), "completed", "{}", run.execution);
        assert_eq!(shop.artifact(&run, "two"), "same\n");
        assert_eq!(quarantined(&shop), 2);
    }
}

#[test]
fn an_execution_whose_source_is_described_no_longer_says_so_and_the_next_goes_on() {
    for way in WAYS {
        let mut shop = Shop::with(&[("a", "A")], |config| attest_server::Config {
            workers: 0,
            ..config
        });
        let steps = json!([{"name": "s", "run": "cat a", "inputs": ["a"]}]);
        let pipeline = shop.server().pipeline(steps);
        let queued = shop.server().execute(&pipeline, &json!({}));
        let plan: String = shop
            .database()
            .query_row("SELECT plan FROM executions", [], |row| row.get(0))
            .unwrap();
        let plan: Value = serde_json::from_str(&plan).unwrap();
        let source = plan["source"].as_str().unwrap();
        ruin(way, &shop.blob(source), &shop.blob(&digest("A")));
        shop.restart(|config| config);
        let run = shop.finished(&queued);
        assert_eq!(run.status(), "failed", "{way}");
        assert_eq!(run.execution["failure"]["reason"], "source_lost", "{way}");
        let message = run.execution["failure"]["message"].as_str().unwrap();
        assert!(message.contains(source), "{way}: {message}");
        assert_eq!(
            shop.execute(&pipeline, &json!({})).status(),
            "completed",
            "{way}"
        );
    }
}
