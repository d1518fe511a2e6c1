//! Log lines on their way out of a step.

use std::future::Future;
use std::io;

use chrono::{DateTime, Utc};

use crate::supervisor::Identity;

/// Which of a step's streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line a step wrote, or a part of one that is longer than [`super::LINE_LIMIT`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Where it was written.
    pub stream: Stream,
    /// Its text without the newline; bytes that are not UTF-8 are U+FFFD.
    pub text: String,
    /// When it was read.
    pub at: DateTime<Utc>,
}

/// Where a step's news go.
pub trait LogSink: Send {
    /// Called once, before the command runs: write the identity down, so that the step can be killed after a crash. An
    /// error keeps the step from running.
    fn started(&mut self, supervisor: &Identity) -> impl Future<Output = io::Result<()>> + Send;

    /// Takes the lines of one read, in order. The step's pipes are not read on until this returns: that is the
    /// back-pressure. An error ends the step.
    fn lines(&mut self, lines: Vec<LogLine>) -> impl Future<Output = io::Result<()>> + Send;
}
