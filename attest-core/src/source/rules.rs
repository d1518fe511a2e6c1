//! The ignore files of a directory and of those above it, within the source.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustix::fs::OFlags;

use super::ignored::IgnoredBy;
use crate::beneath;

/// In rising precedence within one directory.
const FILES: [&str; 2] = [".gitignore", ".attestignore"];
/// Ignore files are short: what comes after so many bytes is not read.
const LIMIT: u64 = 1024 * 1024;
/// What the source is called where rules are matched: a name without a `/` would be taken for a file's.
const ROOT: &str = "/";

/// The rules in force in one directory. Clones share those of the directories above.
#[derive(Clone, Default)]
pub(super) struct Rules {
    innermost: Option<Arc<Level>>,
}

struct Level {
    /// The ignore file, relative to the source.
    file: String,
    rules: Gitignore,
    outer: Rules,
}

impl Rules {
    /// The rules in the open `directory` (relative path `at`), given those of the directory above.
    pub(super) fn within(&self, directory: &OwnedFd, at: &str) -> Self {
        let mut rules = self.clone();
        for name in FILES {
            if let Some(found) = read(directory, at, name) {
                let file = if at.is_empty() {
                    name.to_owned()
                } else {
                    format!("{at}/{name}")
                };
                rules = Self {
                    innermost: Some(Arc::new(Level {
                        file,
                        rules: found,
                        outer: rules,
                    })),
                };
            }
        }
        rules
    }

    /// Which rule leaves `path` (relative to the source) out, if one does: the last matching line of the innermost file
    /// that has one.
    pub(super) fn ignores(&self, path: &Path, directory: bool) -> Option<IgnoredBy> {
        let path = Path::new(ROOT).join(path);
        let mut rules = self;
        while let Some(level) = &rules.innermost {
            match level.rules.matched(&path, directory) {
                Match::None => rules = &level.outer,
                Match::Whitelist(_) => return None,
                Match::Ignore(rule) => {
                    return Some(IgnoredBy::Rule {
                        file: level.file.clone(),
                        pattern: rule.original().to_owned(),
                    });
                }
            }
        }
        None
    }
}

impl Drop for Level {
    /// As many levels as a path has parts: one after the other, not inside each other.
    fn drop(&mut self) {
        let mut next = self.outer.innermost.take();
        while let Some(mut level) = next.and_then(Arc::into_inner) {
            next = level.outer.innermost.take();
        }
    }
}

/// `None` where there is no such file, or only something that is not a regular, readable one (as git has it).
fn read(directory: &OwnedFd, at: &str, name: &str) -> Option<Gitignore> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(beneath::open(directory, Path::new(name), flags).ok()?);
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LIMIT).read_to_end(&mut bytes).ok()?;
    let mut builder = GitignoreBuilder::new(Path::new(ROOT).join(at));
    for line in String::from_utf8_lossy(&bytes)
        .trim_start_matches('\u{feff}')
        .lines()
    {
        // A line that is no pattern matches nothing, as in git.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok().filter(|rules| !rules.is_empty())
}
