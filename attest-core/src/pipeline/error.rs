//! What can be wrong with a pipeline: it cannot be read, or it can be read and not be run.

use std::fmt;

use crate::yaml::{self, Position};

/// A pipeline file that cannot be read. Displays as `line:column: field: issue`.
///
/// ```
/// use attest_core::pipeline::Definition;
///
/// let error = Definition::parse(b"version: 1\nsteps: {build: {run: make, inputs: src}}\n").unwrap_err();
/// assert_eq!((error.at().line, error.field()), (2, "steps.build.inputs"));
/// println!("attest.yaml:{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {}{issue}", prefix(.field))]
pub struct ParseError {
    at: Position,
    field: String,
    issue: String,
}

fn prefix(field: &str) -> String {
    if field.is_empty() {
        String::new()
    } else {
        format!("{field}: ")
    }
}

impl ParseError {
    pub(super) fn new(at: Position, field: &str, issue: impl Into<String>) -> Self {
        Self {
            at,
            field: field.to_owned(),
            issue: issue.into(),
        }
    }

    /// Where in the text.
    #[must_use]
    pub const fn at(&self) -> Position {
        self.at
    }

    /// Which field, such as `steps.build.inputs[0]`; empty where the text itself is at fault.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    #[must_use]
    pub fn issue(&self) -> &str {
        &self.issue
    }
}

impl From<yaml::Error> for ParseError {
    fn from(error: yaml::Error) -> Self {
        Self::new(error.at(), "", error.kind().to_string())
    }
}

/// One reason why a pipeline cannot run.
///
/// ```
/// use attest_core::pipeline::Definition;
///
/// let definition = Definition::parse(b"version: 1\nsteps: {build: {run: make, needs: [biuld]}}\n")?;
/// let problems = definition.check().unwrap_err();
/// assert_eq!(problems.first().field, "steps.build.needs[0]");
/// println!("{}", problems.first().issue);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place: `steps[0].run` where the steps are a list, `steps.build.run` where they are a map.
    pub field: String,
    /// What is wrong there, and what to do.
    pub issue: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.issue)
    }
}

/// Every reason why a pipeline cannot run, at least one: first those of each step, then those between steps. Displays
/// as one line each.
///
/// ```
/// use attest_core::pipeline::Definition;
///
/// let definition = Definition::parse(b"version: ''\nsteps: {build: {run: ''}}\n")?;
/// let problems = definition.check().unwrap_err();
/// let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
/// assert_eq!(fields, ["version", "steps.build.run"]);
/// assert_eq!(problems.to_string().lines().count(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    first: Problem,
    rest: Vec<Problem>,
    omitted: usize,
}

/// Problems kept. Nobody reads more, and a hostile pipeline could have a million.
const MOST: usize = 100;
/// Longest field and longest issue, in bytes: both may quote what was given, and that may have megabytes.
const LONGEST: (usize, usize) = (1024, 4096);

impl Problems {
    /// The first problem.
    #[must_use]
    pub const fn first(&self) -> &Problem {
        &self.first
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// How many [`Problems::iter`] gives: 1 to 100.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        1 + self.rest.len()
    }

    /// How many more there are than [`Problems::iter`] gives.
    #[must_use]
    pub const fn omitted(&self) -> usize {
        self.omitted
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.fmt(f)?;
        self.rest
            .iter()
            .try_for_each(|problem| write!(f, "\n{problem}"))?;
        if self.omitted > 0 {
            write!(f, "\n… and {} more", self.omitted)
        } else {
            Ok(())
        }
    }
}

impl std::error::Error for Problems {}

/// At most the first `most` bytes of a text, and a mark where it was longer.
pub(super) fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        let end = (0..=most).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    text
}

/// Problems as they are found.
#[derive(Default)]
pub(super) struct Found {
    kept: Vec<Problem>,
    omitted: usize,
}

impl Found {
    pub(super) fn add(&mut self, field: impl Into<String>, issue: impl Into<String>) {
        if self.kept.len() < MOST {
            self.kept.push(Problem {
                field: cut(field.into(), LONGEST.0),
                issue: cut(issue.into(), LONGEST.1),
            });
        } else {
            self.omitted += 1;
        }
    }

    /// `Ok` where there is none.
    pub(super) fn into_result(self) -> Result<(), Problems> {
        let omitted = self.omitted;
        let mut kept = self.kept.into_iter();
        match kept.next() {
            None => Ok(()),
            Some(first) => Err(Problems {
                first,
                rest: kept.collect(),
                omitted,
            }),
        }
    }
}
