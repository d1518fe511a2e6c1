//! What a caller found out beside the receipt. A verifier does no I/O: whoever has files looks at them first.

use super::Recomputed;
use crate::digest::Digest;

/// What a receipt is held against, beside what it says itself.
///
/// ```
/// use attest_core::verify::{Evidence, HeldFile};
///
/// let evidence = Evidence { files: vec![HeldFile::of("app", b"the bytes at hand")], ..Evidence::default() };
/// assert_eq!(evidence.files[0].name, "app");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// What deriving the hashes again gave; nothing where it was not done.
    pub recomputed: Option<Recomputed>,
    /// Files at hand, each of which the receipt has to attest.
    pub files: Vec<HeldFile>,
}

/// A file at hand. With the feature `fs`, `HeldFile::read` hashes one.
///
/// ```
/// use attest_core::digest::Digest;
/// use attest_core::verify::HeldFile;
///
/// let file = HeldFile::of("hello", b"echo hello, world\n");
/// assert_eq!(file.digest, Digest::of(b"echo hello, world\n"));
/// // Of what was hashed elsewhere, the digest is enough.
/// let file = HeldFile { name: "app".to_owned(), digest: Digest::of(b"the bytes") };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldFile {
    /// What to call it in a report; it is compared with nothing.
    pub name: String,
    /// BLAKE3 of its content.
    pub digest: Digest,
}

impl HeldFile {
    /// A file of this content.
    pub fn of(name: impl Into<String>, content: &[u8]) -> Self {
        Self {
            name: name.into(),
            digest: Digest::of(content),
        }
    }
}

impl From<Recomputed> for Evidence {
    fn from(recomputed: Recomputed) -> Self {
        Self {
            recomputed: Some(recomputed),
            ..Self::default()
        }
    }
}
