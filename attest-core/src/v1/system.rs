//! What a server says about itself.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Answer of `GET /v1/system`.
///
/// ```
/// # use attest_core::v1::System;
/// let text = r#"{"version": "0.1.0", "isolation": "none", "workers": 2}"#;
/// let system: System = serde_json::from_str(text)?;
/// if system.isolation == "none" {
///     println!("steps of this server can read whatever it can");
/// }
/// assert_eq!(system.own_source, None, "it does not say");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct System {
    /// The server's version.
    #[serde(default)]
    pub version: String,
    /// `bubblewrap` or `none`.
    #[serde(default)]
    pub isolation: String,
    /// How many steps may run at once.
    #[serde(default)]
    pub workers: u64,
    /// Whether it has a source of its own, for executions that name none; absent where a server does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_source: Option<bool>,
    /// Limits by name, in the unit the name ends in.
    #[serde(default)]
    pub limits: Map<String, Value>,
}
