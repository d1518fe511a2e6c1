//! Hashing what an open file holds, in big reads: never a whole file in memory, and never through a memory map, under
//! which a file that is truncated ends the process.

#[cfg(feature = "parallel")]
mod pieces;

use std::fs::File;
use std::io::{self, Read};

use rustix::io::Errno;

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

/// The digest of a regular file that was just opened, and had `length` bytes then. Where the caller has the machine to
/// itself (`alone`) and the feature `parallel` is on, a large one is hashed on all cores.
pub(crate) fn digest_file(
    file: File,
    length: u64,
    buffer: &mut Vec<u8>,
    alone: bool,
    go_on: GoOn<'_>,
) -> io::Result<Digest> {
    if alone
        && is_large(length)
        && let Some(digest) = in_pieces(&file, length, go_on)?
    {
        return Ok(digest);
    }
    let mut first = Vec::new();
    if length < READ as u64 && go_on() {
        buffer.resize(READ, 0);
        match rustix::io::read(&file, buffer.as_mut_slice()) {
            Ok(count) => {
                let content = buffer.get(..count).unwrap_or_default();
                // All that it had, by a read that had room for more: that is the end, and most files are so small.
                if count as u64 == length {
                    return Ok(Digest::of(content));
                }
                first.extend_from_slice(content);
            }
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    let content = first.chain(Stoppable::new(file, go_on));
    digest(content, buffer, |_| {})
}

/// Whether all cores are faster for a file of `length` bytes than one. Below some the threads cost more than they save.
pub(crate) fn is_large(length: u64) -> bool {
    const LARGE: u64 = 8 << 20;
    #[cfg(feature = "parallel")]
    const {
        assert!(LARGE > pieces::PIECE)
    };
    cfg!(feature = "parallel") && length >= LARGE
}

/// None where it is another file by now.
#[cfg(feature = "parallel")]
fn in_pieces(file: &File, length: u64, go_on: GoOn<'_>) -> io::Result<Option<Digest>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores == 1 {
        return Ok(None);
    }
    pieces::digest(file, length, cores, go_on)
}

#[cfg(not(feature = "parallel"))]
fn in_pieces(_: &File, _: u64, _: GoOn<'_>) -> io::Result<Option<Digest>> {
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

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};

    use super::*;

    fn of(file: File, length: u64) -> Digest {
        digest_file(file, length, &mut Vec::new(), true, &|| true).unwrap()
    }

    #[test]
    fn a_file_has_the_digest_of_its_content_whatever_length_it_had() {
        for size in [0, 1, 1000, READ - 1, READ, READ + 1] {
            let content: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let size = size as u64;
            for length in [0, 1, size.saturating_sub(1), size, size + 1, READ as u64] {
                let mut file = tempfile::tempfile().unwrap();
                file.write_all(&content).unwrap();
                file.seek(SeekFrom::Start(0)).unwrap();
                assert_eq!(
                    of(file, length),
                    Digest::of(&content),
                    "{size}, said to be {length}"
                );
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_the_system_makes_up_is_read_to_its_end() {
        let open = || File::open("/proc/self/limits").unwrap();
        let length = open().metadata().unwrap().len();
        let mut content = Vec::new();
        open().read_to_end(&mut content).unwrap();
        assert_eq!((length, of(open(), length)), (0, Digest::of(&content)));
    }

    #[test]
    fn a_small_file_is_called_off_too() {
        let file = tempfile::tempfile().unwrap();
        let error = digest_file(file, 1, &mut Vec::new(), true, &|| false).unwrap_err();
        assert_eq!(error.to_string(), "called off");
    }
}
