//! Putting the outputs of a run into a directory: which ones, and where, without trusting who sends them.
//!
//! [`plan`] takes from a receipt what may be written, and refuses the receipt where a path could do harm; it does no I/O.
//! [`Stage`] receives the content beneath an open directory, checks it against the receipt's digests, and puts all of it
//! in place only when all of it is right. No link is followed, neither on the way nor at the end.
//!
//! Not here: whether the receipt is genuine, which its verifier says before, and fetching.

mod empty;
mod error;
mod item;
mod path;
mod plan;
mod receiving;
mod stage;
mod target;
mod way;

pub use empty::Directory;
pub use error::RestoreError;
pub use item::{Item, Kind};
pub use plan::{Plan, plan};
pub use receiving::Receiving;
pub use stage::Stage;
