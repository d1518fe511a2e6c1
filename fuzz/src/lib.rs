//! The laws that the fuzz targets hold `attest-core` to, each a function that panics where one is broken.
//!
//! Not here: how inputs are made (libFuzzer does, from `tests/vectors` and `seeds`) and how the targets are run
//! (`scripts/fuzz.sh`).

pub mod known;
pub mod paths;
pub mod receipt;
pub mod tree;
