//! Walking lists.

use serde_json::{Value, json};

use crate::support::{TestServer, config, one_step, pipeline};

fn ids(list: &Value) -> Vec<String> {
    list["pipelines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_walk_by_cursor_neither_skips_nor_repeats_while_rows_are_added() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let make = || server.pipeline(one_step());
    let mut made: Vec<String> = (0..7).map(|_| make()).collect();
    let mut seen = Vec::new();
    let mut path = "/v1/pipelines?limit=3&sort=created_at:desc".to_owned();
    loop {
        let page = server.get(&path);
        seen.extend(ids(&page));
        make();
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        assert_eq!(page["has_more"], true);
        path = format!("/v1/pipelines?limit=3&sort=created_at:desc&cursor={cursor}");
    }
    made.reverse();
    assert_eq!(seen, made);
}

#[test]
fn names_sort_and_filter() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    for name in ["b", "a", "c", "a"] {
        server.post("/v1/pipelines", &pipeline(name, one_step()));
    }
    let sorted = server.get("/v1/pipelines?sort=name:asc&limit=2&offset=1");
    let names: Vec<_> = sorted["pipelines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["name"].clone())
        .collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(server.get("/v1/pipelines?name=a")["total"], 2);
}

#[test]
fn a_bad_query_is_refused_by_parameter() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("sort=size:asc", "sort"),
        ("sort=name:up", "sort"),
        ("cursor=bm9uZQ", "cursor"),
        ("status=gone", "status"),
        ("limit=1&limit=2", "limit"),
    ] {
        let error = server
            .call("GET", &format!("/v1/pipelines?{query}"), None)
            .error(400, "VALIDATION_ERROR");
        assert_eq!(error["details"]["field"], field, "{query}");
    }
    let id = server.pipeline(one_step());
    server.pipeline(one_step());
    let cursor = server.get("/v1/pipelines?limit=1")["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    let error = server.call(
        "GET",
        &format!("/v1/pipelines?sort=name:asc&cursor={cursor}"),
        None,
    );
    assert_eq!(
        error.error(400, "VALIDATION_ERROR")["details"]["field"],
        "cursor"
    );
    server.execute(&id, &json!({"environment": "staging"}));
    assert_eq!(
        server.get(&format!(
            "/v1/executions?pipeline_id={id}&environment=staging"
        ))["total"],
        1
    );
    assert_eq!(server.get("/v1/executions?status=running")["total"], 0);
    assert_eq!(
        server.get("/v1/executions?created_after=2099-01-01T00:00:00Z")["total"],
        0
    );
}
