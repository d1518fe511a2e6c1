//! One program per language that judges and signs receipts, and what they say side by side.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::command::clean_environment;

/// The program of a language. All understand `report OPTIONS` and `held OPTIONS WORKSPACE`, with paths on standard input,
/// and `sign RECEIPT KEY`.
#[derive(Clone, Debug)]
pub struct Driver {
    /// The language's name in tables.
    pub language: String,
    /// The executable.
    pub program: PathBuf,
}

/// What one language says otherwise than another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The receipt.
    pub receipt: String,
    /// What the first says; `None` where it says nothing.
    pub expected: Option<String>,
    /// What the second says.
    pub found: Option<String>,
}

/// What a language says of each receipt: the report's JSON, or `error`, its kind and its message.
pub type Verdicts = BTreeMap<String, String>;

impl Driver {
    /// The program of a language.
    pub fn new(language: &str, program: impl Into<PathBuf>) -> Self {
        Self {
            language: language.to_owned(),
            program: program.into(),
        }
    }

    /// What it says of each of these receipts, by a verifier of the options in that file.
    #[track_caller]
    pub fn report(&self, options: &Path, receipts: &[PathBuf]) -> Verdicts {
        self.verdicts(&[Path::new("report"), options], receipts)
    }

    /// The same, each held against what recomputing it in that workspace gives, and against `out/app` there, a file at hand.
    #[track_caller]
    pub fn held(&self, options: &Path, workspace: &Path, receipts: &[PathBuf]) -> Verdicts {
        self.verdicts(&[Path::new("held"), options, workspace], receipts)
    }

    #[track_caller]
    fn verdicts(&self, args: &[&Path], receipts: &[PathBuf]) -> Verdicts {
        let paths: String = receipts
            .iter()
            .map(|path| format!("{}\n", path.display()))
            .collect();
        let said = self.run(args, &paths);
        let lines = said.lines().map(|line| {
            let line = line.split_once('\t');
            line.unwrap_or_else(|| panic!("{}: no tab in its output:\n{said}", self.language))
        });
        lines
            .map(|(path, verdict)| (path.to_owned(), verdict.to_owned()))
            .collect()
    }

    /// Why it cannot make a verifier of the options in that file; `None` where it can.
    #[track_caller]
    pub fn refusal(&self, options: &Path) -> Option<String> {
        let output = self.outcome(&[Path::new("report"), options], "");
        // A language says no in its own way, but it says so: a signal is no answer.
        let code = output.status.code().expect("an exit code");
        (code != 0).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// The JSON of the receipt, signed by the key in that PEM file.
    #[track_caller]
    pub fn sign(&self, receipt: &Path, key: &Path) -> String {
        self.run(&[Path::new("sign"), receipt, key], "")
    }

    fn run(&self, args: &[&Path], input: &str) -> String {
        let output = self.outcome(args, input);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{} {args:?}: {}\n{errors}",
            self.language,
            output.status
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn outcome(&self, args: &[&Path], input: &str) -> Output {
        let mut command = Command::new(&self.program);
        clean_environment(&mut command);
        let mut child = command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        let mut stdin = child.stdin.take().expect("it is piped");
        let input = input.to_owned();
        // Beside the reading below: a program may answer before it has read everything.
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().expect("its output");
        let written = writer.join().expect("the writer");
        // One that stops at its options does not read on.
        assert!(
            written.is_ok() || !output.status.success(),
            "its input was not read: {written:?}"
        );
        output
    }
}

/// Where `found` says other than `expected`, byte by byte.
pub fn differences(expected: &Verdicts, found: &Verdicts) -> Vec<Difference> {
    let mut receipts: Vec<&String> = expected.keys().chain(found.keys()).collect();
    receipts.sort();
    receipts.dedup();
    receipts
        .into_iter()
        .filter(|receipt| expected.get(*receipt) != found.get(*receipt))
        .map(|receipt| Difference {
            receipt: receipt.clone(),
            expected: expected.get(receipt).cloned(),
            found: found.get(receipt).cloned(),
        })
        .collect()
}
