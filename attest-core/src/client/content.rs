//! Bodies that are read while they are sent, so that their size does not matter.

use std::io::{self, Write};

/// A body that is written piece by piece, from its beginning each time it is asked for.
///
/// ```
/// use std::io::{self, Write};
/// use std::path::PathBuf;
///
/// use attest_core::client::Content;
///
/// /// A file of any size.
/// struct OnDisk(PathBuf);
///
/// impl Content for OnDisk {
///     fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
///         let told = |error| io::Error::other(format!("cannot read {}: {error}", self.0.display()));
///         let mut file = std::fs::File::open(&self.0).map_err(told)?;
///         io::copy(&mut file, out).map(drop)
///     }
/// }
///
/// let error = OnDisk("no/such/file".into()).write_to(&mut Vec::new()).unwrap_err();
/// assert!(error.to_string().starts_with("cannot read no/such/file"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
