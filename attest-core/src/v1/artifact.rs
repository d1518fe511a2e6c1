//! Files that an execution's steps declared as outputs.

use serde::{Deserialize, Serialize};

/// One output file or symbolic link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// The step that wrote it.
    pub step: String,
    /// Its path in the workspace.
    pub path: String,
    /// `file` or `symlink`.
    #[serde(default)]
    pub kind: String,
    /// Its size in bytes, where known.
    #[serde(default)]
    pub size_bytes: Option<u64>,
    /// `blake3:…` of its content, or of the link's target text.
    #[serde(default)]
    pub digest: String,
    /// Whether it is an executable file. The server's word: receipts do not attest modes.
    #[serde(default)]
    pub executable: bool,
}

/// Answer of `GET /v1/executions/{id}/artifacts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactList {
    /// The artifacts, by step, then by path.
    #[serde(default)]
    pub artifacts: Vec<Artifact>,
}
