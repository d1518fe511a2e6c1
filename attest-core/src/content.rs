//! Hashing what an open file holds, in big reads: never a whole file in memory, and never through a memory map.

use std::io::{self, Read};

use crate::digest::Digest;

/// One read. Large enough that the system call does not count, small enough to stay in a processor's cache.
const READ: usize = 256 * 1024;

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
