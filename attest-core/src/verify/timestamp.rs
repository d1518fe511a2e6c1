//! The check `timestamp`: the receipt's time is possible, and no token stands there that nobody checked.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Fault, code};
use crate::receipt::Receipt;

/// How far a signer's clock may be ahead of the verifier's.
const LEEWAY: TimeDelta = TimeDelta::minutes(5);

pub(super) fn check(receipt: &Receipt, now: DateTime<Utc>) -> Result<(), Fault> {
    if receipt.seal().timestamp_token.is_some() {
        let detail = "the receipt carries a timestamp token, and no timestamp authority can be configured yet";
        return Err(Fault::new(code::TIMESTAMP_TOKEN_UNSUPPORTED, detail));
    }
    let at = receipt.body().timestamp;
    if at.signed_duration_since(now) > LEEWAY {
        let detail = format!(
            "the receipt is of {}, more than 5 minutes after {}",
            at.to_rfc3339(),
            now.to_rfc3339()
        );
        return Err(Fault::new(code::TIMESTAMP_IN_FUTURE, detail));
    }
    Ok(())
}

/// Age in hours, to three decimals, never negative.
pub(super) fn age_hours(receipt: &Receipt, now: DateTime<Utc>) -> f64 {
    let age = now
        .signed_duration_since(receipt.body().timestamp)
        .num_milliseconds()
        .max(0);
    // Exact up to 2^53 ms, which is longer than chrono's whole calendar.
    let hours = age as f64 / 3_600_000.0;
    (hours * 1000.0).round() / 1000.0
}
