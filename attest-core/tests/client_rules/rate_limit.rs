//! How often a server may be asked, and when again: the vectors that every language runs, and numbers nobody thought of.

use attest_core::client::{RateLimit, Response};
use attest_core::error::{Error, ErrorKind};
use attest_core::v1::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::by_hand::response;

fn answer(case: &Value) -> Response {
    let headers: Vec<_> = case["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
    let received = Timestamp::parse(case["received_at"].as_str().unwrap()).unwrap();
    Response {
        received_at: received.0,
        ..response(status, &headers, "{}")
    }
}

#[test]
fn the_vectors_hold() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/conformance/vectors/rate-limit.json"
    );
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() > 40, "{}", cases.len());
    for case in cases {
        let answer = answer(case);
        let seen = json!(RateLimit::of(&answer));
        assert_eq!(seen, case["rate_limit"], "{}", case["name"]);
        if answer.is_success() {
            continue;
        }
        let error = Error::from_response(&answer);
        let wait = error.retry_after().map(|wait| wait.as_secs_f64());
        assert_eq!(wait, case["retry_after"].as_f64(), "{}", case["name"]);
        if answer.status == 429 {
            assert_eq!(json!(error.rate_limit()), seen, "{}", case["name"]);
        } else {
            assert_eq!(error.rate_limit(), None, "{}", case["name"]);
        }
    }
}

#[test]
fn a_limit_that_was_exceeded_is_an_error_of_its_own_kind() {
    let body = json!({"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "too many requests"}});
    let headers = [("retry-after", "7"), ("x-ratelimit-limit", "100")];
    let error = Error::from_response(&response(429, &headers, &body.to_string()));
    assert_eq!(
        (error.kind(), error.kind().code(), error.code()),
        (
            ErrorKind::RateLimitExceeded,
            "rate_limit_exceeded",
            "RATE_LIMIT_EXCEEDED"
        )
    );
    assert!(error.is_retryable());
    let limit = error.rate_limit().unwrap();
    assert_eq!((limit.limit, limit.reset_at), (Some(100), 7));
}

fn header() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| number.to_string()),
        (0u64..4_000_000_000).prop_map(|number| number.to_string()),
        "(Mon|Tue|Sun), [0-3][0-9] (Jan|Nov) [0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] GMT",
        "[ -~]{0,30}",
    ]
}

proptest! {
    #[test]
    fn whatever_the_headers_say_the_moment_is_ahead_and_within_a_year(
        after in proptest::option::of(header()),
        reset in proptest::option::of(header()),
        date in proptest::option::of(header()),
        received in -8_000_000_000_000i64..200_000_000_000_000,
    ) {
        let given = [("retry-after", after), ("x-ratelimit-reset", reset), ("date", date)];
        let headers: Vec<_> = given
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)))
            .collect();
        let answer = Response {
            received_at: Timestamp::from_unix_millis(received).unwrap().0,
            ..response(429, &headers, "")
        };
        let error = Error::from_response(&answer);
        let ahead = error.rate_limit().unwrap().reset_at * 1000 - received;
        prop_assert!((1000..=31_622_400_000 + 1000).contains(&ahead), "{ahead}");
        let wait = error.retry_after().unwrap_or_default();
        prop_assert!(i64::try_from(wait.as_millis()).unwrap() <= ahead);
    }
}
