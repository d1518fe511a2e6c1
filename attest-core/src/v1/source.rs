//! Sources: trees of uploaded objects that executions start from.

use serde::{Deserialize, Serialize};

/// Body of `POST /v1/sources`: what is in a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateSource {
    /// Files and links, each path once, in any order. Directories are implied.
    pub entries: Vec<SourceEntry>,
}

/// A file or a symbolic link of a source.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// `tree:blake3:…`: what [`super::ExecuteRequest::source`] takes, and the digest of the tree that receipts name.
    pub source: String,
}
