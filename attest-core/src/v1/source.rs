//! Sources: trees of uploaded objects that executions start from.

use serde::{Deserialize, Serialize};

/// Body of `POST /v1/sources`: what is in a directory.
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::v1::{CreateSource, SourceEntry};
///
/// let file = SourceEntry {
///     path: "src/main.c".to_owned(),
///     kind: "file".to_owned(),
///     digest: Some(Digest::of(b"int main(void) {}\n").to_string()),
///     target: None,
///     executable: false,
///     size_bytes: Some(18),
/// };
/// let body = serde_json::to_value(CreateSource { entries: vec![file] })?;
/// assert_eq!(body["entries"][0]["path"], "src/main.c");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateSource {
    /// Files and links, each path once, in any order. Directories are implied.
    pub entries: Vec<SourceEntry>,
}

/// A file or a symbolic link of a source.
///
/// ```
/// use attest_core::v1::SourceEntry;
///
/// let link: SourceEntry = serde_json::from_str(r#"{"path": "latest", "kind": "symlink", "target": "v2"}"#)?;
/// assert_eq!((link.target.as_deref(), link.digest), (Some("v2"), None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceEntry {
    /// Relative path, `/` between parts, without empty, `.` and `..` parts.
    pub path: String,
    /// `file` or `symlink`.
    pub kind: String,
    /// Of a file: `blake3:…` of its content, which must be stored already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Of a link: its text, which is never followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Of a file: whether it may be executed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub executable: bool,
    /// Of a file: its size in bytes; checked against the stored object where given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
}

/// Answer of `POST /v1/sources`.
///
/// ```
/// use attest_core::v1::{ExecuteRequest, Source};
///
/// # let answer = r#"{"source": "tree:blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"}"#;
/// let uploaded: Source = serde_json::from_str(answer)?;
/// let request = ExecuteRequest { source: Some(uploaded.source), ..ExecuteRequest::default() };
/// # assert!(request.source.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// `tree:blake3:…`: what [`super::ExecuteRequest::source`] takes, and the digest of the tree that receipts name.
    pub source: String,
}
