//! Pipelines: made, found, changed, archived, and refused with every problem at once.

use serde_json::{Value, json};

use crate::support::{TestServer, config, one_step, pipeline};

#[test]
fn a_pipeline_is_created_as_the_specification_shows_and_found_again() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let body = json!({
        "name": "web-app-build",
        "description": "Frontend application build pipeline",
        "config": {"version": "0.1", "steps": [
            {"name": "install", "run": "npm ci", "inputs": ["package.json", "package-lock.json"], "outputs": ["node_modules/"]},
            {"name": "build", "run": "npm run build", "inputs": ["src/", "public/"], "outputs": ["dist/"], "needs": ["install"]},
        ]},
    });
    let made = server.call("POST", "/v1/pipelines", Some(&body));
    assert_eq!(made.status, 201);
    let made_json = made.json();
    let id = made_json["id"].as_str().unwrap();
    assert_eq!(
        made.header("location"),
        Some(format!("/v1/pipelines/{id}").as_str())
    );
    assert_eq!(made_json["version"], 1);
    assert_eq!(
        (&made_json["executions"], &made_json["success_rate"]),
        (&json!(0), &Value::Null)
    );
    let found = server.get(&format!("/v1/pipelines/{id}"));
    assert_eq!(found, made_json);
    assert_eq!(found["config"], body["config"]);
    let listed = server.get("/v1/pipelines?limit=20&offset=0&sort=created_at:desc");
    assert_eq!(
        (&listed["total"], &listed["has_more"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(listed["pipelines"][0]["name"], "web-app-build");
}

#[test]
fn the_specifications_validation_error_is_given_word_for_word() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let body = pipeline("p", json!([{"name": "a", "run": ""}]));
    let error = server
        .call("POST", "/v1/pipelines", Some(&body))
        .error(400, "VALIDATION_ERROR");
    assert_eq!(error["message"], "Invalid pipeline configuration");
    assert_eq!(error["details"]["field"], "steps[0].run");
    assert_eq!(error["details"]["issue"], "Command cannot be empty");
}

#[test]
fn all_problems_are_told_at_once_and_nothing_is_stored() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let body = pipeline(
        " ",
        json!([
            {"name": "a", "run": "x", "needs": ["b"], "inputs": ["../up"]},
            {"name": "b", "run": "x", "needs": ["a"], "env": {"ATTEST_X": "1"}},
        ]),
    );
    let error = server
        .call("POST", "/v1/pipelines", Some(&body))
        .error(400, "VALIDATION_ERROR");
    let errors = error["details"]["errors"].as_array().unwrap();
    assert_eq!(error["details"]["field"], "name");
    assert!(errors.len() >= 4, "{errors:?}");
    assert!(
        error.to_string().contains("a -> b"),
        "the cycle is named: {error}"
    );
    assert_eq!(server.get("/v1/pipelines")["total"], 0);
}

#[test]
fn an_output_that_cannot_be_is_refused_at_its_place() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    for (output, place, reason) in [
        ("/tmp/out", "steps[1].outputs[1]", "absolute"),
        ("../out", "steps[1].outputs[1]", "`..`"),
        (".", "steps[1].outputs[1]", "whole workspace"),
        ("dist/app", "steps[1].outputs[1]", "one writer"),
        ("src", "steps[1].outputs[1]", "is the input"),
        ("src/gen", "steps[1].outputs[1]", "lies in the input"),
        ("lib", "steps[1].outputs[1]", "lies over the input"),
        ("a", "steps[0].outputs[1]", "overlaps \"a\""),
    ] {
        let body = pipeline(
            "p",
            json!([
                {"name": "first", "run": "x", "outputs": ["dist", "a/b"]},
                {"name": "second", "run": "x", "inputs": ["src", "lib/x"], "outputs": ["fine", output]},
            ]),
        );
        let error = server
            .call("POST", "/v1/pipelines", Some(&body))
            .error(400, "VALIDATION_ERROR");
        let details = &error["details"];
        assert_eq!(details["field"], place, "{output}: {error}");
        let issue = details["issue"].as_str().unwrap();
        assert!(issue.contains(reason), "{output}: {issue}");
    }
}

#[test]
fn a_misspelt_field_is_refused_by_name() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let body = pipeline("p", json!([{"name": "a", "run": "x", "ouputs": ["o"]}]));
    let error = server
        .call("POST", "/v1/pipelines", Some(&body))
        .error(400, "VALIDATION_ERROR");
    assert_eq!(error["details"]["field"], "steps[0].ouputs");
}

#[test]
fn a_changed_config_is_a_new_version_and_the_old_one_can_still_be_executed() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let id = server.pipeline(one_step());
    let first = server.get(&format!("/v1/pipelines/{id}"));
    let change = json!({"description": "new", "config": {"version": "2", "steps": [{"name": "build", "run": "false"}]}});
    let changed = server
        .call("PATCH", &format!("/v1/pipelines/{id}"), Some(&change))
        .json();
    assert_eq!(
        (&changed["version"], &changed["description"]),
        (&json!(2), &json!("new"))
    );
    assert_ne!(changed["definition_hash"], first["definition_hash"]);
    let text = |body: &Value| {
        let execution = server.execute(&id, body);
        server
            .call(
                "GET",
                &format!("/v1/executions/{execution}/pipeline.yaml"),
                None,
            )
            .text()
    };
    assert!(text(&json!({})).contains("run: 'false'"));
    assert!(text(&json!({"version": 1})).contains("run: 'true'"));
    let error = server
        .call(
            "POST",
            &format!("/v1/pipelines/{id}/executions"),
            Some(&json!({"version": 3})),
        )
        .error(400, "VALIDATION_ERROR");
    assert_eq!(error["details"]["field"], "version");
}

#[test]
fn an_archived_pipeline_stays_readable_and_runs_no_more() {
    let data = tempfile::tempdir().unwrap();
    let server = TestServer::start(config(data.path()));
    let id = server.pipeline(one_step());
    let path = format!("/v1/pipelines/{id}");
    assert_eq!(server.call("DELETE", &path, None).status, 204);
    assert_eq!(server.call("DELETE", &path, None).status, 204);
    assert_eq!(server.get(&path)["status"], "archived");
    server
        .call("POST", &format!("{path}/executions"), None)
        .error(409, "CONFLICT");
    assert_eq!(server.get("/v1/pipelines?status=active")["total"], 0);
    server
        .call("DELETE", "/v1/pipelines/pip_none", None)
        .error(404, "RESOURCE_NOT_FOUND");
}
