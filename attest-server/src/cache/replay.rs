//! The log of a step that did not run: where its result is from, and what the step that ran wrote.

use chrono::{DateTime, Utc};

use crate::step::{LogLine, Stream};
use crate::store::cache::Origin;
use crate::store::logs::{self, Written};

/// The most that is repeated of a log, bytes of text.
pub(crate) const REPLAYED: usize = 1 << 20;

/// The lines of a cached step, as of `now`: they are written now, whenever they were first.
pub(crate) fn replay(origin: &Origin, written: Written, now: DateTime<Utc>) -> Vec<LogLine> {
    let said = |text: String| LogLine {
        stream: Stream::Stdout,
        text,
        at: now,
    };
    let mut lines = vec![said(format!("cached: from {}", origin.id))];
    lines.extend(written.lines.into_iter().map(|line| LogLine {
        stream: match line.stream {
            logs::Stream::Stdout => Stream::Stdout,
            logs::Stream::Stderr => Stream::Stderr,
        },
        text: line.text,
        at: now,
    }));
    if written.cut {
        lines.push(said(format!(
            "[attest: the log of a cached step ends here, after {} MiB; that of {} has the rest]",
            REPLAYED >> 20,
            origin.id
        )));
    }
    lines
}
