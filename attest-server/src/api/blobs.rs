//! Answers that are a stored blob: verified as a whole before their first byte is sent, and never anything else.

use attest_core::digest::Digest;
use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse as _, Response};
use tokio::io::AsyncReadExt as _;

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
    let pieces = futures::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    });
    let body = ([(CONTENT_LENGTH, length)], Body::from_stream(pieces));
    Ok(Ok(body.into_response()))
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
