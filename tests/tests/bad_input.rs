//! What is wrong in a pipeline or on a command line gets one clear message that names the place, before anything runs.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use attest_tests::command::finish;
use attest_tests::server::{Options, Server};
use attest_tests::{Project, require};

/// One step with this body, in the list form.
fn step(body: &str) -> String {
    format!("name: bad\nversion: \"0.1\"\nsteps:\n  - name: only\n{body}")
}

/// Runs each pipeline; none may start, and each message must name its place.
#[track_caller]
fn all_refused(cases: &[(&str, String, &[&str])]) {
    let project = Project::empty("bad");
    project.write("present.txt", "present\n");
    project.write("ignored.txt", "ignored\n");
    project.write(".gitignore", "ignored.txt\n");
    let server = Server::on(project.path());
    for (case, pipeline, parts) in cases {
        project.write("attest.yaml", pipeline);
        let found = server.run(&project.path(), &[]);
        assert_eq!(found.code, 2, "{case}: {}", found.text());
        for part in *parts {
            assert!(
                found.stderr.contains(part),
                "{case}: the message does not name {part:?}: {}",
                found.text()
            );
        }
        assert!(
            !found.stderr.contains("panicked"),
            "{case}: {}",
            found.stderr
        );
    }
    assert!(
        server.executions().is_empty(),
        "something ran: {:?}",
        server.executions()
    );
}

#[test]
fn a_pipeline_that_is_wrong_in_itself_is_refused_with_the_place_named() {
    all_refused(&[
        (
            "cycle",
            "name: bad\nversion: \"0.1\"\nsteps:\n  - {name: a, run: 'true', inputs: [], outputs: [], needs: [b]}\n  \
             - {name: b, run: 'true', inputs: [], outputs: [], needs: [a]}\n"
                .to_owned(),
            &["a -> b -> a"],
        ),
        ("unknown key", step("    run: 'true'\n    ouputs: [x]\n"), &["ouputs"]),
        ("duplicate key", step("    run: 'true'\n    run: 'false'\n"), &["run", "6"]),
        ("empty run", step("    run: ''\n    inputs: []\n    outputs: []\n"), &["run"]),
        ("blank run", step("    run: '  '\n    inputs: []\n    outputs: []\n"), &["run"]),
        ("unknown need", step("    run: 'true'\n    needs: [ghost]\n"), &["ghost"]),
        ("input above the workspace", step("    run: 'true'\n    inputs: [../secret]\n"), &["../secret"]),
        ("output above the workspace", step("    run: 'true'\n    outputs: [a/../../b]\n"), &["a/../../b"]),
        ("absolute input", step("    run: 'true'\n    inputs: [/etc/passwd]\n"), &["/etc/passwd"]),
        ("reserved variable", step("    run: 'true'\n    env: {ATTEST_X: y}\n"), &["ATTEST_X"]),
        ("no YAML", "steps: [".to_owned(), &["attest.yaml"]),
        ("an alias", "name: &n bad\nversion: *n\nsteps: []\n".to_owned(), &["attest.yaml"]),
    ]);
}

#[test]
fn an_output_that_cannot_be_is_named_with_its_place() {
    let output = |path: &str| {
        step(&format!(
            "    run: 'true'\n    inputs: [present.txt, src]\n    outputs: [fine, {path}]\n"
        ))
    };
    let place = "attest.yaml: steps[0].outputs[1]: ";
    all_refused(&[
        ("absolute", output("/tmp/out"), &[place, "absolute"]),
        ("above the workspace", output("a/../../b"), &[place, "`..`"]),
        (
            "the whole workspace",
            output("./."),
            &[place, "whole workspace"],
        ),
        (
            "an input itself",
            output("./present.txt"),
            &[place, "is the input"],
        ),
        (
            "in an input",
            output("src/gen"),
            &[place, "lies in the input \"src\""],
        ),
        (
            "over an input",
            output("a").replace("present.txt", "a/b"),
            &[place, "lies over the input \"a/b\""],
        ),
        (
            "another step's",
            output("shared/x").replace(
                "steps:\n",
                "steps:\n  - {name: first, run: 'true', outputs: [y, shared/]}\n",
            ),
            &[
                "attest.yaml: steps[1].outputs[1]: ",
                "overlaps \"shared/\"",
                "\"first\"",
            ],
        ),
        (
            "over what a glob matches",
            step("    run: 'true'\n    inputs: ['pre*.txt']\n    outputs: [fine, present.txt]\n"),
            &[place, "is the input \"present.txt\""],
        ),
    ]);
}

#[test]
fn a_glob_of_nothing_and_one_of_too_many_files_are_named_with_their_place() {
    let project = Project::empty("globs");
    project.write("many/0", "the same\n");
    for number in 1..=10_000 {
        let name = project.path().join(format!("many/{number}"));
        std::fs::hard_link(project.path().join("many/0"), name).unwrap();
    }
    let server = Server::start(Options::default());
    for (glob, issue) in [
        ("many/*", "too many files"),
        ("*.rs", "matches no file"),
        ("[", "is no glob"),
    ] {
        let body = format!("    run: 'true'\n    inputs: [many/0, '{glob}']\n    outputs: []\n");
        project.write("attest.yaml", step(&body));
        let text = server.run(&project.path(), &[]).exits(2).text();
        let place = format!("attest.yaml: steps[0].inputs[1]: {glob:?}");
        assert!(text.contains(&place) && text.contains(issue), "{text}");
    }
    assert!(server.executions().is_empty());
}

#[test]
fn more_problems_than_are_told_are_counted() {
    let project = Project::empty("many");
    let inputs: Vec<String> = (0..150).map(|n| format!("/{n}")).collect();
    let body = format!("    run: 'true'\n    inputs: [{}]\n", inputs.join(", "));
    project.write("attest.yaml", step(&body));
    let server = Server::start(Options::default());
    let text = server.run(&project.path(), &[]).exits(2).text();
    assert!(
        text.contains("inputs[99]") && text.contains("and 50 more"),
        "{text}"
    );
}

#[test]
fn an_input_that_is_not_in_the_source_is_refused_with_its_path() {
    all_refused(&[
        (
            "missing",
            step("    run: 'true'\n    inputs: [absent.txt]\n"),
            &["absent.txt"],
        ),
        (
            "ignored",
            step("    run: 'true'\n    inputs: [ignored.txt]\n"),
            &["ignored.txt", "ignore"],
        ),
    ]);
}

#[test]
fn a_pipeline_in_the_map_form_names_the_step() {
    all_refused(&[(
        "map form",
        "version: \"0.1\"\nname: bad\nsteps:\n  compile:\n    run: ''\n    inputs: []\n    outputs: []\n".to_owned(),
        &["compile"],
    )]);
}

#[test]
fn a_project_without_a_pipeline_is_told_what_to_do() {
    let project = Project::empty("bare");
    let server = Server::on(project.path());
    server
        .run(&project.path(), &[])
        .exits(2)
        .says(&["attest.yaml"]);
}

#[test]
fn a_second_server_on_the_same_data_directory_is_refused() {
    let server = Server::start(Options::default());
    let found = finish(&mut Options::default().command(&server.data_dir()));
    assert_ne!(found.code, 0);
    found.says(&[server.data_dir().to_str().unwrap()]);
    // The first one is not disturbed.
    assert_eq!(server.api().get("/readyz").status, 200);
}

#[test]
fn a_busy_port_is_refused_with_the_address_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let mut command = attest_tests::attest(
        dir.path(),
        ["serve", "--data-dir", "data", "--listen", &address],
    );
    if !require::bubblewrap_works() {
        command.args(["--isolation", "none"]);
    }
    let found = finish(&mut command);
    assert_ne!(found.code, 0);
    found.says(&[&address]);
}

#[test]
fn a_source_that_cannot_be_read_is_refused_with_its_path() {
    let dir = tempfile::tempdir().unwrap();
    let (absent, file) = (dir.path().join("absent"), dir.path().join("file"));
    let locked = dir.path().join("locked");
    std::fs::write(&file, "no directory").unwrap();
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    for source in [&absent, &file, &locked] {
        let options = Options::default().source(source);
        let mut command = options.command(&dir.path().join("data"));
        if std::fs::read_dir(source).is_ok() {
            // Nothing is closed to root, but to a root that may not overlook modes.
            command = bound_by_modes(&command);
        }
        let found = finish(&mut command).exits(2);
        let expected = format!("error: --source {}: cannot be read: ", source.display());
        assert!(found.stderr.starts_with(&expected), "{}", found.stderr);
        assert_eq!(found.stdout, "");
    }
    assert!(
        !dir.path().join("data").exists(),
        "it began before it looked"
    );
}

/// The same command without the capabilities that overlook modes.
fn bound_by_modes(command: &Command) -> Command {
    let mut bound = Command::new("setpriv");
    bound
        .arg("--bounding-set=-dac_override,-dac_read_search")
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bound.env(name, value),
            None => bound.env_remove(name),
        };
    }
    bound
}

#[test]
fn no_server_to_talk_to_is_an_error_that_says_what_to_set() {
    let project = Project::with_pipeline("lonely", &step("    run: 'true'\n"));
    finish(&mut attest_tests::attest(&project.path(), ["run"]))
        .exits(2)
        .says(&["ATTEST_BASE_URL"]);

    // A port where nobody listens.
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut command = attest_tests::attest(&project.path(), ["run"]);
    command
        .env("ATTEST_BASE_URL", format!("http://{closed}"))
        .env("ATTEST_API_KEY", "attest_key_none");
    finish(&mut command).exits(2).says(&[&closed.to_string()]);
}
