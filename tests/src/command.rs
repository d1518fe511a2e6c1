//! Running the command under test and keeping what it said.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::binary;

/// A finished command.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; -1 where a signal ended it.
    pub code: i32,
    /// Everything on standard output.
    pub stdout: String,
    /// Everything on standard error.
    pub stderr: String,
}

impl Finished {
    /// Checks the exit code, showing both outputs where it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "exit code\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Both outputs, for messages that may be on either.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// Checks that the outputs hold each of `parts`.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        let text = self.text();
        for part in parts {
            assert!(text.contains(part), "does not say {part:?}:\n{text}");
        }
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!(
                "stdout is no JSON document ({error}):\n{}\n--- stderr\n{}",
                self.stdout, self.stderr
            ),
        }
    }
}

/// The `attest` command in `dir`, with nothing of the caller's configuration: no `ATTEST_*`, an empty home.
pub fn attest<S: AsRef<OsStr>>(dir: &Path, args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(binary::attest());
    clean_environment(&mut command);
    command.current_dir(dir).args(args).stdin(Stdio::null());
    command
}

/// Takes the caller's configuration of the product out of the environment of `command`.
pub fn clean_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ATTEST_") {
            command.env_remove(name);
        }
    }
    // A home that does not exist: neither the user's configuration nor their keys take part.
    command
        .env("HOME", "/nonexistent")
        .env_remove("XDG_CONFIG_HOME")
        .env("NO_COLOR", "1");
}

/// Runs a command to its end.
pub fn finish(command: &mut Command) -> Finished {
    match command.output() {
        Ok(output) => finished(output),
        Err(error) => panic!("{command:?} could not be started: {error}"),
    }
}

fn finished(output: Output) -> Finished {
    Finished {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
