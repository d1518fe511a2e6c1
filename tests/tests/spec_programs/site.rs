//! What the programs run beside: a project, a server on it, and the report behind their `receipt.verify()`.

use std::fs;
use std::path::{Path, PathBuf};

use attest_sdk::Report;
use attest_tests::server::{Options, Server};
use attest_tests::{Project, binary, require};

/// What the programs print where a receipt is valid, in all languages but Python.
pub(crate) const SUCCESS: &str = "Pipeline completed with valid attestation";

/// The committed project of a language.
pub(crate) fn project(language: &str) -> PathBuf {
    binary::checkout()
        .join("tests/spec-projects")
        .join(language)
}

/// A copy of it in which `file` says `wrong` in the place of `right`, so that its test fails.
pub(crate) fn broken_project(language: &str, file: &str, right: &str, wrong: &str) -> Project {
    let broken = Project::copy_of(&project(language), language);
    let text = broken.read(file);
    let red = text.replace(right, wrong);
    assert_ne!(text, red, "{file} holds {right:?}");
    broken.write(file, red);
    broken
}

/// A server on a project, whose steps find their tools in `tools` and may read `readable`.
pub(crate) fn server_on(project: &Path, tools: &[PathBuf], readable: &[PathBuf]) -> Server {
    let mut path: Vec<String> = tools.iter().map(|dir| dir.display().to_string()).collect();
    path.extend(["/usr/local/bin", "/usr/bin", "/bin"].map(str::to_owned));
    let mut options = Options::default().source(project);
    for place in readable {
        options = options.arg("--allow-read").arg(place);
    }
    Server::start(options.env("PATH", path.join(":")))
}

/// The values that every program asks of the table.
pub(crate) fn values(server: &Server) -> [(&'static str, String); 2] {
    [
        ("api_key", server.key()),
        ("base_url", server.url().to_owned()),
    ]
}

/// The id of the newest execution.
pub(crate) fn newest(server: &Server) -> String {
    server.executions()[0]["id"].as_str().unwrap().to_owned()
}

/// The program did not succeed for the right reason: the run failed, and it is that which is refused, not the signature.
pub(crate) fn assert_refused_as_failed(server: &Server) {
    let report = report(server, &newest(server));
    let violations = &report.policy_compliance.violations;
    assert!(
        violations
            .iter()
            .any(|violation| violation.policy == "require-success"),
        "{violations:?}"
    );
    assert!(
        !report.valid
            && report.signature_verification.valid
            && report.signature_verification.trusted
    );
}

fn report(server: &Server, execution: &str) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = attest_sdk::AttestClient::new(server.key(), server.url()).unwrap();
        let execution = client.executions().get(execution).await.unwrap();
        execution.get_receipt().await.unwrap().report().unwrap()
    })
}

/// What `make spec` prepared for a language, by the variable that names it. Where it is not set the test is skipped aloud.
pub(crate) fn prepared(variable: &str, test: &str) -> Option<PathBuf> {
    let place = std::env::var_os(variable).map(PathBuf::from);
    if place.is_none() {
        let why = format!("{variable} is not set: `make spec` sets it where the toolchain is");
        require::skip(test, &why);
    }
    place
}

/// Where a program is built: below the build directory of these tests, kept between runs.
pub(crate) fn build_dir(name: &str) -> PathBuf {
    let built = binary::attest();
    let base = built.parent().and_then(Path::parent).unwrap();
    let dir = base.join("spec").join(name);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// Leaves a file alone that has this content already: builds go by times.
pub(crate) fn write_changed(path: &Path, content: &str) {
    if fs::read_to_string(path).ok().as_deref() != Some(content) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// The values as the table wants them.
pub(crate) fn borrowed<'a>(values: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}
