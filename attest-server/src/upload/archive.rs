//! Reading a tar archive, strictly: regular files named by digest, and nothing else.
//!
//! Only single headers are understood. Everything that lets one header change the meaning of another (long names,
//! extended headers, sparse maps) is refused by name, so that there is one reading of an archive and no header can ask for
//! memory. Nor is anything ever extracted to a path: a name is parsed as a digest or refused.

use std::io::{self, Read};

use attest_core::digest::Digest;
use attest_core::v1;
use tar::{EntryType, Header};

use super::UploadError;
use crate::blob::{BlobError, BlobStore};

/// Headers and content come in blocks of this many bytes.
const BLOCK: usize = 512;
/// Most members of an archive. Each costs the store a look at least, and a million of nothing are a few kilobytes of zstd.
const MEMBERS: u64 = 100_000;
/// Zeros that writers may put after the end, bytes: the largest blocking factor in use, and room.
const PADDING: u64 = 1 << 20;
/// Letters of a refused name that are shown.
const SHOWN: usize = 100;

/// Stores the members of an archive in turn.
pub(super) fn unpack(
    reader: impl Read,
    blobs: &BlobStore,
) -> Result<v1::StoredObjects, UploadError> {
    unpack_up_to(MEMBERS, reader, blobs)
}

/// At most so many members.
pub(super) fn unpack_up_to(
    most: u64,
    mut reader: impl Read,
    blobs: &BlobStore,
) -> Result<v1::StoredObjects, UploadError> {
    let mut stored = v1::StoredObjects::default();
    loop {
        let header = block(&mut reader)?;
        if is_end(&header) {
            end(&mut reader)?;
            return Ok(stored);
        }
        let member = Member::parse(&header)?;
        if stored.objects >= most {
            return Err(UploadError::Member {
                name: member.name,
                issue: format!(
                    "is one too many: at most {most} are taken at once; send the rest in another request"
                ),
                actual: None,
            });
        }
        member.store(&mut reader, blobs)?;
        stored.objects += 1;
        stored.size_bytes = stored.size_bytes.saturating_add(member.size);
    }
}

/// A header that is taken.
struct Member {
    name: String,
    digest: Digest,
    /// Bytes.
    size: u64,
}

impl Member {
    fn parse(block: &[u8; BLOCK]) -> Result<Self, UploadError> {
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        let name = shown(&header.path_bytes());
        let sum = checksum(block);
        if header.cksum().ok() != Some(sum) {
            let issue = format!(
                "not a tar archive at {name:?}: the header's checksum is not {sum:o}; \
                 the member before it may have another size than its header says"
            );
            return Err(UploadError::Archive(issue));
        }
        let refuse = |issue: String| UploadError::Member {
            name: name.clone(),
            issue,
            actual: None,
        };
        if header.entry_type() != EntryType::Regular {
            let what = kind(header.entry_type());
            return Err(refuse(format!(
                "is a {what}: only regular files are taken, each with a single plain header"
            )));
        }
        let digest = std::str::from_utf8(&header.path_bytes())
            .ok()
            .and_then(|name| Digest::parse_prefixed(name).ok())
            .ok_or_else(|| {
                refuse(
                    "is no name of an object: members are named blake3:<64 lower-case hex digits>"
                        .to_owned(),
                )
            })?;
        let size = header
            .entry_size()
            .map_err(|_| refuse("has a size that is no number".to_owned()))?;
        Ok(Self { name, digest, size })
    }

    /// Reads the content and what pads it to whole blocks.
    fn store(&self, reader: &mut impl Read, blobs: &BlobStore) -> Result<(), UploadError> {
        let content = Exactly {
            left: self.size,
            reader: &mut *reader,
        };
        match blobs.put_expected(&self.digest, content, self.size) {
            Ok(()) => {}
            Err(BlobError::Source(error)) => return Err(self.unread(error)),
            Err(BlobError::Unexpected { found, .. }) => {
                return Err(UploadError::Member {
                    name: self.name.clone(),
                    issue: format!("its {} bytes hash to {found}", self.size),
                    actual: Some(found),
                });
            }
            Err(error) => return Err(error.into()),
        }
        let over = self.size % BLOCK as u64;
        if over > 0 {
            let padding = Exactly {
                left: BLOCK as u64 - over,
                reader,
            };
            consume(padding).map_err(|error| self.unread(error))?;
        }
        Ok(())
    }

    fn unread(&self, error: io::Error) -> UploadError {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return UploadError::Member {
                name: self.name.clone(),
                issue: format!(
                    "the archive ends before the member's {} bytes do",
                    self.size
                ),
                actual: None,
            };
        }
        error.into()
    }
}

/// The next block, which there must be.
fn block(reader: &mut impl Read) -> Result<[u8; BLOCK], UploadError> {
    let mut block = [0; BLOCK];
    match reader.read_exact(&mut block) {
        Ok(()) => Ok(block),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(UploadError::Archive(
            "the archive ends without its end mark (two blocks of zeros): it was cut off"
                .to_owned(),
        )),
        Err(error) => Err(error.into()),
    }
}

fn is_end(block: &[u8]) -> bool {
    block.iter().all(|byte| *byte == 0)
}

/// After the first block of zeros: the second, zeros that fill a record, and nothing else.
fn end(reader: &mut impl Read) -> Result<(), UploadError> {
    let garbage = || UploadError::Archive("there is something after the archive's end".to_owned());
    if !is_end(&block(reader)?) {
        return Err(garbage());
    }
    let mut left = PADDING;
    let mut buffer = [0; BLOCK];
    loop {
        let read = match reader.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Ok(());
        }
        left = left.checked_sub(read as u64).ok_or_else(garbage)?;
        if !is_end(buffer.get(..read).unwrap_or_default()) {
            return Err(garbage());
        }
    }
}

/// The sum of a header's bytes, its own field read as spaces (POSIX.1-1988 ustar).
fn checksum(block: &[u8; BLOCK]) -> u32 {
    let field = 148..156;
    let byte = |(at, byte): (usize, &u8)| u32::from(if field.contains(&at) { b' ' } else { *byte });
    block.iter().enumerate().map(byte).sum()
}

fn kind(entry: EntryType) -> String {
    match entry {
        EntryType::Link => "hard link".to_owned(),
        EntryType::Symlink => "symbolic link".to_owned(),
        EntryType::Char => "character device".to_owned(),
        EntryType::Block => "block device".to_owned(),
        EntryType::Directory => "directory".to_owned(),
        EntryType::Fifo => "FIFO".to_owned(),
        EntryType::GNUSparse => "sparse file".to_owned(),
        EntryType::GNULongName | EntryType::GNULongLink => "header of a long name".to_owned(),
        EntryType::XHeader | EntryType::XGlobalHeader => "pax extended header".to_owned(),
        other => format!("member of type {:?}", char::from(other.as_byte())),
    }
}

/// A name as it can be shown.
fn shown(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let printable = text.chars().map(|c| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    });
    printable.take(SHOWN).collect()
}

/// As many bytes as there have to be; fewer are an error.
struct Exactly<R> {
    left: u64,
    reader: R,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let Some(room) = buffer.get_mut(..length).filter(|room| !room.is_empty()) else {
            return Ok(0);
        };
        let read = self.reader.read(room)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

fn consume(mut reader: impl Read) -> io::Result<()> {
    io::copy(&mut reader, &mut io::sink()).map(drop)
}
