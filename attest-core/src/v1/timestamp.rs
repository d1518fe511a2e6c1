//! A moment on the wire: RFC 3339, written in UTC with `Z` and as few fractional digits as are exact.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, `2024-12-01T16:00:00Z` on the wire.
///
/// ```
/// use attest_core::v1::Timestamp;
///
/// let moment = Timestamp::parse("2024-12-01T17:00:00.250+01:00")?;
/// assert_eq!(moment.to_string(), "2024-12-01T16:00:00.250Z");
/// assert_eq!(Timestamp::from_unix_millis(moment.unix_millis()), Some(moment));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub DateTime<Utc>);

impl Timestamp {
    /// Reads RFC 3339 text with any offset.
    ///
    /// # Errors
    /// Where the text is no RFC 3339 date and time.
    pub fn parse(text: &str) -> Result<Self, chrono::ParseError> {
        DateTime::parse_from_rfc3339(text).map(|moment| Self(moment.with_timezone(&Utc)))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_millis(&self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The moment of that many milliseconds since 1970-01-01T00:00:00Z; `None` beyond the years chrono can hold.
    #[must_use]
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(|error| {
            de::Error::custom(format_args!("`{text}` is no RFC 3339 time: {error}"))
        })
    }
}
