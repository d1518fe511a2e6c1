//! Log lines of an execution.

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::open_enum::open_enum;

open_enum! {
    /// How a line is classed: standard output is `info`, standard error is `error`.
    ///
    /// ```
    /// use attest_core::v1::LogLevel;
    ///
    /// let level = LogLevel::from("error");
    /// assert_eq!((level.as_str(), level == LogLevel::Error), ("error", true));
    /// ```
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
    ///
    /// ```
    /// use attest_core::v1::LogStream;
    ///
    /// for (word, stream) in [("stdout", LogStream::Stdout), ("stderr", LogStream::Stderr)] {
    ///     assert_eq!(stream.to_string(), word);
    /// }
    /// ```
    LogStream {
        /// Standard output.
        Stdout = "stdout",
        /// Standard error.
        Stderr = "stderr",
    }
}

/// One line.
///
/// ```
/// use attest_core::v1::LogEntry;
///
/// let text = r#"{"timestamp": "2026-01-31T12:00:00Z", "step": "test", "level": "info", "message": "\u001b[32mok"}"#;
/// let line: LogEntry = serde_json::from_str(text)?;
/// // What a step wrote must not command the terminal of whoever reads it.
/// assert_eq!(format!("[{}] {}", line.step, line.message.escape_debug()), "[test] \\u{1b}[32mok");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// ```
/// # use attest_core::v1::LogPage;
/// let page: LogPage = serde_json::from_str(r#"{"logs": [], "total_lines": 120, "has_more": true}"#)?;
/// let read_to = page.logs.last().map_or(0, |line| line.seq); // `after` of the next question
/// assert!(page.has_more && read_to == 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
