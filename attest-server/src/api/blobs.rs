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
use crate::blob::BlobError;

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

/// Streams a blob.
pub(super) async fn verified(
    app: &App,
    digest: &Digest,
) -> Result<Result<Response, Gone>, ApiError> {
    let (blobs, digest) = (app.blobs.clone(), *digest);
    let opened = tokio::task::spawn_blocking(move || match blobs.open_verified(&digest) {
        Err(BlobError::Missing(_)) if blobs.is_quarantined(&digest) => Err(Gone::Damaged.into()),
        Err(BlobError::Missing(_)) => Err(Gone::Missing.into()),
        Err(error @ BlobError::Corrupt(_)) => {
            tracing::error!(%error, "a blob cannot be served");
            Err(Gone::Damaged.into())
        }
        Err(error) => Err(Unserved::Failed(error)),
        Ok(file) => Ok(tokio::fs::File::from_std(file)),
    });
    let file = match opened.await.map_err(ApiError::internal)? {
        Ok(file) => file,
        Err(Unserved::Gone(gone)) => return Ok(Err(gone)),
        Err(Unserved::Failed(error)) => return Err(error.into()),
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

enum Unserved {
    Gone(Gone),
    Failed(BlobError),
}

impl From<Gone> for Unserved {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
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
