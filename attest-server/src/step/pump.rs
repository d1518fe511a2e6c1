//! Moving a step's output to its log and to the receipt's excerpt.
//!
//! One read at a time of either pipe: while the sink works nothing is read, the pipe fills, and the step waits.

use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::excerpt::Excerpt;
use super::lines::Lines;
use super::{LOG_LIMIT, LogLine, LogSink, Stream};

/// Bytes of one read: what a pipe holds.
const READ: usize = 64 * 1024;

/// What the receipt holds of the two streams.
#[derive(Debug, Default)]
pub(super) struct Pumped {
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Reads both streams to their ends.
pub(super) async fn pump(
    mut stdout: impl AsyncRead + Unpin,
    mut stderr: impl AsyncRead + Unpin,
    sink: &mut impl LogSink,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
) -> io::Result<Pumped> {
    let mut out = Channel::new(Stream::Stdout);
    let mut err = Channel::new(Stream::Stderr);
    let mut budget = Budget::default();
    while out.open || err.open {
        let channel = tokio::select! {
            read = stdout.read(&mut out.buffer), if out.open => { out.take(read?); &mut out }
            read = stderr.read(&mut err.buffer), if err.open => { err.take(read?); &mut err }
        };
        let lines = channel.lines(&mut budget, clock());
        if !lines.is_empty() {
            sink.lines(lines).await?;
        }
    }
    Ok(Pumped {
        stdout: out.excerpt.finish(),
        stderr: err.excerpt.finish(),
    })
}

struct Channel {
    stream: Stream,
    open: bool,
    buffer: Vec<u8>,
    read: usize,
    lines: Lines,
    excerpt: Excerpt,
}

impl Channel {
    fn new(stream: Stream) -> Self {
        Self {
            stream,
            open: true,
            buffer: vec![0; READ],
            read: 0,
            lines: Lines::default(),
            excerpt: Excerpt::default(),
        }
    }

    fn take(&mut self, read: usize) {
        self.read = read;
        self.open = read > 0;
    }

    /// The lines that the last read finished; at the end of the stream, what is left.
    fn lines(&mut self, budget: &mut Budget, at: DateTime<Utc>) -> Vec<LogLine> {
        let bytes = self.buffer.get(..self.read).unwrap_or_default();
        self.excerpt.push(bytes);
        let mut found = Vec::new();
        let stream = self.stream;
        let mut keep = |text: String| {
            if let Some(text) = budget.admit(text) {
                found.push(LogLine { stream, text, at });
            }
        };
        if self.open {
            self.lines.push(bytes, keep);
        } else if let Some(last) = std::mem::take(&mut self.lines).finish() {
            keep(last);
        }
        found
    }
}

/// What may still be logged of a step.
#[derive(Default)]
struct Budget {
    used: u64,
    spent: bool,
}

impl Budget {
    /// The line to log: this one, the marker once, or none.
    fn admit(&mut self, line: String) -> Option<String> {
        if self.spent {
            return None;
        }
        // The newline counts, or empty lines would be free.
        self.used += line.len() as u64 + 1;
        if self.used <= LOG_LIMIT {
            return Some(line);
        }
        self.spent = true;
        Some(format!(
            "[attest: the log ends here, after {} MiB; the step goes on]",
            LOG_LIMIT / (1024 * 1024)
        ))
    }
}
