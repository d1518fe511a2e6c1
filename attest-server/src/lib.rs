//! The Attest v1 server: runs build pipelines in a sandbox and signs receipts of what each step read, ran and wrote.
//!
//! - [`blob`]: content-addressed files. - [`tree`]: what a directory holds, as a value.

pub mod blob;
#[allow(dead_code)] // until the API lands, in the next commits
mod store;
pub mod tree;
