//! What one caller can make another's run take from the cache: nothing but what that run would have made itself.

use serde_json::{Value, json};

use crate::archives::{archive, digest, upload};
use crate::shop::Shop;

/// An uploaded source: (path, text, executable), and links as (path, target).
fn source(shop: &Shop, files: &[(&str, &str, bool)], links: &[(&str, &str)]) -> Value {
    let contents: Vec<&[u8]> = files.iter().map(|(_, text, _)| text.as_bytes()).collect();
    assert_eq!(upload(shop.server(), &archive(&contents)).status, 200);
    let file = |(path, text, executable): &(&str, &str, bool)| json!({"path": path, "kind": "file", "digest": digest(text.as_bytes()), "executable": executable});
    let link =
        |(path, target): &(&str, &str)| json!({"path": path, "kind": "symlink", "target": target});
    let entries: Vec<Value> = files
        .iter()
        .map(file)
        .chain(links.iter().map(link))
        .collect();
    shop.server()
        .post("/v1/sources", &json!({"entries": entries}))["source"]
        .clone()
}

/// Reads a file that it does not declare, as `go build` reads a `go.mod` and npm an `.npmrc`.
fn trusting(strict: bool) -> Value {
    json!([{"name": "build", "inputs": ["main"], "outputs": ["app"], "strict_inputs": strict,
            "run": "{ cat main; cat helper || echo none; test ! -x helper || echo executable; } > app 2>/dev/null"}])
}

#[test]
fn two_uploads_of_the_same_declared_inputs_with_different_undeclared_files_never_share_a_result() {
    let shop = Shop::new(&[]);
    let main = ("main", "main\n", false);
    let sources = [
        (
            source(&shop, &[main, ("helper", "evil\n", false)], &[]),
            "main\nevil\n",
        ),
        (
            source(&shop, &[main, ("helper", "honest\n", false)], &[]),
            "main\nhonest\n",
        ),
        (
            source(&shop, &[main, ("helper", "honest\n", true)], &[]),
            "main\nhonest\nexecutable\n",
        ),
        (source(&shop, &[main], &[]), "main\nnone\n"),
        (
            source(
                &shop,
                &[main, ("elsewhere", "evil\n", false)],
                &[("helper", "elsewhere")],
            ),
            "main\nevil\n",
        ),
        (
            source(
                &shop,
                &[main, ("elsewhere", "honest\n", false)],
                &[("helper", "elsewhere")],
            ),
            "main\nhonest\n",
        ),
    ];
    for (source, expected) in &sources {
        let run = shop.run_with(&trusting(false), &json!({"source": source}));
        assert!(
            run.hits().is_empty(),
            "{expected:?} was taken from another caller's run"
        );
        assert_eq!(shop.artifact(&run, "app"), *expected);
    }
    for (source, expected) in &sources {
        let run = shop.run_with(&trusting(false), &json!({"source": source}));
        assert_eq!(run.hits(), ["build"]);
        assert_eq!(shop.artifact(&run, "app"), *expected);
    }
}

#[test]
fn with_strict_inputs_an_undeclared_file_can_do_nothing_so_that_sharing_is_right() {
    let shop = Shop::new(&[]);
    let main = ("main", "main\n", false);
    for (index, helper) in ["evil\n", "honest\n"].into_iter().enumerate() {
        let source = source(&shop, &[main, ("helper", helper, false)], &[]);
        let run = shop.run_with(&trusting(true), &json!({"source": source}));
        assert_eq!(run.hits().len(), index, "the second is the first");
        assert_eq!(shop.artifact(&run, "app"), "main\nnone\n");
    }
}

#[test]
fn a_declared_link_to_an_undeclared_file_does_not_smuggle_it_in() {
    let shop = Shop::new(&[]);
    let steps = json!([{"name": "build", "inputs": ["main"], "outputs": ["app"], "strict_inputs": true,
                        "run": "cat main > app"}]);
    for text in ["evil", "honest"] {
        let source = source(
            &shop,
            &[("elsewhere", text, false)],
            &[("main", "elsewhere")],
        );
        let run = shop.run_with(&steps, &json!({"source": source}));
        assert_eq!(
            run.status(),
            "failed",
            "what the link shows is not declared: {}",
            run.execution
        );
        assert!(run.hits().is_empty());
    }
}

#[test]
fn a_file_that_a_step_left_is_not_the_file_of_a_source() {
    // The same bytes at the same place, but of another age: make and its like see the difference.
    let shop = Shop::new(&[]);
    let probe = |needs: Value, declared: &str| {
        json!({"name": "probe", "needs": needs, "inputs": [declared], "outputs": ["seen"],
               "run": "if test helper -nt main; then echo made; else echo given; fi > seen"})
    };
    let made = json!([
        {"name": "gen", "run": "printf h > helper", "outputs": ["helper"]},
        probe(json!(["gen"]), "main"),
    ]);
    let attacked = source(&shop, &[("main", "m", false)], &[]);
    let run = shop.run_with(&made, &json!({"source": attacked}));
    assert_eq!(shop.artifact(&run, "seen"), "made\n");
    let honest = source(&shop, &[("main", "m", false), ("helper", "h", false)], &[]);
    let run = shop.run_with(
        &json!([probe(json!([]), "main")]),
        &json!({"source": honest}),
    );
    assert!(run.hits().is_empty());
    assert_eq!(shop.artifact(&run, "seen"), "given\n");
}

#[test]
fn what_a_fickle_step_left_is_the_key_of_what_follows() {
    // A step whose result is chance must not lend its name to other bytes.
    let shop = Shop::new(&[]);
    let luck = tempfile::tempdir().unwrap();
    let file = luck.path().join("luck");
    let steps = |cache: bool| {
        json!([
            {"name": "fickle", "run": format!("cat {} > dice", file.display()), "outputs": ["dice"], "cache": cache},
            {"name": "use", "needs": ["fickle"], "inputs": ["dice"], "outputs": ["used"], "run": "cp dice used"},
        ])
    };
    std::fs::write(&file, "evil").unwrap();
    assert_eq!(shop.artifact(&shop.run(&steps(false)), "used"), "evil");
    std::fs::write(&file, "honest").unwrap();
    let run = shop.run(&steps(false));
    assert!(run.hits().is_empty());
    assert_eq!(shop.artifact(&run, "used"), "honest");
}

#[test]
fn a_cached_run_says_nothing_of_keys() {
    let shop = Shop::with(&[], |mut config| {
        config
            .step_env
            .insert("TOKEN".to_owned(), "s3cret".to_owned());
        config
    });
    let steps = json!([{"name": "s", "run": "true"}]);
    let runs = [shop.run(&steps), shop.run(&steps)];
    let database = shop.database();
    let key: Vec<u8> = database
        .query_row("SELECT key FROM cache_entries", [], |row| row.get(0))
        .unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    for run in &runs {
        for shown in [
            &run.execution,
            &run.receipt,
            &shop.server().get("/v1/cache/stats"),
        ] {
            assert!(!shown.to_string().contains(&hex) && !shown.to_string().contains("s3cret"));
        }
    }
    let asked = shop
        .server()
        .call("GET", &format!("/v1/cache/objects/blake3:{hex}"), None);
    assert_eq!(asked.status, 404);
}
