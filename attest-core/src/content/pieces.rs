//! Hashing one large file on all cores: threads read pieces of it wherever they are in the file, and BLAKE3's tree is put
//! together from them at the end.
//!
//! Each piece is a whole subtree (section 2.1 of the BLAKE3 paper), so the result is the plain BLAKE3 of the content. What
//! is kept of the file at any time is one read a thread.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{panic, thread};

use blake3::hazmat::{self, ChainingValue, HasherExt as _, Mode};

use super::GoOn;
use crate::digest::Digest;

/// Bytes of a piece: 2^12 chunks. Of a file of a terabyte, the values of all pieces have 10 MB.
pub(super) const PIECE: u64 = 1 << 22;
/// One read. Small enough that what the system copies is still in the core's own cache when it is hashed.
const READ: u64 = 1 << 17;

/// The digest of a file of `length` bytes, by at most `threads` threads; none where the file turns out to have another
/// length, for it is being written then. A file of one piece has no subtrees: `length` is more than [`PIECE`].
pub(super) fn digest(
    file: &File,
    length: u64,
    threads: usize,
    go_on: GoOn<'_>,
) -> io::Result<Option<Digest>> {
    let pieces = usize::try_from(length.div_ceil(PIECE)).unwrap_or(usize::MAX);
    let next = AtomicU64::new(0);
    let run = || -> io::Result<Option<Vec<(u64, ChainingValue)>>> {
        let mut buffer = Vec::new();
        let mut done = Vec::new();
        loop {
            let start = next.fetch_add(PIECE, Ordering::Relaxed);
            if start >= length {
                return Ok(Some(done));
            }
            if !go_on() {
                return Err(super::called_off());
            }
            let size = PIECE.min(length - start);
            match subtree(file, start, size, &mut buffer) {
                Ok(Some(value)) => done.push((start, value)),
                // The others need not go on either.
                ended => {
                    next.store(length, Ordering::Relaxed);
                    return ended.map(|_| None);
                }
            }
        }
    };
    let parts = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(pieces))
            // Where the system has no thread left, there are fewer.
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, run).ok())
            .collect();
        let mut parts = vec![run()];
        for other in others {
            parts.push(match other.join() {
                Ok(part) => part,
                Err(panic) => panic::resume_unwind(panic),
            });
        }
        parts
    });
    let mut values = Vec::new();
    for part in parts {
        match part? {
            Some(more) => values.extend(more),
            None => return Ok(None),
        }
    }
    if file.read_at(&mut [0], length)? != 0 {
        return Ok(None);
    }
    values.sort_unstable_by_key(|(start, _)| *start);
    let values: Vec<_> = values.into_iter().map(|(_, value)| value).collect();
    Ok(root(&values))
}

/// The value of one piece; none where the file ends before it does.
fn subtree(
    file: &File,
    start: u64,
    size: u64,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<ChainingValue>> {
    let mut hasher = blake3::Hasher::new();
    hasher.set_input_offset(start);
    let end = start + size;
    let mut at = start;
    while at < end {
        let length = READ.min(end - at);
        buffer.resize(usize::try_from(length).map_err(io::Error::other)?, 0);
        match file.read_exact_at(buffer, at) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        hasher.update(buffer);
        at += length;
    }
    Ok(Some(hasher.finalize_non_root()))
}

/// The digest of at least two pieces, all but the last of them full.
fn root(values: &[ChainingValue]) -> Option<Digest> {
    let (left, right) = halves(values)?;
    let root = hazmat::merge_subtrees_root(&node(left)?, &node(right)?, Mode::Hash);
    Some(root.into())
}

fn node(values: &[ChainingValue]) -> Option<ChainingValue> {
    if let [value] = values {
        return Some(*value);
    }
    let (left, right) = halves(values)?;
    Some(hazmat::merge_subtrees_non_root(
        &node(left)?,
        &node(right)?,
        Mode::Hash,
    ))
}

/// The left subtree has the largest power of two of pieces that leaves something for the right one.
fn halves(values: &[ChainingValue]) -> Option<(&[ChainingValue], &[ChainingValue])> {
    let left = values.len().checked_next_power_of_two()? / 2;
    values
        .split_at_checked(left)
        .filter(|(left, _)| !left.is_empty())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(content: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        file
    }

    /// As the official test vectors have it: 0, 1, … 250, again and again.
    fn content(length: u64) -> Vec<u8> {
        (0..length).map(|i| (i % 251) as u8).collect()
    }

    fn of(file: &File, length: u64, threads: usize) -> Option<Digest> {
        digest(file, length, threads, &|| true).unwrap()
    }

    #[test]
    fn pieces_of_any_number_and_end_give_the_plain_digest() {
        for pieces in 1..=5 {
            for more in [1, 64, 1023, 1025, READ, READ + 1, PIECE] {
                let content = content(pieces * PIECE + more);
                let length = content.len() as u64;
                let plain = Some(Digest::of(&content));
                let file = file(&content);
                for threads in [1, 3] {
                    assert_eq!(of(&file, length, threads), plain, "{length} by {threads}");
                }
            }
        }
    }

    #[test]
    fn a_file_of_another_length_has_no_digest() {
        let length = 3 * PIECE;
        let file = file(&content(length));
        for other in [length - 1, length + 1, 2 * PIECE, 9 * PIECE] {
            assert_eq!(of(&file, other, 2), None, "{other}");
        }
    }

    #[test]
    fn the_work_is_called_off() {
        let file = file(&content(3 * PIECE));
        let asked = AtomicU64::new(0);
        let go_on = || asked.fetch_add(1, Ordering::Relaxed) < 2;
        let error = digest(&file, 3 * PIECE, 1, &go_on).unwrap_err();
        assert_eq!(error.to_string(), "called off");
        assert_eq!(asked.into_inner(), 3);
    }
}
