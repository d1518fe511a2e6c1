//! Hashing what an open file holds, in big reads: never a whole file in memory, and never through a memory map, under
//! which a file that is truncated ends the process.

#[cfg(feature = "parallel")]
mod pieces;

use std::fs::File;
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
            Err(called_off())
        }
    }
}

fn called_off() -> io::Error {
    io::Error::other("called off")
}

/// The digest of a regular file that was just opened. Where the caller has the machine to itself (`alone`) and the feature
/// `parallel` is on, a large one is hashed on all cores.
pub(crate) fn digest_file(
    file: File,
    buffer: &mut Vec<u8>,
    alone: bool,
    go_on: GoOn<'_>,
) -> io::Result<Digest> {
    if alone && let Some(digest) = in_pieces(&file, go_on)? {
        return Ok(digest);
    }
    digest(Stoppable::new(file, go_on), buffer, |_| {})
}

/// None where the file is too small for it, or another file by now.
#[cfg(feature = "parallel")]
fn in_pieces(file: &File, go_on: GoOn<'_>) -> io::Result<Option<Digest>> {
    /// Below this the threads cost more than they save.
    const LARGE: u64 = 2 * pieces::PIECE;

    let length = file.metadata()?.len();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if length < LARGE || cores == 1 {
        return Ok(None);
    }
    pieces::digest(file, length, cores, go_on)
}

#[cfg(not(feature = "parallel"))]
fn in_pieces(_: &File, _: GoOn<'_>) -> io::Result<Option<Digest>> {
    Ok(None)
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
