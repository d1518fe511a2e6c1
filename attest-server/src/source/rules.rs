//! The ignore files of a directory and of those above it, within the source.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::ignored::IgnoredBy;

/// In rising precedence within one directory.
const FILES: [&str; 2] = [".gitignore", ".attestignore"];
/// Ignore files are short; what is larger is none.
const LIMIT: u64 = 4 * 1024 * 1024;

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
    /// The rules in `directory` (relative path `at`), given those of the directory above.
    pub(super) fn within(&self, directory: &Path, at: &str) -> Self {
        let mut rules = self.clone();
        for name in FILES {
            if let Some(found) = read(directory, name) {
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

    /// Which rule leaves `path` out, if one does: the last matching line of the innermost file that has one.
    pub(super) fn ignores(&self, path: &Path, directory: bool) -> Option<IgnoredBy> {
        let mut rules = self;
        while let Some(level) = &rules.innermost {
            match level.rules.matched(path, directory) {
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

/// `None` where there is no such file, or only something that is not a regular, readable one (as git has it).
fn read(directory: &Path, name: &str) -> Option<Gitignore> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags.bits()).ok()?)
        .open(directory.join(name))
        .ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LIMIT).read_to_end(&mut bytes).ok()?;
    let mut builder = GitignoreBuilder::new(directory);
    for line in String::from_utf8_lossy(&bytes)
        .trim_start_matches('\u{feff}')
        .lines()
    {
        // A line that is no pattern matches nothing, as in git.
        let _ = builder.add_line(None, line);
    }
    builder.build().ok().filter(|rules| !rules.is_empty())
}
