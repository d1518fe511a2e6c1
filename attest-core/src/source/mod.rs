//! A source: what an execution starts from, as a directory has it.
//!
//! It is everything in the directory but what never belongs to a source: `.git`, `.attest`, the directories the caller
//! excludes (a server's data directory), and what `.gitignore` and `.attestignore` files inside the directory name. Ignore
//! files outside it, and the user's own, are not looked at, so that a source depends on nothing but its directory. Links
//! are listed, never followed; FIFOs, sockets and devices are left out; empty directories are not part of it.
//!
//! [`list`] looks at names alone. Files are read afterwards, on all cores where the feature `parallel` is on, each through
//! one handle that was opened beneath the directory without following a link, also not one that takes a directory's place
//! meanwhile. Which version of a project a directory is, is [`git_facts`]' question.
//!
//! Not here: trees, stores and uploads.
//!
//! ```
//! use attest_core::source;
//!
//! # let dir = tempfile::tempdir()?;
//! # let project = dir.path();
//! std::fs::write(project.join("main.c"), "int main(void) {}\n")?;
//! std::fs::write(project.join("main.o"), "")?;
//! std::fs::write(project.join(".gitignore"), "*.o\n")?;
//! let contents = source::list(project, &[])?;
//! let hashed = contents.hash(|progress| eprint!("\r{} files", progress.files))?;
//! assert_eq!(hashed.iter().map(|file| &*file.path).collect::<Vec<_>>(), [".gitignore", "main.c"]);
//! assert_eq!(contents.ignored().by("main.o").unwrap().to_string(), "ignored by .gitignore (\"*.o\")");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod contents;
mod error;
mod git;
mod ignored;
mod listing;
mod read;
mod rules;
mod walk;

pub use address::public_address;
pub use contents::{Contents, Entry};
pub use error::SourceError;
pub use git::git_facts;
pub use ignored::{Ignored, IgnoredBy};
pub use read::{Hashed, OpenFile, Progress};
pub use walk::list;

/// Longest path of a source, in bytes: a system takes 4,095, and a step's directory has a name of its own before it.
pub const LONGEST_PATH: usize = 2048;

/// Most files, links and things left out that are listed. A left out directory counts once.
pub const MOST_ENTRIES: usize = 1_000_000;
