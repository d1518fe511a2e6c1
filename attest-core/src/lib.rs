//! Receipts of build pipelines, and the rules of the v1 API's client: all without I/O unless a feature asks for it.
//!
//! - [`digest`]: BLAKE3 digests and their two spellings.
//! - `manifest` (feature `fs`): what a step read or wrote, as one document and its digest.
//! - [`yaml`]: strict reading of YAML and JSON.
//! - [`v1`]: the wire types of the API.

pub mod digest;
#[cfg(feature = "fs")]
pub mod manifest;
pub mod v1;
pub mod yaml;
