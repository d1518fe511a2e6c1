//! The commands, one file each.

pub(crate) mod cache;
pub(crate) mod export;
pub(crate) mod hash;
pub(crate) mod keys;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod verify;
