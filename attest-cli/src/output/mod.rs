//! What the command shows: data on standard output, everything else on standard error.
//!
//! A reader that has gone away (`attest hash … | head`) is no reason to complain.

mod escape;
mod file;
mod path;
pub(crate) mod progress;
mod spoken;
mod took;
pub(crate) mod transfer;

use std::io::{IsTerminal, Write};

pub(crate) use escape::escape;
pub(crate) use file::{write_file, write_files};
pub(crate) use path::shortest;
pub(crate) use spoken::spoken;
pub(crate) use took::Took;

use crate::failure::Failure;

/// Where output goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    colour: bool,
}

impl Console {
    pub(crate) fn new() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            colour: wanted && std::io::stderr().is_terminal(),
        }
    }

    /// One line of data.
    pub(crate) fn data(&self, line: &str) {
        self.raw(&format!("{line}\n"));
    }

    /// Data as it is, without a line break at its end.
    pub(crate) fn raw(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// One JSON document.
    pub(crate) fn json(&self, value: &serde_json::Value) {
        self.data(&escape::escape_json(&format!("{value:#}")));
    }

    /// One line for people. Control characters in it are escaped.
    pub(crate) fn note(&self, line: &str) {
        // Whole, since nothing is gathered on the way to standard error.
        let line = format!("{}\n", escape(line));
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }

    /// A warning.
    pub(crate) fn warn(&self, line: &str) {
        let label = self.label("warning", "33");
        let _ = writeln!(std::io::stderr().lock(), "{label}: {}", escape(line));
    }

    /// Why the command could not do its work.
    pub(crate) fn failure(&self, failure: &Failure) {
        let mut text = String::new();
        for line in failure.message().lines() {
            text.push_str(&format!(
                "{}: {}\n",
                self.label("error", "31"),
                escape(line)
            ));
        }
        if let Some(hint) = failure.next() {
            text.push_str(&format!(
                "\n{}: {}\n",
                self.label("hint", "36"),
                escape(hint)
            ));
        }
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    fn label(self, word: &str, code: &str) -> String {
        if self.colour {
            format!("\x1b[1;{code}m{word}\x1b[0m")
        } else {
            word.to_owned()
        }
    }
}
