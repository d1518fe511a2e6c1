//! How long something took, as people say it.

use std::fmt;

/// A duration in seconds, shown with the digits that matter: `32 ms`, `4.2 s`, `3 min 07 s`, `2 h 05 min`.
pub(crate) struct Took(pub(crate) f64);

impl fmt::Display for Took {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounded before the unit is chosen, or 59.97 s would be shown as 60.0 s.
        let seconds = self.0.round();
        if self.0 < 0.9995 {
            write!(formatter, "{:.0} ms", self.0 * 1000.0)
        } else if self.0 < 59.95 {
            write!(formatter, "{:.1} s", self.0)
        } else if seconds < 3600.0 {
            let minutes = (seconds / 60.0).floor();
            write!(
                formatter,
                "{minutes:.0} min {:02.0} s",
                seconds - minutes * 60.0
            )
        } else {
            let minutes = (seconds / 60.0).round();
            let hours = (minutes / 60.0).floor();
            write!(
                formatter,
                "{hours:.0} h {:02.0} min",
                minutes - hours * 60.0
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Took;

    #[test]
    fn the_unit_follows_the_length() {
        for (seconds, shown) in [
            (0.0, "0 ms"),
            (0.0324, "32 ms"),
            (0.9994, "999 ms"),
            (0.9996, "1.0 s"),
            (4.25, "4.2 s"),
            (59.94, "59.9 s"),
            (59.96, "1 min 00 s"),
            (187.2, "3 min 07 s"),
            (3599.4, "59 min 59 s"),
            (3599.6, "1 h 00 min"),
            (7500.0, "2 h 05 min"),
        ] {
            assert_eq!(Took(seconds).to_string(), shown, "{seconds}");
        }
    }
}
