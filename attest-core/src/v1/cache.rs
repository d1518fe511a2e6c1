//! The cache: stored objects and what is known of their use.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Answer of `GET /v1/cache/stats`.
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRequest {
    /// At most 10,000 digests, `blake3:…`.
    pub digests: Vec<String>,
}

/// Answer of `POST /v1/cache/objects/missing`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Those of the asked digests that are not stored, in the order asked, each once. What is not here stays stored for
    /// at least an hour, unless somebody deletes it by name.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// Answer of `POST /v1/cache/objects`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObjects {
    /// How many objects the request held.
    #[serde(default)]
    pub objects: u64,
    /// Their size, bytes.
    #[serde(default)]
    pub size_bytes: u64,
}
