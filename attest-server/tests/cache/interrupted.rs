//! A server that stops in the middle of a run that is partly served.

use serde_json::json;

use crate::shop::Shop;
use crate::support::until;

#[test]
fn recovery_keeps_what_was_served_as_it_was() {
    let mut shop = Shop::new(&[]);
    let gate = tempfile::tempdir().unwrap();
    let open = gate.path().join("open");
    let steps = json!([
        {"name": "first", "run": "echo made > out; echo said", "outputs": ["out"]},
        {"name": "second", "needs": ["first"], "inputs": ["out"], "outputs": ["end"],
         "run": format!("echo up; test -e {} || sleep 1000; cp out end", open.display())},
    ]);
    let alone = json!([steps[0]]);
    let origin = shop.run(&alone);
    let pipeline = shop.server().pipeline(steps.clone());
    let execution = shop.server().execute(&pipeline, &json!({}));
    until("the second step to run", || {
        let logs = shop
            .server()
            .get(&format!("/v1/executions/{execution}/logs"));
        let lines = logs["logs"].as_array().unwrap();
        lines
            .iter()
            .any(|line| line["message"] == "up")
            .then_some(())
    });
    shop.stop();
    std::fs::write(&open, "").unwrap();
    shop.restart(|config| config);

    let run = shop.finished(&execution);
    assert_eq!(
        (run.status(), run.hits()),
        ("completed", vec!["first"]),
        "{}",
        run.execution
    );
    let log = shop.log(&run, "first");
    let from = format!("cached: from {}", origin.id());
    let texts: Vec<&str> = log.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, [from.as_str(), "said"], "it is replayed once");

    // What the second attempt left is kept, with the lines of that attempt alone.
    let served = shop.run(&steps);
    assert_eq!(served.hits(), ["first", "second"]);
    let log = shop.log(&served, "second");
    let texts: Vec<&str> = log.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, [format!("cached: from {execution}").as_str(), "up"]);
}

#[test]
fn a_step_that_was_cut_off_is_no_entry() {
    let mut shop = Shop::new(&[]);
    let steps = json!([
        {"name": "done", "run": "echo 1 > done", "outputs": ["done"]},
        {"name": "cut", "needs": ["done"], "outputs": ["half"], "run": "echo half > half; echo up; sleep 1000"},
    ]);
    let pipeline = shop.server().pipeline(steps);
    let execution = shop.server().execute(&pipeline, &json!({}));
    until("the second step to run", || {
        let logs = shop
            .server()
            .get(&format!("/v1/executions/{execution}/logs"));
        (logs["total_lines"] == 1).then_some(())
    });
    shop.stop();
    let database = shop.database();
    // An entry is there where, and only where, its step's end is.
    let rows = |sql: &str| -> Vec<i64> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(
        rows("SELECT position FROM steps WHERE status = 'completed'"),
        [0]
    );
    assert_eq!(rows("SELECT position FROM cache_entries"), [0]);
}
