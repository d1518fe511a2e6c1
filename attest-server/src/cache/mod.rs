//! Never running the same step twice, and never being wrong about "the same".
//!
//! A [`Key`] names everything a step can see. What a step with that key left (its [`crate::record::Record`]) is kept by
//! [`crate::store::cache`]; [`restore`] reads it back and trusts none of it before its bytes were hashed again, and
//! [`replay`] makes the log of a step that did not run.
//!
//! What is not here: when a step is looked up and what follows from it, which is `execution`'s, and the removal of what
//! nobody uses any more.

mod key;
mod lookup;
mod replay;

pub(crate) use key::{Facts, Key};
pub(crate) use lookup::{Restored, restore};
pub(crate) use replay::{REPLAYED, replay};
