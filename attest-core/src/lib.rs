//! Receipts of build pipelines, and the rules of the v1 API's client: all without I/O unless a feature asks for it.
//!
//! - [`client`]: the rules of the client, and its driver behind the feature `client`.
//! - [`digest`]: BLAKE3 digests and their two spellings.
//! - [`error`]: the client's error and the table of its kinds.
//! - `held` (feature `fs`): a file at hand, hashed to ask whether a receipt attests it.
//! - `manifest` (feature `fs`): what a step read or wrote, as one document and its digest.
//! - [`yaml`]: strict reading of YAML and JSON.
//! - [`pipeline`]: reading, judging and hashing pipelines.
//! - [`receipt`], [`key`]: receipts, read, made and signed.
//! - [`export`], [`dsse`], [`intoto`]: a receipt as SLSA provenance in a signed envelope, and such envelopes read.
//! - [`trust`], [`verify`]: whom to believe, and the verdict on a receipt.
//! - `recompute` (feature `fs`): a receipt's hashes, derived again from files.
//! - `restore` (feature `fs`): putting the outputs of a run into a directory.
//! - `source` (feature `source`): what in a directory is an execution's source.
//! - [`v1`]: the wire types of the API.
//! - [`webhook`]: whether a webhook is from whom it says.

#[cfg(feature = "fs")]
mod beneath;
pub mod client;
#[cfg(feature = "fs")]
mod content;
pub mod digest;
pub mod dsse;
pub mod error;
pub mod export;
#[cfg(feature = "fs")]
pub mod held;
mod hex;
pub mod intoto;
pub mod key;
#[cfg(feature = "fs")]
pub mod manifest;
#[cfg(feature = "fs")]
mod parallel;
pub mod pipeline;
pub mod receipt;
#[cfg(feature = "fs")]
pub mod recompute;
#[cfg(feature = "fs")]
pub mod restore;
#[cfg(feature = "source")]
pub mod source;
pub mod trust;
pub mod v1;
mod verbatim;
pub mod verify;
pub mod webhook;
pub mod yaml;
