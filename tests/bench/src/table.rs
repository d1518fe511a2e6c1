//! The rows, shown as they are measured: the whole takes minutes, and what is there stays if it is broken off.

use std::time::Duration;

/// Wide enough for what is measured; a longer text only breaks the alignment.
const WIDTH: usize = 52;

/// What a peer took, and who it is.
pub(crate) struct Other {
    pub(crate) name: String,
    pub(crate) time: Duration,
}

/// A table on standard output, in Markdown.
pub(crate) struct Table(());

impl Table {
    /// Begins it.
    pub(crate) fn begin() -> Self {
        println!(
            "\n| {:WIDTH$} |     ours |     peer | ratio | peer |",
            "what"
        );
        println!(
            "|-{}-|---------:|---------:|------:|------|",
            "-".repeat(WIDTH)
        );
        Self(())
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, what: impl Into<String>, ours: Duration, other: Option<Other>) {
        let (theirs, ratio, name) = match other {
            Some(other) => (
                shown(other.time),
                format!("{:.2}", ours.as_secs_f64() / other.time.as_secs_f64()),
                other.name,
            ),
            None => (String::new(), String::new(), "none".to_owned()),
        };
        let (what, ours) = (what.into(), shown(ours));
        println!("| {what:WIDTH$} | {ours:>8} | {theirs:>8} | {ratio:>5} | {name} |");
    }
}

impl Table {
    /// Adds a row of something that is no time and has no peer.
    pub(crate) fn figure(&mut self, what: impl Into<String>, ours: &str) {
        let what = what.into();
        println!("| {what:WIDTH$} | {ours:>8} |          |       | none |");
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
