//! What one pass over a file gives. Not a digest that somebody hands in: that would be signing a caller's choice.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// One read: large enough that the system call does not count, small enough for a processor's cache.
const READ: usize = 256 * 1024;

/// BLAKE3 and SHA-256 of the same bytes.
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::export::Content;
///
/// let content = Content::read(&b"abc"[..])?; // a file, mostly
/// assert_eq!(*content.blake3(), Digest::of(b"abc"));
/// assert!(content.sha256_hex().starts_with("ba7816bf"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    blake3: Digest,
    sha256: [u8; 32],
}

impl Content {
    /// Reads to the end, once, in pieces of 256 KiB.
    ///
    /// # Errors
    /// The reader's.
    pub fn read(reader: impl Read) -> io::Result<Self> {
        Self::read_with(reader, &mut Vec::new())
    }

    /// As [`Content::read`]; `buffer` is kept from file to file.
    pub(super) fn read_with(mut reader: impl Read, buffer: &mut Vec<u8>) -> io::Result<Self> {
        buffer.resize(READ, 0);
        let (mut blake3, mut sha256) = (blake3::Hasher::new(), Sha256::new());
        loop {
            match reader.read(buffer) {
                Ok(0) => break,
                Ok(length) => {
                    let piece = buffer.get(..length).unwrap_or_default();
                    blake3.update(piece);
                    sha256.update(piece);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            blake3: blake3.finalize().into(),
            sha256: sha256.finalize().into(),
        })
    }

    /// Its BLAKE3.
    pub const fn blake3(&self) -> &Digest {
        &self.blake3
    }

    /// Its SHA-256, 64 lower-case hex digits.
    pub fn sha256_hex(&self) -> String {
        // The same 32 bytes spelled in hex; whose they are does not matter to the spelling.
        Digest::from_bytes(self.sha256).hex()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4 (its example `abc`), and inputs around the length of one read.
    #[test]
    fn both_digests_are_of_the_same_bytes() {
        let abc = Content::read(&b"abc"[..]).unwrap();
        assert_eq!(
            abc.sha256_hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let mut buffer = Vec::new();
        for length in [0, 1, READ - 1, READ, READ + 1, 3 * READ] {
            let bytes: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            // In pieces that no read fills.
            let (head, tail) = bytes.split_at(length / 3);
            let content = Content::read_with(head.chain(tail), &mut buffer).unwrap();
            assert_eq!(*content.blake3(), Digest::of(&bytes));
            let sha256: [u8; 32] = Sha256::digest(&bytes).into();
            assert_eq!(content.sha256, sha256);
        }
    }

    #[test]
    fn a_reader_that_fails_gives_no_digest() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        assert!(Content::read((&b"x"[..]).chain(Broken)).is_err());
    }
}
