//! What `make spec` prints at its end: program × result.

use std::fs::File;
use std::io::Write as _;

/// One row. It is written when it is dropped, and says `FAILED` unless the test came to [`Row::shown`].
#[derive(Debug)]
pub struct Row {
    program: &'static str,
    result: Option<String>,
}

impl Row {
    /// The row of a program.
    pub fn of(program: &'static str) -> Self {
        Self {
            program,
            result: None,
        }
    }

    /// What was seen, once all of it was.
    pub fn shown(mut self, result: impl Into<String>) {
        self.result = Some(result.into());
    }

    fn text(&self) -> String {
        let result = self.result.as_deref().unwrap_or("FAILED");
        format!("{}\t{result}\n", self.program)
    }
}

impl Drop for Row {
    fn drop(&mut self) {
        let Some(path) = std::env::var_os("ATTEST_SPEC_TABLE") else {
            return;
        };
        let table = File::options().append(true).create(true).open(path);
        // A row is one write, so that tests that run at once do not mix theirs.
        let written = table.and_then(|mut table| table.write_all(self.text().as_bytes()));
        if let Err(error) = written {
            let _ = writeln!(std::io::stderr(), "the table cannot be written: {error}");
        }
    }
}
