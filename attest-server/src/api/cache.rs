//! `/v1/cache`: how much is stored, how often it helped, and making room.

use std::collections::BTreeMap;
use std::sync::Arc;

use attest_core::v1;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::App;
use super::body::Input;
use super::error::ApiError;
use super::objects::{absent, named};
use super::query::Parameters;
use crate::auth::{Principal, Scope};
use crate::gc::{Aim, Removal};
use crate::store::{self, StoreError};

/// The one tier there is.
const LOCAL: &str = "local";

pub(super) async fn stats(
    State(app): State<Arc<App>>,
    caller: Principal,
    query: Parameters,
) -> Result<Json<v1::CacheStats>, ApiError> {
    caller.require(Scope::CacheRead)?;
    query.finish()?;
    let lookups: Result<_, StoreError> = app.store.read(store::gc::lookups).await;
    let (hits, misses) = lookups?;
    let blobs = app.blobs.clone();
    let counted = tokio::task::spawn_blocking(move || blobs.count());
    let counted = counted.await.map_err(ApiError::internal)??;
    let hit_rate = part(hits, misses);
    let local = v1::CacheBackend {
        size_bytes: counted.bytes,
        entries: counted.objects,
        hit_rate,
    };
    Ok(Json(v1::CacheStats {
        total_size_bytes: counted.bytes,
        total_entries: counted.objects,
        hit_rate,
        miss_rate: part(misses, hits),
        backends: BTreeMap::from([(LOCAL.to_owned(), local)]),
    }))
}

/// What part of the sum of both `some` is; 0 where both are.
#[allow(clippy::cast_precision_loss)] // counts of steps are far below 2^53
fn part(some: u64, others: u64) -> f64 {
    let all = some.saturating_add(others);
    if all == 0 {
        0.0
    } else {
        some as f64 / all as f64
    }
}

/// Removes an object, also one that was promised to stay: whoever counts on it finds it missing and uploads it again.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(digest): Path<String>,
    query: Parameters,
) -> Result<StatusCode, ApiError> {
    caller.require(Scope::CacheWrite)?;
    query.finish()?;
    let digest = named(&digest)?;
    // On a task of its own: it goes on when the client hangs up.
    let removal = tokio::spawn(async move {
        let _alone = app.admission.write().await;
        app.collector.remove(digest).await
    });
    match removal.await.map_err(ApiError::internal)?? {
        Removal::Removed => Ok(StatusCode::NO_CONTENT),
        Removal::Absent => Err(absent(&digest)),
        Removal::Needed { execution } => Err(ApiError::conflict(format!(
            "Execution {execution} needs the object {digest}: wait for its end, or cancel it"
        ))
        .detail("reason", "needed")
        .detail("execution_id", execution)),
        Removal::Recent { execution } => Err(ApiError::conflict(format!(
            "The object {digest} was used within the last hour and execution {execution} has not ended: \
             wait for its end, or cancel it"
        ))
        .detail("reason", "recent")
        .detail("execution_id", execution)),
    }
}

/// Removes what nobody needs any more; one collection at a time.
pub(super) async fn collect(
    State(app): State<Arc<App>>,
    caller: Principal,
    query: Parameters,
    input: Input<v1::GcRequest>,
) -> Result<Json<v1::GcReport>, ApiError> {
    caller.require(Scope::CacheAdmin)?;
    query.finish()?;
    let request = input.value;
    if let Some(percent) = request.target_size_percent.filter(|percent| *percent > 100) {
        let issue = format!("{percent} is no percentage from 0 to 100");
        return Err(ApiError::invalid("target_size_percent", issue));
    }
    // As above; whoever calls again then hears that it is still under way.
    let collection = tokio::spawn(async move { app.collector.collect(Aim::from(&request)).await });
    Ok(Json(collection.await.map_err(ApiError::internal)??))
}
