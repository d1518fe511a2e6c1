//! Hashing what a step reads and writes: `{"digest": "blake3:…", "text": "attest-manifest/v1\n…"}`.
//!
//! These functions read files and may take long: a binding calls them where waiting is allowed.

use std::path::Path;

use attest_sdk::manifest::{Manifest, ManifestError};
use attest_sdk::{Digest, Error, ErrorKind};
use serde::Serialize;

use crate::json;

#[derive(Serialize)]
struct Answer {
    digest: String,
    text: String,
}

/// The input manifest of a step. `declared` is a JSON list of paths relative to `workspace`.
///
/// # Errors
/// [`ErrorKind::Io`], naming the path and the rule it breaks; [`ErrorKind::ValidationError`] for other JSON.
pub fn hash_inputs(workspace: &Path, run: &str, declared: &[u8]) -> Result<String, Error> {
    let declared = paths(declared)?;
    answer(attest_sdk::manifest::hash_inputs(workspace, run, &declared))
}

/// The output manifest of a step.
///
/// # Errors
/// As [`hash_inputs`].
pub fn hash_outputs(workspace: &Path, declared: &[u8]) -> Result<String, Error> {
    let declared = paths(declared)?;
    answer(attest_sdk::manifest::hash_outputs(workspace, &declared))
}

/// `blake3:…` of bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}

fn paths(declared: &[u8]) -> Result<Vec<String>, Error> {
    json::read(ErrorKind::ValidationError, "the declared paths", declared)
}

fn answer(manifest: Result<Manifest, ManifestError>) -> Result<String, Error> {
    let manifest = manifest
        .map_err(|error| Error::new(ErrorKind::Io, error.to_string()).with_source(error))?;
    json::write(&Answer {
        digest: manifest.digest().to_string(),
        text: manifest.text(),
    })
}
