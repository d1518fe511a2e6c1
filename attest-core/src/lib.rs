//! Receipts of build pipelines, and the rules of the v1 API's client: all without I/O unless a feature asks for it.
//!
//! - [`digest`]: BLAKE3 digests and their two spellings.
//! - [`v1`]: the wire types of the API.

pub mod digest;
pub mod v1;
