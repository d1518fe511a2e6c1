//! The ignore files of a directory and of those above it, within the source.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustix::fs::OFlags;
use rustix::io::Errno;

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
    found: Found,
    outer: Rules,
}

/// The rules of one ignore file.
struct Found {
    rules: Gitignore,
    /// Lines as they are in the file, by how they are spelled here, where that is not the same.
    respelled: BTreeMap<String, String>,
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
                        found,
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
            match level.found.rules.matched(&path, directory) {
                Match::None => rules = &level.outer,
                Match::Whitelist(_) => return None,
                Match::Ignore(rule) => {
                    let pattern = rule.original();
                    let as_written = level.found.respelled.get(pattern);
                    return Some(IgnoredBy::Rule {
                        file: level.file.clone(),
                        pattern: as_written.map_or(pattern, String::as_str).to_owned(),
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

/// `None` where there is no such file, or only something that git does not read either: a link, a FIFO, a directory. A file
/// that is there and cannot be opened may leave out a secret, so that nothing is known without it.
fn read(directory: &OwnedFd, at: &str, name: &str) -> Result<Option<Found>, String> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match beneath::open(directory, Path::new(name), flags) {
        Ok(handle) => File::from(handle),
        // (NXIO and NODEV: a socket, or a device without a driver.)
        Err(Errno::NOENT | Errno::LOOP | Errno::NXIO | Errno::NODEV) => return Ok(None),
        Err(errno) => return Err(std::io::Error::from(errno).to_string()),
    };
    let about = file.metadata().map_err(|error| error.to_string())?;
    if !about.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LIMIT {
        return Err(format!("it has more than {LIMIT} bytes; make it shorter"));
    }
    let mut builder = GitignoreBuilder::new(Path::new(ROOT).join(at));
    let mut respelled = BTreeMap::new();
    for line in String::from_utf8_lossy(&bytes)
        .trim_start_matches('\u{feff}')
        .split('\n')
    {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let pattern = without_alternatives(line);
        // A line that is no pattern matches nothing, as in git.
        let _ = builder.add_line(None, &pattern);
        if pattern != line {
            respelled.insert(pattern, line.to_owned());
        }
    }
    let rules = builder
        .build()
        .map_err(|error| format!("{error}; make it shorter"))?;
    Ok((!rules.is_empty()).then_some(Found { rules, respelled }))
}

/// A line in which `{` and `}` stand for themselves, as they do in git.
fn without_alternatives(line: &str) -> String {
    let mut pattern = String::with_capacity(line.len());
    let (mut escaped, mut class) = (false, None);
    for sign in line.chars() {
        match (sign, class) {
            ('{' | '}', None) if !escaped => pattern.push('\\'),
            ('[', None) if !escaped => class = Some(0),
            // A `]` that comes first, or first after `!`, is a member.
            (']', Some(members)) if members > 0 => class = None,
            ('!' | '^', Some(0)) => {}
            (_, Some(members)) => class = Some(members + 1),
            _ => {}
        }
        escaped = sign == '\\' && !escaped;
        pattern.push(sign);
    }
    pattern
}
