//! The v1 API: routes, what holds for every answer, and one module per resource.
//!
//! Handlers translate: from a request to the store or the executor, and from their answers to the wire. The rules of
//! running pipelines are in `execution`, all SQL is in `store`.

mod accept;
mod app;
mod artifacts;
mod blobs;
mod body;
mod bulk;
mod cache;
mod caching;
mod envelope;
mod error;
mod executions;
mod health;
mod idempotent;
mod keys;
mod limits;
mod logs;
mod look;
mod objects;
mod pipelines;
mod query;
mod receipts;
mod sources;
mod verify;
mod waiting;

pub(crate) use app::App;
pub(crate) use error::ApiError;
pub(crate) use limits::Limits;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::auth::{Principal, Scope};

/// The whole API.
pub(crate) fn router(app: Arc<App>) -> Router {
    let protected = Router::new()
        .route(
            "/v1/pipelines",
            post(pipelines::create).get(pipelines::list),
        )
        .route(
            "/v1/pipelines/{id}",
            get(pipelines::get)
                .patch(pipelines::update)
                .delete(pipelines::archive),
        )
        .route("/v1/pipelines/{id}/executions", post(executions::execute))
        .route("/v1/executions", get(executions::list))
        .route("/v1/executions/bulk", post(bulk::execute))
        .route("/v1/executions/{id}", get(executions::get))
        .route(
            "/v1/executions/{id}/pipeline.yaml",
            get(executions::pipeline_text),
        )
        .route("/v1/executions/{id}/cancel", post(executions::cancel))
        .route("/v1/executions/{id}/logs", get(logs::page))
        .route("/v1/executions/{id}/receipt", get(receipts::of_execution))
        .route("/v1/executions/{id}/artifacts", get(artifacts::list))
        .route(
            "/v1/executions/{id}/artifacts/{*path}",
            get(artifacts::file),
        )
        .route("/v1/receipts/verify", post(verify::verify))
        .route("/v1/sources", post(sources::create))
        .route("/v1/cache/stats", get(cache::stats))
        .route("/v1/cache/gc", post(cache::collect))
        .route("/v1/cache/objects", post(objects::store))
        .route("/v1/cache/objects/missing", post(objects::missing))
        .route(
            "/v1/cache/objects/{digest}",
            get(objects::content).delete(cache::delete),
        )
        .route("/v1/system", get(health::system))
        .route_layer(from_fn_with_state(Arc::clone(&app), limits::authenticate));
    Router::new()
        .route("/v1/keys", get(keys::list))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(protected)
        .fallback(async |request: Request| ApiError::no_such_endpoint(request.uri().path()))
        .method_not_allowed_fallback(async || {
            ApiError::of_status(axum::http::StatusCode::METHOD_NOT_ALLOWED)
        })
        .layer(from_fn(caching::headers))
        .layer(from_fn_with_state(Arc::clone(&app), limits::headers))
        .layer(from_fn_with_state(Arc::clone(&app), envelope::rim))
        .with_state(app)
}

/// The authenticated caller, where the route asks for one.
impl FromRequestParts<Arc<App>> for Principal {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, ApiError> {
        let principal = parts.extensions.get::<Self>().cloned();
        principal.ok_or_else(|| {
            ApiError::internal("a route that needs a caller is not behind authentication")
        })
    }
}

impl Principal {
    /// 403, naming the scope, for a caller without it.
    fn require(&self, scope: Scope) -> Result<(), ApiError> {
        if self.may(scope) {
            Ok(())
        } else {
            Err(ApiError::forbidden(scope))
        }
    }
}
