//! Bodies that are read while they are sent, so that their size does not matter.

use std::io::{self, Write};

/// A body that is written piece by piece, from its beginning each time it is asked for.
pub trait Content: Send + Sync {
    /// Writes it to its end. Blocks.
    ///
    /// # Errors
    /// What `out` answers; or why it cannot be read, in words that name the file: these reach the caller.
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()>;
}

impl Content for Vec<u8> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self)
    }
}
