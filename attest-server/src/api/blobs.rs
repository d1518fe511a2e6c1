//! Answers that are a stored blob: verified as a whole before their first byte is sent, and again as they are, so that
//! what is damaged in between is never sent whole.

use std::io;

use attest_core::digest::Digest;
use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse as _, Response};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::App;
use super::error::ApiError;
use crate::blob::{BlobError, BlobStore};

/// Bytes read from disk at a time.
const PIECE: usize = 256 << 10;

/// Why a blob is not there to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// It is not stored, or no longer.
    Missing,
    /// What was stored is not what its name says; it lies in quarantine.
    Damaged,
}

/// Whether an error says that a blob is not there to be sent. Blocks.
pub(super) fn gone(blobs: &BlobStore, error: &BlobError) -> Option<Gone> {
    match error {
        BlobError::Missing(digest) if blobs.is_quarantined(digest) => Some(Gone::Damaged),
        BlobError::Missing(_) => Some(Gone::Missing),
        BlobError::Corrupt(_) => Some(Gone::Damaged),
        _ => None,
    }
}

/// Streams a blob.
pub(super) async fn verified(
    app: &App,
    digest: &Digest,
) -> Result<Result<Response, Gone>, ApiError> {
    let (blobs, digest) = (app.blobs.clone(), *digest);
    let opened = tokio::task::spawn_blocking(move || match blobs.open_verified(&digest) {
        Ok(file) => Ok(Ok(file)),
        Err(error) => {
            tracing::warn!(%error, "a blob cannot be served");
            gone(&blobs, &error).map(Err).ok_or(error)
        }
    });
    let file = match opened.await.map_err(ApiError::internal)?? {
        Ok(file) => tokio::fs::File::from_std(file),
        Err(gone) => return Ok(Err(gone)),
    };
    let length = file.metadata().await.map_err(ApiError::internal)?.len();
    let sending = Sending {
        file,
        hasher: blake3::Hasher::new(),
        left: length,
        digest,
    };
    let pieces = futures::stream::try_unfold(sending, Sending::next);
    let body = ([(CONTENT_LENGTH, length)], Body::from_stream(pieces));
    Ok(Ok(body.into_response()))
}

/// A blob on its way out.
struct Sending<F> {
    file: F,
    hasher: blake3::Hasher,
    /// Bytes to come.
    left: u64,
    digest: Digest,
}

impl<F: AsyncRead + Unpin> Sending<F> {
    /// The next piece; an error in place of the last one where the whole is not what was verified. The connection then
    /// ends short of its length, which no client takes for an answer.
    async fn next(mut self) -> io::Result<Option<(Vec<u8>, Self)>> {
        if self.left == 0 {
            return Ok(None);
        }
        let length = usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE));
        let mut piece = vec![0; length];
        self.file.read_exact(&mut piece).await?;
        self.hasher.update(&piece);
        self.left = self.left.saturating_sub(length as u64);
        if self.left == 0 && Digest::from(self.hasher.finalize()) != self.digest {
            tracing::warn!(digest = %self.digest, "a blob changed while it was sent; the answer is cut off");
            return Err(io::Error::other("the object changed while it was sent"));
        }
        Ok(Some((piece, self)))
    }
}

/// Marks an answer as the content of this digest: bytes of somebody's, the same for ever.
pub(super) fn as_content(mut response: Response, digest: &str) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    // What a step wrote must never be a page of this server's origin.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=31536000, immutable"),
    );
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{digest}\"")) {
        headers.insert(ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;

    use super::*;

    /// What is sent where `verified` was found whole, and `now` is what is there by then.
    async fn sent(verified: &[u8], now: &[u8]) -> (Vec<u8>, io::Result<()>) {
        let sending = Sending {
            file: now,
            hasher: blake3::Hasher::new(),
            left: verified.len() as u64,
            digest: Digest::of(verified),
        };
        let mut pieces = Box::pin(futures::stream::try_unfold(sending, Sending::next));
        let mut bytes = Vec::new();
        loop {
            match pieces.try_next().await {
                Ok(Some(piece)) => bytes.extend(piece),
                Ok(None) => return (bytes, Ok(())),
                Err(error) => return (bytes, Err(error)),
            }
        }
    }

    #[tokio::test]
    async fn a_blob_that_is_damaged_while_it_is_sent_is_never_sent_whole() {
        for size in [0, 1, PIECE, PIECE + 1, 3 * PIECE] {
            let good = vec![7; size];
            let (bytes, end) = sent(&good, &good).await;
            assert!(end.is_ok() && bytes == good, "{size}");
            // What is written after it is no part of it.
            let (bytes, end) = sent(&good, &[&good[..], b"more"].concat()).await;
            assert!(end.is_ok() && bytes == good, "{size}");
            if size == 0 {
                continue;
            }
            for at in [0, size - 1] {
                let mut evil = good.clone();
                evil[at] ^= 1;
                let (bytes, end) = sent(&good, &evil).await;
                assert!(
                    end.is_err() && bytes.len() < size,
                    "{size}, changed at {at}"
                );
            }
            let (bytes, end) = sent(&good, &good[..size - 1]).await;
            assert!(end.is_err() && bytes.len() < size, "{size}, cut short");
        }
    }
}
