//! A batch as bytes: a tar of members named by their digests, compressed by zstd.
//!
//! Every file is hashed again while it is sent, so that what the server is told is what it gets.

use std::io::{self, Read as _, Write};
use std::sync::Arc;

use super::{Batch, Object};
use crate::client::Content;
use crate::source::Contents;

/// Of zstd: its own default. Its window is far below the 8 MiB that a server takes.
const LEVEL: i32 = 3;

/// One read.
const PIECE: usize = 256 * 1024;

/// One block of a tar.
const BLOCK: usize = 512;

/// A batch of a directory's files, read while it is sent.
///
/// ```
/// use std::sync::Arc;
///
/// use attest_core::client::Content as _;
/// use attest_core::client::upload::{Archive, Batch, Object};
/// use attest_core::digest::Digest;
/// use attest_core::source;
///
/// # let dir = tempfile::tempdir()?;
/// # let project = dir.path();
/// std::fs::write(project.join("notes"), "buy milk")?;
/// let notes = Object { digest: Digest::of(b"buy milk"), size: 8, path: "notes".to_owned() };
/// let contents = Arc::new(source::list(project, &[])?);
/// let archive = Archive::new(contents, Batch { objects: vec![notes] }, |bytes| eprint!("+{bytes}"));
/// let mut zstd = Vec::new();
/// archive.write_to(&mut zstd)?;
/// assert!(zstd.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Archive {
    contents: Arc<Contents>,
    batch: Batch,
    sent: Box<dyn Fn(u64) + Send + Sync>,
}

impl Archive {
    /// The archive of a batch whose objects are files of these contents. `sent` hears of every piece that was taken: its
    /// length in bytes, before it is compressed.
    pub fn new(
        contents: Arc<Contents>,
        batch: Batch,
        sent: impl Fn(u64) + Send + Sync + 'static,
    ) -> Self {
        Self {
            contents,
            batch,
            sent: Box::new(sent),
        }
    }

    fn tar(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut buffer = vec![0; PIECE];
        for object in &self.batch.objects {
            out.write_all(header(object)?.as_bytes())?;
            self.content(object, &mut buffer, out)?;
        }
        out.write_all(&[0; 2 * BLOCK])
    }

    /// The object's bytes, padded to whole blocks.
    fn content(&self, object: &Object, buffer: &mut [u8], out: &mut dyn Write) -> io::Result<()> {
        let mut file = self.contents.open(&object.path).map_err(io::Error::other)?;
        let mut hasher = blake3::Hasher::new();
        let mut left = object.size;
        loop {
            let read = match file.file.read(buffer) {
                Ok(0) => break,
                Ok(read) => buffer.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    return Err(io::Error::other(format!(
                        "cannot read {} of the source: {error}",
                        object.path
                    )));
                }
            };
            let length = read.len() as u64;
            if length > left {
                return Err(changed(object));
            }
            left -= length;
            hasher.update(read);
            out.write_all(read)?;
            (self.sent)(length);
        }
        if left > 0 || object.digest != hasher.finalize().into() {
            return Err(changed(object));
        }
        let over = usize::try_from(object.size % BLOCK as u64).unwrap_or_default();
        let padding = [0; BLOCK];
        out.write_all(padding.get(..(BLOCK - over) % BLOCK).unwrap_or_default())
    }
}

impl Content for Archive {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.batch.is_compressed() {
            return self.tar(out);
        }
        let mut packed = zstd::stream::write::Encoder::new(out, LEVEL)?;
        self.tar(&mut packed)?;
        packed.finish().map(drop)
    }
}

fn header(object: &Object) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(object.digest.to_string())?;
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o644);
    header.set_size(object.size);
    header.set_cksum();
    Ok(header)
}

fn changed(object: &Object) -> io::Error {
    io::Error::other(format!(
        "{} of the source changed while it was uploaded; run again once nothing writes to it",
        object.path
    ))
}
