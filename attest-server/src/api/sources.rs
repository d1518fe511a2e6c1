//! `/v1/sources`: trees of objects that executions start from.
//!
//! Naming the same tree again is the same source, so a repeat is safe without an `Idempotency-Key`.

use std::sync::Arc;

use attest_core::digest::Digest;
use attest_core::v1;
use axum::Json;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::StatusCode;

use super::App;
use super::body::Input;
use super::error::{ApiError, Problem};
use super::query::Parameters;
use crate::auth::{Principal, Scope};
use crate::blob::BlobStore;
use crate::store::{StoreError, sources};
use crate::upload::{self, Refused};

/// Absent objects that are listed, at most: a request for what is missing asks for as many.
const LISTED: usize = 10_000;
/// Entries that are named with what is absent, at most.
const TOLD: usize = 100;

pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Principal,
    query: Parameters,
    request: Request,
) -> Result<(StatusCode, Json<v1::Source>), ApiError> {
    caller.require(Scope::ExecutionsWrite)?;
    query.finish()?;
    // Before the body is read: it is what takes the memory.
    let turn = Arc::clone(&app.sources)
        .acquire_owned()
        .await
        .map_err(ApiError::internal)?;
    let input = Input::<v1::CreateSource>::from_request(request, &app).await?;
    let blobs = app.blobs.clone();
    let stored = tokio::task::spawn_blocking(move || {
        let stored = store(input.value, &blobs);
        drop(turn);
        stored
    });
    let (tree, blob) = stored.await.map_err(ApiError::internal)??;
    let now = app.host.now();
    let remembered: Result<(), StoreError> = app
        .store
        .write(move |connection| sources::insert(connection, &tree, &blob, now))
        .await;
    remembered?;
    let source = format!("tree:{tree}");
    Ok((StatusCode::CREATED, Json(v1::Source { source })))
}

/// The digests of the tree and of the blob that holds it, durable together with every object it names. Blocks.
fn store(described: v1::CreateSource, blobs: &BlobStore) -> Result<(Digest, Digest), ApiError> {
    let tree =
        upload::tree(described, |digest, said| size_of(blobs, digest, said)).map_err(refused)?;
    let json = serde_json::to_vec(&tree).map_err(ApiError::internal)?;
    let blob = blobs.put_bytes(&json)?;
    blobs.sync()?;
    Ok((tree.digest(), blob))
}

/// The size in bytes of an object that stays. Where the client says another, the object is read: if it was cut short, it is
/// absent from then on, and the client is to bring it again.
fn size_of(blobs: &BlobStore, digest: &Digest, said: Option<u64>) -> Option<u64> {
    let size = blobs.lease(digest)?;
    match said {
        Some(said) if said != size => blobs.copy_to(digest, &mut std::io::sink()).ok(),
        _ => Some(size),
    }
}

fn refused(refused: Refused) -> ApiError {
    match refused {
        Refused::Invalid(problems) => {
            let problems: Vec<Problem> = problems.iter().map(Problem::from).collect();
            ApiError::validation("This is no source", &problems)
        }
        Refused::Absent(digests) => {
            let message = format!(
                "{} of the objects are not stored: upload them to /v1/cache/objects, then repeat this call",
                digests.len()
            );
            let problem = |(index, digest): &(usize, Digest)| {
                let field = format!("entries[{index}].digest");
                Problem::new(field, format!("the object {digest} is not stored"))
            };
            let problems: Vec<Problem> = digests.iter().take(TOLD).map(problem).collect();
            let listed = digests.iter().take(LISTED);
            let listed: Vec<String> = listed.map(|(_, digest)| digest.to_string()).collect();
            ApiError::unprocessable(message)
                .problems(&problems)
                .detail("missing", listed)
        }
    }
}
