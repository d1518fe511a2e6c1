//! Sources from elsewhere: objects that arrive as a tar stream, and the trees that are made of them.
//!
//! Objects are taken into the store one by one and in bounded memory. The body comes from the event loop through [`body`], is unpacked by a blocking thread ([`compression`], then
//! [`archive`]), and each object is stored as soon as it is whole and hashes to its name. Nothing here makes a file by a
//! name that a client chose.
//! What a client says a directory holds becomes a [`tree()`], or every entry that cannot be is named.

mod archive;
mod body;
mod compression;
mod error;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use body::{Body, pipe};
pub(crate) use compression::Encoding;
pub(crate) use error::{Fault, UploadError};
pub(crate) use source::{Refused, tree};

use attest_core::v1;

use crate::blob::BlobStore;

/// Stores every member of the archive that `body` holds, and makes them durable. Blocks.
///
/// On an error the members before it stay stored.
pub(crate) fn receive(
    body: Body,
    encoding: Encoding,
    blobs: &BlobStore,
) -> Result<v1::StoredObjects, UploadError> {
    let stored = match encoding {
        Encoding::Identity => archive::unpack(body, blobs),
        Encoding::Zstd => archive::unpack(compression::decoder(body)?, blobs),
    }?;
    blobs.sync()?;
    Ok(stored)
}
