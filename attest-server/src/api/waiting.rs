//! `Prefer: wait=N` (RFC 7240): an answer about an execution that is held back until there is something to tell.
//!
//! It comes when the execution is over; with `If-None-Match`, also when anything of it, its log included, is other than it
//! was under that `ETag`; and after N seconds in any case. News are gathered for a quarter of a second before they are told,
//! so that a step that prints line after line is not answered line after line; an end is told at once. Where too many wait,
//! and where the server is to stop, the answer comes at once, as to anybody who does not wait.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use tokio::time::{Instant, sleep_until};

use super::App;
use super::caching::names;
use super::error::ApiError;
use super::look::{Look, look};
use crate::auth::Principal;
use crate::store::Waiter;

/// The longest wait, seconds: most proxies give an answer up after a minute without a byte.
const LONGEST: u64 = 50;
/// How long news are gathered.
const GATHER: Duration = Duration::from_millis(250);

/// For how long the caller would wait; `None` where an answer is wanted at once. What else is preferred is passed over.
pub(super) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let preferences = headers.get_all("prefer").iter();
    let seconds = preferences
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        // What follows a semicolon are parameters of the preference, of which `wait` has none.
        .filter_map(|preference| preference.split(';').next()?.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
        .and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse::<u64>().ok())?;
    (seconds > 0).then(|| Duration::from_secs(seconds.min(LONGEST)))
}

/// Holds the answer back. `first` is what there is, of an execution that is not over.
pub(super) async fn held(
    app: &App,
    caller: &Principal,
    id: &str,
    headers: &HeaderMap,
    time: Duration,
    first: Look,
) -> Result<Look, ApiError> {
    let mut stopping = app.stopping.subscribe();
    let deadline = Instant::now() + time;
    let Ok(_turn) = app.waits.try_acquire() else {
        return Ok(first);
    };
    let mut news = app.store.news().of(first.seq);
    // Again, now that nothing can be missed.
    let seen = look(app, id, None).await?;
    if seen.over {
        return Ok(seen);
    }
    let known = headers.get(IF_NONE_MATCH);
    let waited = async {
        match known {
            None => news.end().await,
            Some(tags) if names(tags, &seen.tag) => {
                news.change().await;
                gather(&mut news).await;
            }
            Some(_) => gather(&mut news).await,
        }
    };
    tokio::select! {
        () = waited => {}
        () = sleep_until(deadline) => {}
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
    look(app, id, Some(caller)).await
}

async fn gather(news: &mut Waiter) {
    tokio::select! {
        () = news.end() => {}
        () = tokio::time::sleep(GATHER) => {}
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(values: &[&'static str]) -> Option<u64> {
        let values = values.iter().map(|value| HeaderValue::from_static(value));
        let headers = values.map(|value| (axum::http::HeaderName::from_static("prefer"), value));
        asked(&headers.collect()).map(|time| time.as_secs())
    }

    #[test]
    fn a_wait_is_found_among_other_preferences_and_is_bounded() {
        assert_eq!(of(&["wait=20"]), Some(20));
        assert_eq!(of(&["respond-async, WAIT = \"7\"; foo=bar"]), Some(7));
        assert_eq!(of(&["handling=lenient", "wait=3"]), Some(3));
        assert_eq!(of(&["wait=99999999999"]), Some(LONGEST));
        assert_eq!(of(&["wait=3, wait=9"]), Some(3), "the first counts");
        for none in [
            "wait",
            "other; wait=5",
            "wait=",
            "wait=0",
            "wait=-1",
            "wait=1.5",
            "wait=soon",
            "waiting=5",
            "",
        ] {
            assert_eq!(of(&[none]), None, "{none}");
        }
    }
}
