//! Times as RFC 3339 has them by its grammar (section 5.6).

use chrono::{DateTime, Utc};

/// The moment of a date, a time and an offset; none for what only resembles it, like a blank for the `T`, which the RFC's
/// prose and the parser allow.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    text.bytes()
        .all(|byte| byte.is_ascii_graphic())
        .then(|| time.to_utc())
}
