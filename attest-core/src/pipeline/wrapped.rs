//! The hashes of a wrapped command (`attest-wrap/v1`): a receipt of one command without a pipeline file.

use crate::digest::Digest;

/// The first line of what `pipeline_hash` is taken of.
const HEADER: &str = "attest-wrap/v1\n";

/// The command as a compact JSON array: the run string of its step's input manifest.
///
/// ```
/// use attest_core::pipeline::wrapped;
///
/// let command = ["cc", "-o", "app"].map(String::from);
/// assert_eq!(wrapped::run_text(&command), r#"["cc","-o","app"]"#);
/// ```
#[must_use]
pub fn run_text(command: &[String]) -> String {
    serde_json::Value::from(command).to_string()
}

/// `pipeline_hash`: of the header line and the command's text.
#[must_use]
pub fn pipeline_hash(command: &[String]) -> Digest {
    Digest::of(format!("{HEADER}{}", run_text(command)).as_bytes())
}

/// `command_hash`: of the command's text.
#[must_use]
pub fn command_hash(command: &[String]) -> Digest {
    Digest::of(run_text(command).as_bytes())
}
