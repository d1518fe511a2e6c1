//! What executions start from, and the files that globs become.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use attest_core::digest::Digest;
use serde_json::{Value, json};

use crate::Workshop;
use crate::archives::{archive, digest, upload};
use crate::clock::Clock;

/// A source of these files, uploaded; its id.
fn uploaded(shop: &Workshop, files: &[(&str, &str)]) -> String {
    let contents: Vec<&[u8]> = files.iter().map(|(_, text)| text.as_bytes()).collect();
    assert_eq!(upload(&shop.server, &archive(&contents)).status, 200);
    let entry = |(path, text): &(&str, &str)| json!({"path": path, "kind": "file", "digest": digest(text.as_bytes())});
    let entries: Vec<Value> = files.iter().map(entry).collect();
    let made = shop
        .server
        .post("/v1/sources", &json!({"entries": entries}));
    made["source"].as_str().unwrap().to_owned()
}

/// Where the store has the blob of this content.
fn blob(shop: &Workshop, digest: &Digest) -> PathBuf {
    let hex = digest.hex();
    shop.data
        .path()
        .join("blobs")
        .join(&hex[..2])
        .join(&hex[2..4])
        .join(&hex)
}

/// The one problem of a refused execution.
/// Every stored file.
fn stored(shop: &Workshop) -> Vec<PathBuf> {
    let below = |directory: PathBuf| {
        let entries = std::fs::read_dir(directory).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path())
    };
    below(shop.data.path().join("blobs"))
        .flat_map(below)
        .flat_map(below)
        .collect()
}

fn refused(shop: &Workshop, steps: Value, body: &Value) -> (String, String) {
    let path = format!("/v1/pipelines/{}/executions", shop.server.pipeline(steps));
    let error = shop
        .server
        .call("POST", &path, Some(body))
        .error(400, "VALIDATION_ERROR");
    assert_eq!(error["details"]["errors"], Value::Null, "{error}");
    let text = |key: &str| error["details"][key].as_str().unwrap().to_owned();
    (text("field"), text("issue"))
}

fn receipt(shop: &Workshop, ended: &Value) -> Value {
    assert_eq!(ended["status"], "completed", "{ended}");
    let id = ended["id"].as_str().unwrap();
    shop.server.get(&format!("/v1/executions/{id}/receipt"))["receipt"].clone()
}

#[test]
fn an_uploaded_source_is_all_that_an_execution_sees_and_is_told_of() {
    let shop = Workshop::new(&[("own", "the operator's")]);
    for arguments in [
        &["init", "-q"][..],
        &["add", "."],
        &[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.invalid",
            "commit",
            "-qm",
            "first",
        ],
    ] {
        let git = Command::new("git")
            .arg("-C")
            .arg(shop.source.path())
            .args(arguments)
            .status();
        assert!(git.unwrap().success());
    }
    let source = uploaded(&shop, &[("a.txt", "A"), ("d/b.txt", "B")]);
    let steps = json!([{"name": "list", "run": "find . -type f | sort"}]);
    let run = |body: Value| receipt(&shop, &shop.run_with(steps.clone(), &body));

    let own = run(json!({}));
    assert_eq!(own["steps"][0]["stdout"], "./own\n");
    assert_eq!(
        own["provenance"]["source"]["commit"]
            .as_str()
            .unwrap()
            .len(),
        40
    );

    let made = run(json!({"source": source}));
    assert_eq!(made["steps"][0]["stdout"], "./a.txt\n./d/b.txt\n");
    assert_eq!(
        made["provenance"]["source"],
        Value::Null,
        "git knows nothing of it"
    );

    for source in [json!(source), Value::Null] {
        let told = run(json!({"source": source, "source_info": {"commit": "abc"}}));
        assert_eq!(
            told["provenance"]["source"]["commit"], "abc",
            "the call's word wins"
        );
    }
}

#[test]
fn a_password_in_the_repositorys_address_never_reaches_the_receipt() {
    let shop = Workshop::new(&[]);
    let told =
        json!({"commit": "abc", "repository": "https://ci:s3cr3t@git.example/p.git?token=t0k3n"});
    let steps = json!([{"name": "s", "run": "true"}]);
    let receipt = receipt(&shop, &shop.run_with(steps, &json!({"source_info": told})));
    let source = &receipt["provenance"]["source"];
    assert_eq!(source["repository"], "https://git.example/p.git");
}

#[test]
fn a_source_that_is_none_is_refused_at_its_field() {
    let shop = Workshop::new(&[]);
    let known = uploaded(&shop, &[("a", "A")]);
    let unknown = format!("tree:{}", Digest::of(b"nothing"));
    for (source, reason) in [
        ("", "is no source"),
        ("blake3:00", "is no source"),
        ("tree:blake3:00", "is no source"),
        (&known["tree:".len()..], "is no source"),
        (&known.to_uppercase(), "is no source"),
        (&unknown, "no source tree:blake3:"),
    ] {
        let steps = json!([{"name": "s", "run": "true"}]);
        let (field, issue) = refused(&shop, steps, &json!({"source": source}));
        assert_eq!(field, "source", "{source}");
        assert!(issue.contains(reason), "{issue}");
    }
}

#[test]
fn a_source_that_lost_a_file_or_its_description_is_to_be_uploaded_again() {
    let steps = || json!([{"name": "s", "run": "true"}]);
    let shop = Workshop::new(&[]);
    let source = uploaded(&shop, &[("a", "A"), ("d/b", "B")]);
    std::fs::remove_file(blob(&shop, &Digest::of(b"B"))).unwrap();
    let (field, issue) = refused(&shop, steps(), &json!({"source": source}));
    assert_eq!(field, "source");
    assert!(
        issue.contains("\"d/b\"") && issue.contains("upload it again"),
        "{issue}"
    );

    uploaded(&shop, &[("d/b", "B")]);
    shop.run_with(steps(), &json!({"source": source}));

    let tree = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains("d/b");
    for path in stored(&shop).into_iter().filter(tree) {
        std::fs::write(path, "damaged").unwrap();
    }
    let (field, issue) = refused(&shop, steps(), &json!({"source": source}));
    assert_eq!(field, "source");
    assert!(issue.contains("upload it again"), "{issue}");
}

#[test]
fn everything_in_a_source_is_leased_before_an_execution_is_accepted_on_it() {
    let shop = Workshop::with(&[], |config| attest_server::Config {
        workers: 0,
        ..config
    });
    let source = uploaded(&shop, &[("a", "A"), ("b", "B")]);
    let blobs = stored(&shop);
    assert_eq!(blobs.len(), 3, "the files and what describes them");
    let long_ago = SystemTime::now() - Duration::from_secs(30 * 24 * 60 * 60);
    for path in &blobs {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    let pipeline = shop.server.pipeline(json!([{"name": "s", "run": "true"}]));
    shop.server.execute(&pipeline, &json!({"source": source}));
    for path in &blobs {
        let marked = path.metadata().unwrap().modified().unwrap();
        assert_ne!(marked, long_ago, "{}", path.display());
    }
}

#[test]
fn a_source_counts_from_the_last_execution_that_was_accepted_on_it() {
    let clock = Clock::new();
    let shop = Workshop::with(&[], |config| attest_server::Config {
        host: clock.host(),
        ..config
    });
    let source = uploaded(&shop, &[("a", "A")]);
    let twenty_days = || clock.advance(20 * 24 * 60 * 60);
    for _ in 0..3 {
        twenty_days();
        shop.server
            .post("/v1/cache/gc", &json!({"max_age_days": 30}));
        let steps = json!([{"name": "s", "run": "cat a", "inputs": ["a"]}]);
        let ended = shop.run_with(steps, &json!({"source": source}));
        assert_eq!(ended["status"], "completed", "{ended}");
    }
    twenty_days();
    twenty_days();
    shop.server
        .post("/v1/cache/gc", &json!({"max_age_days": 30}));
    let steps = json!([{"name": "s", "run": "true"}]);
    let (_, issue) = refused(&shop, steps, &json!({"source": source}));
    assert!(issue.contains("if it was collected"), "{issue}");
}

#[test]
fn globs_are_expanded_in_what_is_attested_and_hashed() {
    let files = [
        ("a.txt", "A"),
        ("b.txt", "B"),
        ("c.md", "C"),
        ("d/e.txt", "E"),
        ("ignored.txt", "I"),
        (".gitignore", "ignored.txt\n"),
    ];
    let shop = Workshop::new(&files);
    let steps = json!([
        {"name": "join", "run": "cat *.txt d/*.txt > out", "inputs": ["c.md", "**/*.txt", "a.*"], "outputs": ["out"], "strict_inputs": true},
    ]);
    let own = shop.run(steps.clone());
    let made = receipt(&shop, &own);
    let expanded = json!(["c.md", "a.txt", "b.txt", "d/e.txt"]);
    assert_eq!(made["provenance"]["steps"][0]["inputs"], expanded);
    let id = own["id"].as_str().unwrap();
    let text = shop
        .server
        .call("GET", &format!("/v1/executions/{id}/pipeline.yaml"), None)
        .text();
    assert!(
        !text.contains("**") && text.contains("- d/e.txt\n"),
        "{text}"
    );
    assert_eq!(
        made["pipeline_hash"],
        Digest::of(text.as_bytes()).to_string()
    );
    assert_eq!(made["provenance"]["artifacts"][0]["digest"], digest(b"ABE"));

    let literal = json!([
        {"name": "join", "run": "cat *.txt d/*.txt > out", "inputs": expanded, "outputs": ["out"], "strict_inputs": true},
    ]);
    assert_eq!(
        receipt(&shop, &shop.run(literal))["pipeline_hash"],
        made["pipeline_hash"]
    );

    let source = uploaded(&shop, &files[..3]);
    let other = receipt(
        &shop,
        &shop.run_with(
            json!([{"name": "s", "run": "true", "inputs": ["*.txt"]}]),
            &json!({"source": source}),
        ),
    );
    assert_eq!(
        other["provenance"]["steps"][0]["inputs"],
        json!(["a.txt", "b.txt"])
    );
}

#[test]
fn the_cache_goes_by_what_a_glob_matches() {
    let shop = Workshop::new(&[("a.txt", "A")]);
    let glob = json!([{"name": "s", "run": "cat *.txt > out", "inputs": ["*.txt"], "outputs": ["out"], "strict_inputs": true}]);
    let hit =
        |steps: &Value| receipt(&shop, &shop.run(steps.clone()))["steps"][0]["cache_hit"].clone();
    assert_eq!(hit(&glob), false);
    std::fs::write(shop.source.path().join("notes.md"), "not matched").unwrap();
    assert_eq!(hit(&glob), true);
    let mut literal = glob.clone();
    literal[0]["inputs"] = json!(["a.txt"]);
    assert_eq!(hit(&literal), true, "the same list, however it was spelled");
    std::fs::write(shop.source.path().join("b.txt"), "B").unwrap();
    assert_eq!(hit(&glob), false);
    assert_eq!(hit(&literal), true);
}

#[test]
fn a_glob_that_cannot_be_expanded_is_refused_at_its_field() {
    let shop = Workshop::new(&[("a.txt", "A"), ("many/0", "")]);
    for number in 1..=10_000 {
        std::fs::write(shop.source.path().join(format!("many/{number}")), "").unwrap();
    }
    for (inputs, field, reason) in [
        (
            json!(["a.txt", "*.rs"]),
            "steps[1].inputs[1]",
            "matches no file",
        ),
        (json!(["["]), "steps[1].inputs[0]", "is no glob"),
        (
            json!(["a.txt", "m*/*"]),
            "steps[1].inputs[1]",
            "too many files",
        ),
        (json!(["../*.txt"]), "steps[1].inputs[0]", ".."),
        (json!(["/*"]), "steps[1].inputs[0]", "absolute"),
    ] {
        let steps = json!([{"name": "first", "run": "true"}, {"name": "s", "run": "true", "inputs": inputs}]);
        let made = shop.server.call(
            "POST",
            "/v1/pipelines",
            Some(&crate::support::pipeline("p", steps)),
        );
        let error = if made.status == 201 {
            let path = format!(
                "/v1/pipelines/{}/executions",
                made.json()["id"].as_str().unwrap()
            );
            shop.server
                .call("POST", &path, Some(&json!({})))
                .error(400, "VALIDATION_ERROR")
        } else {
            made.error(400, "VALIDATION_ERROR")
        };
        assert_eq!(error["details"]["field"], field, "{error}");
        assert!(
            error["details"]["issue"].as_str().unwrap().contains(reason),
            "{error}"
        );
    }
    let steps =
        json!([{"name": "s", "run": "true", "inputs": ["*.txt"], "outputs": ["b", "a.txt"]}]);
    let (field, issue) = refused(&shop, steps, &json!({}));
    assert_eq!(field, "steps[0].outputs[1]");
    assert!(issue.contains("is the input \"a.txt\""), "{issue}");
}

#[test]
fn an_output_with_a_sign_in_its_name_is_that_name() {
    let shop = Workshop::new(&[]);
    let steps = json!([{"name": "s", "run": "echo star > '*.txt'; echo other > other.txt", "outputs": ["*.txt"]}]);
    let made = receipt(&shop, &shop.run(steps));
    let artifacts = made["provenance"]["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), 1);
    assert_eq!(artifacts[0]["path"], "*.txt");
}

#[test]
fn the_deepest_source_runs_uploaded_or_the_operators_own() {
    let path = "d/".repeat(1020) + "f";
    let steps = json!([{"name": "s", "run": "find . -name f | wc -l", "inputs": [path]}]);
    let shop = Workshop::new(&[(&path, "deep")]);
    let own = receipt(&shop, &shop.run(steps.clone()));
    assert_eq!(own["steps"][0]["stdout"], "1\n");
    let source = uploaded(&shop, &[(&path, "deep")]);
    let other = receipt(&shop, &shop.run_with(steps, &json!({"source": source})));
    assert_eq!(
        other["steps"][0]["input_hash"],
        own["steps"][0]["input_hash"]
    );
}
