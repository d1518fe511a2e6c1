//! `/v1/pipelines`.

use std::sync::Arc;

use attest_core::v1;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::body::Input;
use super::error::{ApiError, Problem};
use super::query::Parameters;
use super::{App, idempotent};
use crate::auth::{Principal, Scope};
use crate::execution::define;
use crate::store::pipelines;

/// Names and descriptions, characters at most.
const NAME_LIMIT: usize = 200;
const DESCRIPTION_LIMIT: usize = 4000;
const STATUSES: &[(&str, &str)] = &[("active", "active"), ("archived", "archived")];

pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Principal,
    input: Input<v1::CreatePipeline>,
) -> Result<Response, ApiError> {
    caller.require(Scope::PipelinesWrite)?;
    let v1::CreatePipeline {
        name,
        description,
        config,
    } = input.value;
    let mut problems = Vec::new();
    check_texts(Some(&name), description.as_deref(), &mut problems);
    let definition = definition(&name, Some(config), problems)?;
    let id = app.host.id("pip")?;
    let now = app.host.now();
    let (answer, made) = idempotent::once(&app, input.call, move |connection| {
        let definition =
            definition.ok_or_else(|| ApiError::internal("a checked configuration went missing"))?;
        let pipeline = pipelines::insert(
            connection,
            &id,
            &name,
            description.as_deref(),
            &definition,
            now,
        )?;
        let location = format!("/v1/pipelines/{id}");
        Ok((
            idempotent::answer(StatusCode::CREATED, Some(location), &pipeline)?,
            (),
        ))
    })
    .await?;
    Ok(idempotent::respond(answer, made.is_none()))
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Principal,
    mut query: Parameters,
) -> Result<Json<v1::PipelineList>, ApiError> {
    caller.require(Scope::PipelinesRead)?;
    let filter = pipelines::Filter {
        name: query.text("name"),
        status: query.word("status", STATUSES).map(str::to_owned),
    };
    let page = query.page(pipelines::SORTS);
    query.finish()?;
    app.store
        .read(move |connection| Ok(Json(pipelines::list(connection, &filter, &page)?)))
        .await
}

pub(super) async fn get(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
    query: Parameters,
) -> Result<Json<v1::Pipeline>, ApiError> {
    caller.require(Scope::PipelinesRead)?;
    query.finish()?;
    app.store
        .read(move |connection| match pipelines::get(connection, &id)? {
            Some(stored) => Ok(Json(stored.pipeline)),
            None => Err(ApiError::not_found("pipeline", &id)),
        })
        .await
}

pub(super) async fn update(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
    input: Input<v1::UpdatePipeline>,
) -> Result<Json<v1::Pipeline>, ApiError> {
    caller.require(Scope::PipelinesWrite)?;
    let v1::UpdatePipeline {
        name,
        description,
        config,
    } = input.value;
    let mut problems = Vec::new();
    check_texts(name.as_deref(), description.as_deref(), &mut problems);
    // The name is part of the hashed definition; a rename alone leaves the stored version as it is.
    let stored_name = match (&name, &config) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => name_of(&app, &id).await?,
        (None, None) => String::new(),
    };
    let definition = definition(&stored_name, config, problems)?;
    let now = app.host.now();
    app.store
        .write(move |connection| {
            let (name, description) = (name.as_deref(), description.as_deref());
            match pipelines::update(connection, &id, name, description, definition.as_ref(), now)? {
                Some(pipeline) => Ok(Json(pipeline)),
                None => Err(ApiError::not_found("pipeline", &id)),
            }
        })
        .await
}

pub(super) async fn archive(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    caller.require(Scope::PipelinesWrite)?;
    let now = app.host.now();
    app.store
        .write(
            move |connection| match pipelines::archive(connection, &id, now)? {
                true => Ok(StatusCode::NO_CONTENT),
                false => Err(ApiError::not_found("pipeline", &id)),
            },
        )
        .await
}

async fn name_of(app: &App, id: &str) -> Result<String, ApiError> {
    let id = id.to_owned();
    app.store
        .read(move |connection| match pipelines::get(connection, &id)? {
            Some(stored) => Ok(stored.pipeline.name),
            None => Err(ApiError::not_found("pipeline", &id)),
        })
        .await
}

fn check_texts(name: Option<&str>, description: Option<&str>, problems: &mut Vec<Problem>) {
    if let Some(name) = name {
        if name.trim().is_empty() {
            problems.push(Problem::new("name", "a pipeline needs a name"));
        } else if name.chars().count() > NAME_LIMIT {
            problems.push(Problem::new(
                "name",
                format!("longer than {NAME_LIMIT} characters"),
            ));
        } else if name.chars().any(char::is_control) {
            problems.push(Problem::new("name", "a name holds no control characters"));
        }
    }
    if description.is_some_and(|text| text.chars().count() > DESCRIPTION_LIMIT) {
        problems.push(Problem::new(
            "description",
            format!("longer than {DESCRIPTION_LIMIT} characters"),
        ));
    }
}

/// All problems of the request at once.
fn definition(
    name: &str,
    config: Option<v1::Config>,
    mut problems: Vec<Problem>,
) -> Result<Option<pipelines::Definition>, ApiError> {
    let definition = match config.map(|config| define(name, config)) {
        None => None,
        Some(Ok(definition)) => Some(definition),
        Some(Err(more)) => {
            problems.extend(more.iter().map(Problem::from));
            None
        }
    };
    if problems.is_empty() {
        Ok(definition)
    } else {
        Err(ApiError::validation(
            "Invalid pipeline configuration",
            &problems,
        ))
    }
}
