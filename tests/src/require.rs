//! What a test needs of the machine. Where it is missing the test is skipped aloud; in CI that is an error.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Whether bubblewrap works here.
pub fn bubblewrap_works() -> bool {
    static WORKS: OnceLock<bool> = OnceLock::new();
    *WORKS.get_or_init(|| {
        let tried = Command::new("bwrap")
            .args([
                "--ro-bind",
                "/",
                "/",
                "--unshare-user",
                "--unshare-pid",
                "--proc",
                "/proc",
                "true",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        tried.is_ok_and(|status| status.success())
    })
}

/// True where bubblewrap works; else says that `test` is skipped and returns false.
#[must_use]
pub fn bubblewrap(test: &str) -> bool {
    bubblewrap_works()
        || skip(
            test,
            "bubblewrap does not work here (Debian, Ubuntu: apt-get install bubblewrap)",
        )
}

/// Says that `test` is skipped and why; returns false. With `ATTEST_REQUIRE_ALL=1` it fails the test instead.
pub fn skip(test: &str, why: &str) -> bool {
    let required = std::env::var_os("ATTEST_REQUIRE_ALL").is_some_and(|value| value == "1");
    assert!(
        !required,
        "{test} may not be skipped here (ATTEST_REQUIRE_ALL=1): {why}"
    );
    // Written to the handle, not by eprintln!, so that it shows for a passing test too.
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
    false
}
