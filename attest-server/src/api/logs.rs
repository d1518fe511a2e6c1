//! `/v1/executions/{id}/logs`.

use std::sync::Arc;

use attest_core::v1;
use axum::Json;
use axum::extract::{Path, State};

use super::App;
use super::error::ApiError;
use super::query::Parameters;
use crate::auth::{Principal, Scope};
use crate::store::logs::{self, Query, Stream};
use crate::store::{executions, steps};

const DEFAULT_LINES: u64 = 1_000;
const MAX_LINES: u64 = 10_000;
/// A level is a stream by another name.
const LEVELS: &[(&str, Stream)] = &[("info", Stream::Stdout), ("error", Stream::Stderr)];
const STREAMS: &[(&str, Stream)] = &[("stdout", Stream::Stdout), ("stderr", Stream::Stderr)];

pub(super) async fn page(
    State(app): State<Arc<App>>,
    caller: Principal,
    Path(id): Path<String>,
    mut query: Parameters,
) -> Result<Json<v1::LogPage>, ApiError> {
    caller.require(Scope::ExecutionsRead)?;
    let step = query.text("step");
    let level = query.word("level", LEVELS);
    let stream = query.word("stream", STREAMS);
    let after = query.number("after", 0, u64::MAX);
    let limit = query.number("tail", 1, MAX_LINES).unwrap_or(DEFAULT_LINES);
    query.finish()?;
    app.store
        .read(move |connection| {
            let seq = executions::seq(connection, &id)?
                .ok_or_else(|| ApiError::not_found("execution", &id))?;
            let names = steps::names(connection, seq)?;
            let step = match &step {
                None => None,
                Some(name) => Some(names.iter().position(|known| known == name).ok_or_else(
                    || {
                        ApiError::invalid(
                            "step",
                            format!("{name:?} is none of this execution's: {}", names.join(", ")),
                        )
                    },
                )?),
            };
            // `level=info&stream=stderr` asks for nothing.
            if level
                .zip(stream)
                .is_some_and(|(level, stream)| level != stream)
            {
                return Ok(Json(v1::LogPage::default()));
            }
            let query = Query {
                step,
                stream: stream.or(level),
                after,
                limit: usize::try_from(limit).unwrap_or(usize::MAX),
            };
            Ok(Json(logs::page(connection, seq, &names, &query)?))
        })
        .await
}
