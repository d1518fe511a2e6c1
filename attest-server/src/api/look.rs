//! One look at an execution, and the tag that tells it from the next.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse as _, Response};

use super::App;
use super::error::ApiError;
use crate::auth::{Denied, Principal};
use crate::store::{api_keys, executions, logs};

/// An execution as it is.
pub(super) struct Look {
    pub(super) seq: i64,
    pub(super) over: bool,
    /// Other than before where anything of it is, its log included.
    pub(super) tag: HeaderValue,
    text: Vec<u8>,
}

impl Look {
    pub(super) fn into_response(self) -> Response {
        let kind = HeaderValue::from_static("application/json");
        ([(CONTENT_TYPE, kind), (ETAG, self.tag)], self.text).into_response()
    }
}

/// Looks at it; for a caller who has waited, with another look at what the key is worth by now.
pub(super) async fn look(
    app: &App,
    id: &str,
    waited: Option<&Principal>,
) -> Result<Look, ApiError> {
    let (id, now) = (id.to_owned(), app.host.now());
    let key = waited.map(|caller| caller.id.clone());
    app.store
        .read(move |connection| {
            if let Some(key) = key
                && !api_keys::is_good(connection, &key, now)?
            {
                return Err(Denied::Refused.into());
            }
            let (seq, execution) = executions::get(connection, &id)?
                .ok_or_else(|| ApiError::not_found("execution", &id))?;
            let text = serde_json::to_vec(&execution).map_err(ApiError::internal)?;
            let mut hash = blake3::Hasher::new();
            hash.update(&text);
            hash.update(&logs::last_seq(connection, seq)?.to_be_bytes());
            let tag = format!(
                "\"{}\"",
                hash.finalize().to_hex().get(..32).unwrap_or_default()
            );
            Ok(Look {
                seq,
                over: execution.status.is_terminal(),
                tag: HeaderValue::from_str(&tag).map_err(ApiError::internal)?,
                text,
            })
        })
        .await
}
