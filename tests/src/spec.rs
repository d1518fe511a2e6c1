//! The specification's programs, taken from its text as they are printed there.

mod printed;
mod table;

pub use printed::{Program, Specification};
pub use table::Row;
