//! `/v1/executions/{id}/artifacts`: what the steps left.

use std::sync::Arc;

use attest_core::digest::Digest;
use attest_core::v1;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};

use super::App;
use super::blobs::{self, Gone, as_content};
use super::error::ApiError;
use super::query::Parameters;
use crate::auth::{Principal, Scope};
use crate::execution::Artifacts;
use crate::record::RecordError;
use crate::store::{executions, steps};

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
        artifacts: artifacts.listed.clone(),
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
    let Some(artifact) = artifacts.find(&path, step.as_deref()) else {
        return Err(ApiError::not_found("artifact", &path));
    };
    let link = artifacts
        .link_texts
        .get(&(artifact.step.clone(), path.clone()));
    let response = match link {
        Some(target) => target.clone().into_response(),
        None => stored(&app, artifact, &path).await?,
    };
    Ok(as_content(response, &artifact.digest))
}

async fn of_execution(app: &Arc<App>, id: String) -> Result<Arc<Artifacts>, ApiError> {
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
    let app = app.clone();
    let found = tokio::task::spawn_blocking(move || {
        let found = app.artifacts.artifacts(&names, &rows, &app.blobs);
        found.map_err(|error| match error {
            RecordError::Blob(error) => match blobs::gone(&app.blobs, &error) {
                Some(gone) => no_longer("What these steps left", gone),
                None => error.into(),
            },
            error => ApiError::internal(error),
        })
    });
    found.await.map_err(ApiError::internal)?
}

async fn stored(app: &App, artifact: &v1::Artifact, path: &str) -> Result<Response, ApiError> {
    let digest = Digest::parse_prefixed(&artifact.digest).map_err(ApiError::internal)?;
    let served = blobs::verified(app, &digest).await?;
    served.map_err(|gone| no_longer(&format!("The artifact {path}"), gone))
}

fn no_longer(what: &str, gone: Gone) -> ApiError {
    match gone {
        Gone::Damaged => ApiError::absent(
            format!("{what} was found damaged and is no longer served"),
            "damaged",
        ),
        Gone::Missing => ApiError::absent(
            format!("{what} was collected to make room: run again to have it"),
            "collected",
        ),
    }
}
