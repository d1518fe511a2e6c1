//! Outputs of odd kinds: each is refused every time, or shown to what follows as it was made, whether it is made or served.

use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::shop::{Run, Shop};

/// What it is, the outputs, the command, and the reason why it is refused, if it is.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static str,
    Option<&'static str>,
);

const ROWS: &[Row] = &[
    (
        "a link that dangles",
        &["o"],
        "mkdir o; ln -s nowhere o/l",
        None,
    ),
    (
        "a link up and back",
        &["o"],
        "mkdir -p o/d; echo x > o/x; ln -s ../../o/x o/d/l",
        None,
    ),
    (
        "links in a ring",
        &["o"],
        "mkdir o; ln -s b o/a; ln -s a o/b",
        None,
    ),
    (
        "a link out by parents",
        &["o"],
        "mkdir o; ln -s ../../secret o/l",
        Some("outside the workspace"),
    ),
    (
        "an absolute link out",
        &["o"],
        "mkdir o; ln -s /etc/passwd o/l",
        Some("outside the workspace"),
    ),
    (
        // Another step's directory may have that name by the time somebody follows it.
        "an absolute link to the step's own directory",
        &["o"],
        "mkdir o; echo x > o/x; ln -s $PWD/o/x o/l",
        Some("make it relative"),
    ),
    (
        "a link out and back by that directory's name",
        &["o"],
        "mkdir o; echo x > o/x; ln -s ../../${PWD##*/}/o/x o/l",
        Some("make it relative"),
    ),
    (
        "a link into an input",
        &["o"],
        "mkdir o; ln -s ../in/a o/l",
        Some("not declared"),
    ),
    (
        "a link to another output's directory",
        &["o", "real"],
        "mkdir real; echo x > real/f; ln -s real o",
        None,
    ),
    (
        "a directory that is reached through a link",
        &["o/", "real"],
        "mkdir real; echo x > real/f; ln -s real o",
        None,
    ),
    (
        "a file that is reached through a link",
        &["o/f", "real"],
        "mkdir real; echo x > real/f; ln -s real o",
        None,
    ),
    (
        "a file behind a link of the source",
        &["link/made"],
        "echo made > link/made",
        None,
    ),
    (
        "the same file under two names",
        &["o", "p"],
        "echo x > o; ln o p; ln in/a q",
        None,
    ),
    (
        "modes of all kinds",
        &["o"],
        "mkdir o; for m in 000 111 400 4755 2644 1777; do echo $m > o/$m; chmod $m o/$m; done; mkdir o/d; echo x > o/d/f; chmod 500 o/d",
        None,
    ),
    (
        "empty files and directories within directories",
        &["o", "e"],
        "mkdir -p o/d/dropped e/dropped; touch o/d/f",
        None,
    ),
    (
        "nothing but a directory, where the source has a file",
        &["file"],
        "mkdir file",
        None,
    ),
    (
        "a FIFO",
        &["o"],
        "mkdir o; mkfifo o/f",
        Some("neither a file"),
    ),
    (
        "a name with a line in it",
        &["o"],
        "mkdir o; touch \"o/a\nb\"",
        Some("control character"),
    ),
];

/// Writes down all there is: kinds, modes, links and contents.
const LOOK: &str = "find . ! -name . ! -path ./seen -printf '%P %y %m %l\\n' | sort > seen; \
                    find . -type f ! -path ./seen | sort | xargs cat >> seen";

#[test]
fn odd_outputs_are_refused_each_time_or_shown_as_they_were_whether_made_or_served() {
    let shop = Shop::new(&[("in/a", "A\n"), ("d/x", "X\n"), ("file", "F\n")]);
    symlink("d", shop.source.path().join("link")).unwrap();
    let mut wrong = Vec::new();
    for (what, outputs, run, refused) in ROWS {
        let steps = json!([
            {"name": "odd", "run": run, "inputs": ["in"], "outputs": outputs},
            {"name": "look", "needs": ["odd"], "outputs": ["seen"], "run": LOOK},
        ]);
        let uncached = json!({"options": {"cache": false}});
        let runs =
            [&json!({}), &json!({}), &uncached].map(|request| shop.run_with(&steps, request));
        let seen = runs.each_ref().map(|run| outcome(&shop, run));
        if seen.iter().any(|other| *other != seen[0]) {
            wrong.push(format!("{what}: {seen:#?}"));
        }
        match refused {
            None => {
                assert_eq!(runs[1].hits(), ["look", "odd"], "{what}: {}", seen[1]);
            }
            Some(reason) => {
                assert!(runs.iter().all(|run| run.hits().is_empty()), "{what}");
                let said = seen[0]["message"].as_str().unwrap_or_default();
                assert!(said.contains(reason), "{what}: {}", seen[0]);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn outcome(shop: &Shop, run: &Run) -> Value {
    let left = shop
        .server()
        .get(&format!("/v1/executions/{}/artifacts", run.id()));
    json!({
        "status": run.status(),
        "message": run.execution["failure"]["message"],
        "artifacts": left["artifacts"],
        "seen": (run.status() == "completed").then(|| shop.artifact(run, "seen")),
    })
}
