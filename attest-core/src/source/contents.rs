//! What a directory holds.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use super::Ignored;

/// What lies at one path.
///
/// ```
/// use attest_core::source::{self, Entry};
///
/// # let dir = tempfile::tempdir()?;
/// # let project = dir.path();
/// std::fs::write(project.join("main.c"), "int main(void) {}\n")?;
/// std::os::unix::fs::symlink("main.c", project.join("latest"))?;
/// let contents = source::list(project, &[])?;
/// let link = Entry::Symlink { target: "main.c".to_owned() };
/// assert_eq!(contents.entries()["latest"], link);
/// assert!(matches!(contents.entries()["main.c"], Entry::File { size: 18, executable: false }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File {
        /// Whether any executable bit is set.
        executable: bool,
        /// Its size in bytes, when it was listed.
        size: u64,
    },
    /// A symbolic link, never followed.
    Symlink {
        /// The link's text as it is.
        target: String,
    },
}

/// What a directory holds: made by [`list`](super::list), and open still, so that its files can be read.
///
/// ```
/// use attest_core::pipeline::Definition;
/// use attest_core::source;
///
/// # let dir = tempfile::tempdir()?;
/// # let project = dir.path();
/// std::fs::write(project.join("main.c"), "int main(void) {}\n")?;
/// let contents = source::list(project, &[])?;
/// assert_eq!(contents.files().collect::<Vec<_>>(), ["main.c"]);
/// // What a pipeline declares is looked up in it.
/// let pipeline = b"version: 1\nsteps: {build: {run: cc main.c, inputs: ['*.c']}}\n";
/// let expanded = Definition::parse(pipeline)?.expand(&contents)?;
/// assert_eq!(expanded.steps[0].step.inputs, ["main.c"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Contents {
    /// As the caller spelled it, for errors.
    pub(super) dir: PathBuf,
    pub(super) handle: OwnedFd,
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) ignored: Ignored,
}

impl Contents {
    /// Every file and link by its path (relative, `/` between parts, without empty, `.` and `..` parts), in the order of
    /// the paths' bytes.
    #[must_use]
    pub const fn entries(&self) -> &BTreeMap<String, Entry> {
        &self.entries
    }

    /// The paths of the files, in order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let is_file = |entry: &Entry| matches!(entry, Entry::File { .. });
        self.entries
            .iter()
            .filter(move |(_, entry)| is_file(entry))
            .map(|(path, _)| path.as_str())
    }

    /// What was left out.
    #[must_use]
    pub const fn ignored(&self) -> &Ignored {
        &self.ignored
    }

    /// The parts of it that need no open directory.
    #[must_use]
    pub fn into_parts(self) -> (BTreeMap<String, Entry>, Ignored) {
        (self.entries, self.ignored)
    }
}
