//! Log lines of an execution.

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::open_enum::open_enum;

open_enum! {
    /// How a line is classed: standard output is `info`, standard error is `error`.
    LogLevel {
        /// From standard output.
        Info = "info",
        /// From the engine, about the run.
        Warning = "warning",
        /// From standard error.
        Error = "error",
    }
}

open_enum! {
    /// Which stream of the step a line was written to.
    LogStream {
        /// Standard output.
        Stdout = "stdout",
        /// Standard error.
        Stderr = "stderr",
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When the server read it.
    pub timestamp: Timestamp,
    /// The step that wrote it.
    pub step: String,
    /// How it is classed.
    pub level: LogLevel,
    /// The line without its line break. May hold control characters: escape it before a terminal sees it.
    pub message: String,
    /// Position in the execution's log: strictly growing.
    #[serde(default)]
    pub seq: u64,
    /// Which stream it was written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<LogStream>,
}

/// Answer of `GET /v1/executions/{id}/logs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// The lines, oldest first.
    #[serde(default)]
    pub logs: Vec<LogEntry>,
    /// How many lines the filter selects in all.
    #[serde(default)]
    pub total_lines: u64,
    /// With `tail`: earlier lines exist. With `after`: later ones exist now.
    #[serde(default)]
    pub has_more: bool,
}
