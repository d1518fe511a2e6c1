//! Where the `attest` binary under test is, and where the checkout is.

use std::path::{Path, PathBuf};

/// The binary under test: `ATTEST_BIN`, else `attest` beside the test's own build directory.
///
/// Cargo builds the binaries of other packages only when asked, so `make test` builds it first.
pub fn attest() -> PathBuf {
    let path = match std::env::var_os("ATTEST_BIN") {
        Some(path) => PathBuf::from(path),
        None => {
            let test = std::env::current_exe().expect("a test knows its own path");
            let profile = test
                .parent()
                .and_then(Path::parent)
                .expect("tests lie in <profile>/deps");
            profile.join("attest")
        }
    };
    assert!(
        path.is_file(),
        "{} is not there: run `cargo build -p attest-cli` first (`make test` does)",
        path.display()
    );
    path
}

/// The top of the checkout.
pub fn checkout() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package
        .parent()
        .expect("the package lies in the checkout")
        .to_path_buf()
}

/// The vectors shared with the independent implementation.
pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}
