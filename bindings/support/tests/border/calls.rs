//! What goes in is read strictly, and refused before anything is sent.

use attest_bindings_support::{Client, Error};

use crate::support::{Silent, client, error_of, wait};

type Call = fn(&Client, &[u8]) -> Result<(), Error>;

fn create(client: &Client, body: &[u8]) -> Result<(), Error> {
    wait(client.create_pipeline(body, None)).map(drop)
}

fn list(client: &Client, body: &[u8]) -> Result<(), Error> {
    wait(client.list_pipelines(body, None)).map(drop)
}

fn execute(client: &Client, body: &[u8]) -> Result<(), Error> {
    wait(client.execute_pipeline("pip_1", body, None)).map(drop)
}

fn bulk(client: &Client, body: &[u8]) -> Result<(), Error> {
    wait(client.bulk_execute(body, None)).map(drop)
}

fn logs(client: &Client, body: &[u8]) -> Result<(), Error> {
    client.stream_logs("exec_1", body).map(drop)
}

#[test]
fn an_unknown_or_mistyped_member_is_named_by_its_path() {
    let server = Silent::start();
    let client = client(&server.url);
    let cases: [(Call, &str, &str); 13] = [
        (create, r#"{"name": "p", "confg": {}}"#, "`confg`"),
        (
            create,
            r#"{"name": "p", "config": {"steps": [{"name": "a"}, {"ouputs": []}]}}"#,
            "`config.steps[1].ouputs`",
        ),
        (create, r#"{"name": 7}"#, "`name`"),
        (list, r#"{"limt": 1}"#, "`limt`"),
        (list, r#"{"limit": -1}"#, "`limit`"),
        (execute, r#"{"enviroment": "x"}"#, "`enviroment`"),
        (execute, r#"{"options": {"sing": true}}"#, "`options.sing`"),
        (execute, r#"{"variables": {"A": 1}}"#, "`variables.A`"),
        (
            bulk,
            r#"[{"pipeline_id": "p"}, {"pipeline_id": "p", "xyz": 1}]"#,
            "`[1].xyz`",
        ),
        (bulk, r#"[{"pipeline_id": 1}]"#, "`[0].pipeline_id`"),
        (bulk, r#"{"executions": []}"#, "the executions"),
        (list, "[]", "give a JSON object"),
        (logs, r#"{"stpe": "a"}"#, "`stpe`"),
    ];
    for (call, body, named) in cases {
        let error = error_of(call(&client, body.as_bytes()));
        assert_eq!(error["kind"], "validation_error", "{body}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(named), "{named}: {message}");
    }
    for call in [create as Call, list, execute, bulk, logs] {
        for bytes in [&b""[..], b"7", b"{\"a\": \"\xff\"}", b"{} []"] {
            assert_eq!(error_of(call(&client, bytes))["kind"], "validation_error");
        }
    }
    for id in ["", ".", ".."] {
        assert_eq!(
            error_of(wait(client.get_execution(id, None)))["kind"],
            "config"
        );
        assert_eq!(
            error_of(wait(client.execute_pipeline(id, b"{}", None)))["kind"],
            "config"
        );
    }
    assert!(server.asked.try_recv().is_err(), "something was sent");
}
