//! The rows and how they are shown.

use std::fmt;
use std::time::Duration;

/// What a peer took, and who it is.
pub(crate) struct Other {
    pub(crate) name: &'static str,
    pub(crate) time: Duration,
}

struct Row {
    what: String,
    ours: Duration,
    other: Option<Other>,
}

/// One row for each thing measured.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds a row; it is also shown at once on standard error, since the whole takes minutes.
    pub(crate) fn add(&mut self, what: impl Into<String>, ours: Duration, other: Option<Other>) {
        let row = Row {
            what: what.into(),
            ours,
            other,
        };
        eprintln!("  {}: {}", row.what, shown(row.ours));
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.what.chars().count()).max();
        let width = width.unwrap_or_default().max(4);
        writeln!(
            f,
            "| {:width$} | {:>8} | {:>8} | ratio | peer",
            "what", "ours", "peer"
        )?;
        let dashes = "-".repeat(width);
        writeln!(f, "|-{dashes}-|---------:|---------:|------:|------")?;
        for row in &self.rows {
            write!(f, "| {:width$} | {:>8} |", row.what, shown(row.ours))?;
            match &row.other {
                Some(other) => writeln!(
                    f,
                    " {:>8} | {:>5.2} | {}",
                    shown(other.time),
                    row.ours.as_secs_f64() / other.time.as_secs_f64(),
                    other.name
                )?,
                None => writeln!(f, " {:>8} | {:>5} | none", "", "")?,
            }
        }
        Ok(())
    }
}

/// Three figures and a unit.
fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let (value, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s => (s * 1e6, "µs"),
    };
    let decimals = match value {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}
