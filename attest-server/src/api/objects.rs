//! `/v1/cache/objects`: content by its digest, in and out.

use std::collections::HashSet;
use std::sync::Arc;

use attest_core::digest::Digest;
use attest_core::v1;
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::App;
use super::blobs::{self, Gone, as_content};
use super::body::{IDLE, Input};
use super::error::{ApiError, Problem};
use super::query::Parameters;
use crate::auth::{Principal, Scope};
use crate::upload::{self, Encoding};

/// Digests asked for at once, at most.
const ASKED: usize = 10_000;
/// Bytes that are still read of a refused upload, so that the client gets to read why.
const REST: usize = 64 << 20;
/// What an upload is.
const TAR: &str = "application/x-tar";

/// Which objects are not stored. Those that are stay for an hour at least, so that naming them next succeeds.
pub(super) async fn missing(
    State(app): State<Arc<App>>,
    caller: Principal,
    query: Parameters,
    input: Input<v1::MissingRequest>,
) -> Result<Json<v1::Missing>, ApiError> {
    caller.require(Scope::ExecutionsWrite)?;
    query.finish()?;
    let asked = input.value.digests;
    if asked.len() > ASKED {
        let issue = format!("{} are too many: at most {ASKED}", asked.len());
        return Err(ApiError::invalid("digests", issue));
    }
    let asked = parsed(&asked)?;
    let blobs = app.blobs.clone();
    let missing = tokio::task::spawn_blocking(move || {
        let mut seen = HashSet::new();
        let news = asked.into_iter().filter(|digest| seen.insert(*digest));
        news.filter(|digest| blobs.lease(digest).is_none())
            .map(|digest| digest.to_string())
            .collect()
    });
    let missing = missing.await.map_err(ApiError::internal)?;
    Ok(Json(v1::Missing { missing }))
}

fn parsed(digests: &[String]) -> Result<Vec<Digest>, ApiError> {
    let mut problems = Vec::new();
    let mut found = Vec::with_capacity(digests.len());
    for (index, text) in digests.iter().enumerate() {
        match Digest::parse_prefixed(text) {
            Ok(digest) => found.push(digest),
            Err(error) => {
                problems.push(Problem::new(format!("digests[{index}]"), error.to_string()))
            }
        }
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(ApiError::validation("Invalid request", &problems))
    }
}

/// Stores the members of a tar archive. Safe to repeat: what is stored already is stored.
pub(super) async fn store(
    State(app): State<Arc<App>>,
    caller: Principal,
    query: Parameters,
    request: Request,
) -> Result<Json<v1::StoredObjects>, ApiError> {
    caller.require(Scope::ExecutionsWrite)?;
    query.finish()?;
    check_media_type(request.headers())?;
    let encoding = encoding(request.headers())?;
    let turn = Arc::clone(&app.uploads)
        .acquire_owned()
        .await
        .map_err(ApiError::internal)?;
    let (feeder, body) = upload::pipe();
    let blobs = app.blobs.clone();
    let storing = tokio::task::spawn_blocking(move || {
        let stored = upload::receive(body, encoding, &blobs);
        // The turn ends with the thread, also where the client is gone and nobody waits for the answer.
        drop(turn);
        stored
    });
    let feeding = feeder.feed(request.into_body().into_data_stream(), IDLE, REST);
    let (stored, ()) = tokio::join!(storing, feeding);
    Ok(Json(stored.map_err(ApiError::internal)??))
}

/// Absent is taken for what it has to be.
fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(TAR) {
        Ok(())
    } else {
        Err(ApiError::media_type(text, TAR))
    }
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, ApiError> {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    let value = values.next().map(|value| value.to_str().unwrap_or("?"));
    match (value, values.next()) {
        (None | Some("identity"), None) => Ok(Encoding::Identity),
        (Some("zstd"), None) => Ok(Encoding::Zstd),
        (value, _) => Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            format!(
                "The body is encoded as {:?}: send it as it is, or as zstd alone",
                value.unwrap_or_default()
            ),
        )),
    }
}

/// An object's bytes.
pub(super) async fn content(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(digest): Path<String>,
    query: Parameters,
) -> Result<Response, ApiError> {
    caller.require(Scope::CacheRead)?;
    query.finish()?;
    let digest = named(&digest)?;
    match blobs::verified(&app, &digest).await? {
        Ok(response) => Ok(as_content(response, &digest.to_string())),
        Err(Gone::Missing) => Err(absent(&digest)),
        Err(Gone::Damaged) => Err(ApiError::absent(
            format!(
                "The object {digest} was found damaged and is no longer served: upload it anew"
            ),
            "damaged",
        )),
    }
}

/// The digest in a path.
pub(super) fn named(text: &str) -> Result<Digest, ApiError> {
    Digest::parse_prefixed(text).map_err(|error| ApiError::invalid("digest", error.to_string()))
}

pub(super) fn absent(digest: &Digest) -> ApiError {
    ApiError::absent(format!("There is no object {digest}"), "missing")
}
