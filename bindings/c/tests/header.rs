//! `include/attest.h` is what cbindgen makes of the sources, and its numbers are the core's.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use attest_bindings_support::failure;
use cbindgen::{Builder, Config};

/// The order in which the header is read.
const SOURCES: [&str; 15] = [
    "status",
    "slice",
    "buffer",
    "version",
    "failure",
    "cancel",
    "client",
    "pipeline",
    "execution",
    "stream",
    "receipt",
    "key",
    "verifier",
    "manifest",
    "webhook",
];

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn header() -> PathBuf {
    package().join("include/attest.h")
}

fn generated() -> String {
    let config = Config::from_file(package().join("cbindgen.toml")).expect("cbindgen.toml");
    let mut builder = Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(package().join("src").join(format!("{source}.rs")));
    }
    let mut text = Vec::new();
    builder
        .generate()
        .expect("cbindgen reads the sources")
        .write(&mut text);
    String::from_utf8(text).expect("UTF-8")
}

#[test]
fn the_committed_header_is_made_of_the_sources() {
    let generated = generated();
    if std::env::var_os("ATTEST_WRITE_HEADER").is_some_and(|value| value == "1") {
        std::fs::write(header(), &generated).expect("write the header");
    }
    let committed = std::fs::read_to_string(header()).expect("the header");
    assert!(
        committed == generated,
        "include/attest.h is not what the sources say: ATTEST_WRITE_HEADER=1 cargo test -p attest-c --test header"
    );
}

#[test]
fn every_kind_of_error_has_its_number_in_the_header() {
    let header = generated();
    let mut expected = vec![("ATTEST_STATUS_OK".to_owned(), 0)];
    expected.extend(
        failure::kinds()
            .map(|(kind, code)| (format!("ATTEST_STATUS_{}", kind.to_uppercase()), code)),
    );
    let found: Vec<(String, i32)> = header
        .lines()
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "))
        .map(|(name, number)| (name.to_owned(), number.parse().expect("a number")))
        .collect();
    assert_eq!(found, expected);
}
