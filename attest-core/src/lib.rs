//! Receipts of build pipelines: the rules, without I/O unless a feature asks for it.
//!
//! - [`digest`]: BLAKE3 digests and their two spellings.

pub mod digest;
