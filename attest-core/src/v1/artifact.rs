//! Files that an execution's steps declared as outputs.

use serde::{Deserialize, Serialize};

/// One output file or symbolic link.
///
/// ```
/// use attest_core::v1::Artifact;
///
/// let text = r#"{"step": "build", "path": "out/app", "kind": "file", "size_bytes": 18, "executable": true}"#;
/// let artifact: Artifact = serde_json::from_str(text)?;
/// assert_eq!(artifact.size_bytes, Some(18));
/// assert_eq!(artifact.digest, "", "an older server left it out");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::v1::ArtifactList;
/// let text = r#"{"artifacts": [{"step": "build", "path": "out/app"}, {"step": "docs", "path": "out/app.1"}]}"#;
/// let list: ArtifactList = serde_json::from_str(text)?;
/// let of_build = list.artifacts.iter().filter(|artifact| artifact.step == "build");
/// assert_eq!(of_build.count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactList {
    /// The artifacts, by step, then by path.
    #[serde(default)]
    pub artifacts: Vec<Artifact>,
}
