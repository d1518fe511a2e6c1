//! A transfer while it goes on: one live line on a terminal, nothing elsewhere.

use std::io::IsTerminal;

use attest_sdk::{DownloadProgress, UploadProgress};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

/// Shows one transfer. Clones are the same line.
#[derive(Clone)]
pub(crate) struct Transfer(ProgressBar);

impl Transfer {
    pub(crate) fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        Self(bar.with_style(style))
    }

    /// An upload came so far.
    pub(crate) fn uploading(&self, progress: UploadProgress) {
        match progress {
            UploadProgress::Hashing {
                files, of_files, ..
            } => self.show(format!(
                "reading {} of {} files",
                HumanCount(files),
                HumanCount(of_files)
            )),
            UploadProgress::Sending {
                bytes, of_bytes, ..
            } => self.show(format!(
                "sending {} of {}",
                HumanBytes(bytes),
                HumanBytes(of_bytes)
            )),
            _ => {}
        }
    }

    /// A download came so far.
    pub(crate) fn downloading(&self, progress: DownloadProgress) {
        self.show(format!(
            "fetching {} of {} files, {}",
            HumanCount(progress.files),
            HumanCount(progress.of_files),
            HumanBytes(progress.bytes)
        ));
    }

    fn show(&self, text: String) {
        self.0.set_message(text);
        self.0.tick();
    }

    /// Takes the line away.
    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}
