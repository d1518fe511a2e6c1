//! Hashing what an open file holds, in big reads: never a whole file in memory, and never through a memory map.

use std::io::{self, Read};

use crate::digest::Digest;

/// One read. Large enough that the system call does not count, small enough to stay in a processor's cache.
const READ: usize = 256 * 1024;

/// Asked now and then whether to go on, on any thread; false ends the work.
pub(crate) type GoOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// Reads while it may go on, then fails.
pub(crate) struct Stoppable<'a, R> {
    inner: R,
    go_on: GoOn<'a>,
}

impl<'a, R> Stoppable<'a, R> {
    pub(crate) fn new(inner: R, go_on: GoOn<'a>) -> Self {
        Self { inner, go_on }
    }
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if (self.go_on)() {
            self.inner.read(buffer)
        } else {
            Err(io::Error::other("called off"))
        }
    }
}

/// The digest of what is left to read of an open file. `buffer` is kept from file to file; `read` hears of each piece's length
/// in bytes.
pub(crate) fn digest(
    mut file: impl Read,
    buffer: &mut Vec<u8>,
    mut read: impl FnMut(usize),
) -> io::Result<Digest> {
    buffer.resize(READ, 0);
    let mut hasher = blake3::Hasher::new();
    loop {
        match file.read(buffer) {
            Ok(0) => return Ok(hasher.finalize().into()),
            Ok(length) => {
                hasher.update(buffer.get(..length).unwrap_or_default());
                read(length);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
