//! Moments in HTTP headers: RFC 9110, section 5.6.7.

use chrono::{DateTime, NaiveDateTime, Utc};

/// The form that is sent today, then the two that a recipient still has to read: RFC 850's and C's `asctime`.
const FORMS: [&str; 3] = [
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
];

/// The moment, `None` for anything else.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let read = |form: &&str| NaiveDateTime::parse_from_str(text.trim(), form).ok();
    FORMS.iter().find_map(read).map(|moment| moment.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_of_the_rfc_are_one_moment_and_nothing_else_is() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text).unwrap().timestamp(), 784_111_777, "{text}");
        }
        for text in [
            "",
            "784111777",
            "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 1994 08:49:37 +0100",
            "Sun, 36 Nov 1994 08:49:37 GMT",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
