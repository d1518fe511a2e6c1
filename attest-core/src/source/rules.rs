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
/// Largest ignore file, bytes. A longer one is refused: half of its rules would let in what the rest leaves out.
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
    ///
    /// # Errors
    /// The path of an ignore file that cannot be used, and why.
    pub(super) fn within(&self, directory: &OwnedFd, at: &str) -> Result<Self, (String, String)> {
        let mut rules = self.clone();
        for name in FILES {
            let file = if at.is_empty() {
                name.to_owned()
            } else {
                format!("{at}/{name}")
            };
            let found = read(directory, at, name).map_err(|issue| (file.clone(), issue))?;
            if let Some(found) = found {
                rules = Self {
                    innermost: Some(Arc::new(Level {
                        file,
                        rules: found,
                        outer: rules,
                    })),
                };
            }
        }
        Ok(rules)
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

/// `None` where there is no such file, or only something that is not a regular, readable one (as git has it; a regular
/// file that is unreadable is found so later, as a part of the source).
fn read(directory: &OwnedFd, at: &str, name: &str) -> Result<Option<Gitignore>, String> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    let Ok(handle) = beneath::open(directory, Path::new(name), flags) else {
        return Ok(None);
    };
    let file = File::from(handle);
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LIMIT {
        return Err(format!("it has more than {LIMIT} bytes"));
    }
    let mut builder = GitignoreBuilder::new(Path::new(ROOT).join(at));
    for line in String::from_utf8_lossy(&bytes)
        .trim_start_matches('\u{feff}')
        .lines()
    {
        // A line that is no pattern matches nothing, as in git.
        let _ = builder.add_line(None, line);
    }
    let rules = builder.build().map_err(|error| error.to_string())?;
    Ok((!rules.is_empty()).then_some(rules))
}
