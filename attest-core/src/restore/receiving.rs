//! Content on its way into a stage: hashed while it is written, and whole only where it is what the receipt attests.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use super::item::Item;
use super::{RestoreError, target};
use crate::digest::Digest;

/// Content that comes in.
///
/// ```
/// use attest_core::restore::{RestoreError, Stage, plan};
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// # let here = tempfile::tempdir()?;
/// let stage = Stage::open(here.path(), plan(receipt.body(), "exec_hello", &[])?)?;
/// let mut receiving = stage.receive(0)?;
/// receiving.write(b"echo hello, ")?;
/// receiving.write(b"mallory\n")?;
/// assert!(matches!(receiving.finish(), Err(RestoreError::Differs { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Receiving {
    pub(super) here: OwnedFd,
    pub(super) name: String,
    /// Where it belongs, for errors.
    pub(super) at: PathBuf,
    pub(super) item: Item,
    pub(super) content: Content,
    pub(super) hasher: blake3::Hasher,
    pub(super) length: u64,
}

#[derive(Debug)]
pub(super) enum Content {
    File(File),
    /// The text so far.
    Link(Vec<u8>),
}

impl Receiving {
    /// The next piece. Blocks.
    ///
    /// # Errors
    /// [`RestoreError::Artifact`] where there is more of it than the server said, [`RestoreError::Io`].
    pub fn write(&mut self, piece: &[u8]) -> Result<(), RestoreError> {
        self.length += piece.len() as u64;
        let most = match (&self.content, self.item.size) {
            (Content::Link(_), _) => target::LONGEST,
            (Content::File(_), size) => size.unwrap_or(u64::MAX),
        };
        if self.length > most {
            return Err(self.refuse(format!("more than {most} bytes of it came")));
        }
        self.hasher.update(piece);
        match &mut self.content {
            Content::Link(text) => text.extend_from_slice(piece),
            Content::File(file) => file.write_all(piece).map_err(|source| RestoreError::Io {
                path: self.at.clone(),
                source,
            })?,
        }
        Ok(())
    }

    /// The end of it. Blocks.
    ///
    /// # Errors
    /// [`RestoreError::Differs`] where it is not what the receipt attests, [`RestoreError::Artifact`] for a link that
    /// points elsewhere, [`RestoreError::Io`].
    pub fn finish(self) -> Result<(), RestoreError> {
        let found = Digest::from(self.hasher.finalize());
        if found != self.item.digest {
            return Err(RestoreError::Differs {
                path: self.item.path,
                expected: self.item.digest,
                found,
            });
        }
        let Content::Link(text) = &self.content else {
            return Ok(());
        };
        let text = std::str::from_utf8(text)
            .map_err(|_| self.refuse("it points to what is not UTF-8".to_owned()))?;
        if let Some(why) = target::issue(&self.item, text) {
            return Err(self.refuse(why));
        }
        rustix::fs::symlinkat(text, &self.here, self.name.as_str())
            .map_err(RestoreError::io(&self.at))
    }

    fn refuse(&self, why: String) -> RestoreError {
        RestoreError::Artifact {
            step: self.item.step.clone(),
            path: self.item.path.clone(),
            why,
        }
    }
}
