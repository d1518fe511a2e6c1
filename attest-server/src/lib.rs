//! The Attest v1 server: runs build pipelines in a sandbox and signs receipts of what each step read, ran and wrote.
//!
//! - [`blob`]: content-addressed files. - [`tree`]: what a directory holds, as a value.
//! - [`view`]: a step's directory. - [`sandbox`]: what a step can reach.
//! - [`supervisor`]: the process that ends what a step starts. - [`step`]: one step, from view to outcome.

pub mod blob;
pub mod sandbox;
pub mod source;
pub mod step;
pub mod supervisor;
pub mod tree;
pub mod view;
