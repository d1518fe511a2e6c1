//! The cache: stored objects and what is known of their use.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Answer of `GET /v1/cache/stats`.
///
/// ```
/// # use attest_core::v1::CacheStats;
/// let text = r#"{"total_entries": 40, "hit_rate": 0.75, "backends": {"local": {"entries": 40}}}"#;
/// let stats: CacheStats = serde_json::from_str(text)?;
/// let told = format!("{} objects, {:.0} % hits", stats.total_entries, stats.hit_rate * 100.0);
/// assert_eq!(told, "40 objects, 75 % hits");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CacheStats {
    /// Size of all stored objects, bytes.
    #[serde(default)]
    pub total_size_bytes: u64,
    /// How many objects are stored.
    #[serde(default)]
    pub total_entries: u64,
    /// Of the steps that were looked up, the part that was found, from 0 to 1; 0 before the first look-up.
    #[serde(default)]
    pub hit_rate: f64,
    /// The part that was not; 0 before the first look-up.
    #[serde(default)]
    pub miss_rate: f64,
    /// One entry per configured tier, by its name.
    #[serde(default)]
    pub backends: BTreeMap<String, CacheBackend>,
}

/// One tier of the cache.
///
/// ```
/// # use attest_core::v1::CacheStats;
/// # let text = r#"{"total_entries": 40, "hit_rate": 0.75, "backends": {"local": {"entries": 40}}}"#;
/// # let stats: CacheStats = serde_json::from_str(text)?;
/// for (tier, backend) in &stats.backends {
///     println!("{tier}: {} objects of {} bytes", backend.entries, backend.size_bytes);
/// }
/// assert_eq!(stats.backends["local"].entries, 40);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CacheBackend {
    /// Size of its objects, bytes.
    #[serde(default)]
    pub size_bytes: u64,
    /// How many objects it holds.
    #[serde(default)]
    pub entries: u64,
    /// As in [`CacheStats`], of the look-ups that reached this tier.
    #[serde(default)]
    pub hit_rate: f64,
}

/// Body of `POST /v1/cache/gc`; it may be empty.
///
/// ```
/// use attest_core::v1::GcRequest;
///
/// let gently = GcRequest { max_age_days: Some(7), ..GcRequest::default() };
/// assert_eq!(serde_json::to_string(&gently)?, r#"{"max_age_days":7,"aggressive":false}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GcRequest {
    /// What was not used for so many days goes. 30 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u32>,
    /// Percent (0 to 100) of the server's `--cache-max-bytes` that may stay. 100 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_size_percent: Option<u8>,
    /// Whether younger things go too, the longest unused first, until the target is reached.
    #[serde(default)]
    pub aggressive: bool,
}

/// Answer of `POST /v1/cache/gc`.
///
/// ```
/// # use attest_core::v1::GcReport;
/// let report: GcReport = serde_json::from_str(r#"{"deleted_objects": 3, "freed_bytes": 4096}"#)?;
/// assert_eq!((report.deleted_objects, report.freed_bytes), (3, 4096));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GcReport {
    /// How many objects were deleted.
    #[serde(default)]
    pub deleted_objects: u64,
    /// Their size, bytes.
    #[serde(default)]
    pub freed_bytes: u64,
    /// Size of what is stored now, bytes.
    #[serde(default)]
    pub total_size_bytes: u64,
    /// How long it took, seconds.
    #[serde(default)]
    pub duration_seconds: f64,
}

/// Body of `POST /v1/cache/objects/missing`.
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::v1::MissingRequest;
///
/// let files: [&[u8]; 2] = [b"main", b"lib"];
/// let request = MissingRequest { digests: files.map(|file| Digest::of(file).to_string()).into() };
/// assert!(request.digests[0].starts_with("blake3:"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRequest {
    /// At most 10,000 digests, `blake3:…`.
    pub digests: Vec<String>,
}

/// Answer of `POST /v1/cache/objects/missing`.
///
/// ```
/// use attest_core::v1::{Missing, MissingRequest};
///
/// # let request = MissingRequest { digests: vec!["blake3:00".to_owned(), "blake3:01".to_owned()] };
/// # let answer = r#"{"missing": ["blake3:01"]}"#;
/// let missing: Missing = serde_json::from_str(answer)?;
/// let stored = request.digests.len() - missing.missing.len();
/// assert_eq!(stored, 1, "that one need not be sent");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Those of the asked digests that are not stored, in the order asked, each once. What is not here stays stored for
    /// at least an hour, unless somebody deletes it by name.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// Answer of `POST /v1/cache/objects`.
///
/// ```
/// # use attest_core::v1::StoredObjects;
/// let stored: StoredObjects = serde_json::from_str(r#"{"objects": 2, "size_bytes": 512}"#)?;
/// assert_eq!(stored.objects, 2, "as many as were sent");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObjects {
    /// How many objects the request held.
    #[serde(default)]
    pub objects: u64,
    /// Their size, bytes.
    #[serde(default)]
    pub size_bytes: u64,
}
