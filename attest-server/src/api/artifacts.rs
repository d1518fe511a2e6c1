//! `/v1/executions/{id}/artifacts`: what the steps left.

use std::sync::Arc;

use attest_core::digest::Digest;
use attest_core::v1;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse as _, Response};
use tokio::io::AsyncReadExt as _;

use super::App;
use super::error::ApiError;
use super::query::Parameters;
use crate::auth::{Principal, Scope};
use crate::blob::BlobError;
use crate::execution::{Artifacts, artifacts};
use crate::store::{executions, steps};

/// Bytes read from disk at a time.
const PIECE: usize = 256 << 10;

pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
    query: Parameters,
) -> Result<Json<v1::ArtifactList>, ApiError> {
    caller.require(Scope::ExecutionsRead)?;
    query.finish()?;
    let artifacts = of_execution(&app, id).await?;
    Ok(Json(v1::ArtifactList {
        artifacts: artifacts.listed,
    }))
}

/// The file's bytes; of a symbolic link, the text it holds.
pub(super) async fn file(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path((id, path)): Path<(String, String)>,
    mut query: Parameters,
) -> Result<Response, ApiError> {
    caller.require(Scope::ExecutionsRead)?;
    let step = query.text("step");
    query.finish()?;
    let artifacts = of_execution(&app, id).await?;
    let wanted = artifacts
        .listed
        .into_iter()
        .find(|a| a.path == path && step.as_ref().is_none_or(|s| *s == a.step));
    let Some(artifact) = wanted else {
        return Err(ApiError::not_found("artifact", &path));
    };
    let mut response = match artifacts
        .link_texts
        .get(&(artifact.step.clone(), path.clone()))
    {
        Some(target) => target.clone().into_response(),
        None => stored(&app, &artifact, &path).await?,
    };
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        axum::http::HeaderValue::from_static("application/octet-stream"),
    );
    // What a step wrote must never be a page of this server's origin.
    headers.insert(
        X_CONTENT_TYPE_OPTIONS,
        axum::http::HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        CACHE_CONTROL,
        axum::http::HeaderValue::from_static("private, max-age=31536000, immutable"),
    );
    if let Ok(tag) = axum::http::HeaderValue::from_str(&format!("\"{}\"", artifact.digest)) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}

async fn of_execution(app: &Arc<App>, id: String) -> Result<Artifacts, ApiError> {
    let rows: Result<_, ApiError> = app
        .store
        .read(move |connection| {
            let seq = executions::seq(connection, &id)?
                .ok_or_else(|| ApiError::not_found("execution", &id))?;
            Ok((
                steps::names(connection, seq)?,
                steps::stored(connection, seq)?,
            ))
        })
        .await;
    let (names, rows) = rows?;
    let blobs = app.blobs.clone();
    let found = tokio::task::spawn_blocking(move || artifacts(&names, &rows, &blobs)).await;
    found
        .map_err(ApiError::internal)?
        .map_err(ApiError::internal)
}

/// Streams a blob that was verified as a whole before its first byte is sent.
async fn stored(app: &Arc<App>, artifact: &v1::Artifact, path: &str) -> Result<Response, ApiError> {
    let digest = Digest::parse_prefixed(&artifact.digest).map_err(ApiError::internal)?;
    let blobs = app.blobs.clone();
    let opened = tokio::task::spawn_blocking(move || blobs.open_verified(&digest))
        .await
        .map_err(ApiError::internal)?;
    let file = match opened {
        Ok(file) => tokio::fs::File::from_std(file),
        Err(error @ (BlobError::Missing(_) | BlobError::Corrupt(_))) => {
            tracing::error!(%error, "an artifact cannot be served");
            return Err(ApiError::absent(
                format!("The artifact {path} is no longer stored"),
                "damaged",
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let length = file.metadata().await.map_err(ApiError::internal)?.len();
    let pieces = futures::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    });
    Ok(([(CONTENT_LENGTH, length)], Body::from_stream(pieces)).into_response())
}
