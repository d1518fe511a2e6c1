//! Reading the shared vectors.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::Value;

/// The folder of the shared vectors.
pub(crate) fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors")
}

/// A moment shortly after every receipt of the vectors was made.
pub(crate) fn fixed_now() -> DateTime<Utc> {
    "2026-11-24T00:00:00Z".parse().unwrap()
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The JSON of a file.
pub(crate) fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&read(path)).unwrap()
}
