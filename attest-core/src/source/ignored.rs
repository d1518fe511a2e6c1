//! What is left out of a source, and why.

use std::collections::BTreeMap;
use std::fmt;

/// Why something is not part of a source.
///
/// ```
/// use attest_core::source::IgnoredBy;
///
/// let rule = IgnoredBy::Rule { file: ".gitignore".to_owned(), pattern: "*.o".to_owned() };
/// assert_eq!(rule.to_string(), "ignored by .gitignore (\"*.o\")");
/// assert_eq!(IgnoredBy::NeverPart.to_string(), "never part of a source");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IgnoredBy {
    /// A line of an ignore file.
    Rule {
        /// The ignore file, relative to the source.
        file: String,
        /// The line.
        pattern: String,
    },
    /// It is a `.git` or `.attest` directory, or one that the caller excluded.
    NeverPart,
    /// It is a FIFO, a socket or a device.
    Special,
}

impl fmt::Display for IgnoredBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule { file, pattern } => write!(f, "ignored by {file} ({pattern:?})"),
            Self::NeverPart => f.write_str("never part of a source"),
            Self::Special => f.write_str("not a regular file"),
        }
    }
}

/// The paths that were left out. A directory stands for everything in it.
///
/// ```
/// use attest_core::source::{self, IgnoredBy};
///
/// # let dir = tempfile::tempdir()?;
/// # let project = dir.path();
/// std::fs::create_dir_all(project.join(".git/objects"))?;
/// let contents = source::list(project, &[])?;
/// assert_eq!(contents.ignored().by(".git/objects"), Some(&IgnoredBy::NeverPart));
/// assert_eq!(contents.ignored().by("main.c"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Ignored {
    paths: BTreeMap<String, IgnoredBy>,
}

impl Ignored {
    pub(super) fn insert(&mut self, path: String, by: IgnoredBy) {
        self.paths.insert(path, by);
    }

    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }

    /// Why `path` (relative to the source, without empty, `.` and `..` parts) was left out; `None` where it was not, also
    /// because it does not exist.
    #[must_use]
    pub fn by(&self, path: &str) -> Option<&IgnoredBy> {
        let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        above.chain([path]).find_map(|path| self.paths.get(path))
    }
}
