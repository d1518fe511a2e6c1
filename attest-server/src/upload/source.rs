//! What a client says is in a directory, turned into a tree or refused entry by entry.

use std::collections::{BTreeMap, HashMap, HashSet};

use attest_core::digest::Digest;
use attest_core::pipeline::Problem;
use attest_core::source::{LONGEST_PATH, MOST_ENTRIES};
use attest_core::v1;

use crate::tree::{self, Entry, Tree};

/// Longest part of a path, bytes: what file systems take.
const PART: usize = 255;
/// Longest text of a link, bytes: what the system takes.
const TARGET: usize = 4095;
/// Problems that are told at once.
const TOLD: usize = 100;

/// Why a description is no source.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Entries that cannot be; the first of them.
    Invalid(Vec<Problem>),
    /// Objects that have to be uploaded first: each once, with the first entry that names it, in the order of the entries.
    Absent(Vec<(usize, Digest)>),
}

/// The tree that is described. `size_of` an object answers its size in bytes where it is stored, and has to see to it
/// that it stays; it is told the size that the client says, where it says one.
pub(crate) fn tree(
    described: v1::CreateSource,
    size_of: impl FnMut(&Digest, Option<u64>) -> Option<u64>,
) -> Result<Tree, Refused> {
    tree_up_to(MOST_ENTRIES, described, size_of)
}

fn tree_up_to(
    most: usize,
    described: v1::CreateSource,
    mut size_of: impl FnMut(&Digest, Option<u64>) -> Option<u64>,
) -> Result<Tree, Refused> {
    let count = described.entries.len();
    if count > most {
        return Err(Refused::Invalid(vec![Problem {
            field: "entries".to_owned(),
            issue: format!("{count} are too many: at most {most}"),
        }]));
    }
    let mut problems = Problems::default();
    let mut entries = Vec::with_capacity(described.entries.len());
    for (index, entry) in described.entries.into_iter().enumerate() {
        let checked =
            Described::parse(entry, &mut |field, issue| problems.add(index, field, issue));
        entries.extend(checked.map(|entry| (index, entry)));
    }
    check_places(&mut entries, &mut problems);
    if !problems.0.is_empty() {
        return Err(Refused::Invalid(problems.0));
    }
    entries.sort_by_key(|(index, _)| *index);
    let mut sizes = HashMap::new();
    let mut absent = Vec::new();
    let mut seen = HashSet::new();
    for (index, entry) in &entries {
        let Some(digest) = entry.digest().filter(|digest| seen.insert(**digest)) else {
            continue;
        };
        match size_of(digest, entry.said()) {
            Some(size) => drop(sizes.insert(*digest, size)),
            None => absent.push((*index, *digest)),
        }
    }
    if !absent.is_empty() {
        return Err(Refused::Absent(absent));
    }
    let mut found = BTreeMap::new();
    for (index, entry) in entries {
        let (path, entry) = entry.sized(&sizes, &mut |issue| {
            problems.add(index, "size_bytes", issue);
        });
        found.insert(path, entry);
    }
    if !problems.0.is_empty() {
        return Err(Refused::Invalid(problems.0));
    }
    Tree::try_from(found).map_err(|error| {
        Refused::Invalid(vec![Problem {
            field: "entries".to_owned(),
            issue: error.to_string(),
        }])
    })
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, index: usize, field: &str, issue: String) {
        if self.0.len() < TOLD {
            let field = format!("entries[{index}].{field}");
            self.0.push(Problem { field, issue });
        }
    }
}

/// An entry that is well-formed by itself.
struct Described {
    path: String,
    what: What,
}

enum What {
    File {
        digest: Digest,
        executable: bool,
        size: Option<u64>,
    },
    Symlink(String),
}

impl Described {
    /// `None` where a problem was told.
    fn parse(entry: v1::SourceEntry, problem: &mut impl FnMut(&str, String)) -> Option<Self> {
        let path = check_path(&entry.path).map_err(|issue| problem("path", issue));
        let what = match entry.kind.as_str() {
            "file" => Self::file(&entry, problem),
            "symlink" => Self::symlink(entry, problem),
            other => {
                let other: String = other.chars().take(TOLD).collect();
                problem("kind", format!("{other:?} is neither file nor symlink"));
                None
            }
        };
        let path = path.ok()?;
        Some(Self { path, what: what? })
    }

    fn file(entry: &v1::SourceEntry, problem: &mut impl FnMut(&str, String)) -> Option<What> {
        if entry.target.is_some() {
            problem("target", "a file has none: only a symlink has".to_owned());
        }
        let Some(digest) = &entry.digest else {
            problem("digest", "a file needs blake3:… of its content".to_owned());
            return None;
        };
        let digest = Digest::parse_prefixed(digest)
            .map_err(|error| problem("digest", error.to_string()))
            .ok()?;
        Some(What::File {
            digest,
            executable: entry.executable,
            size: entry.size_bytes,
        })
    }

    fn symlink(entry: v1::SourceEntry, problem: &mut impl FnMut(&str, String)) -> Option<What> {
        if entry.digest.is_some() {
            problem("digest", "a symlink has none: give its target".to_owned());
        }
        if entry.executable {
            problem("executable", "a symlink is not executable".to_owned());
        }
        if entry.size_bytes.is_some() {
            problem(
                "size_bytes",
                "a symlink has none: give its target".to_owned(),
            );
        }
        let issue = match entry.target {
            None => "a symlink needs the text it holds".to_owned(),
            Some(target) if target.is_empty() => "a link cannot be empty".to_owned(),
            Some(target) if target.contains('\0') => "a link cannot hold NUL".to_owned(),
            Some(target) if target.len() > TARGET => {
                format!("{} bytes are too many: at most {TARGET}", target.len())
            }
            Some(target) => return Some(What::Symlink(target)),
        };
        problem("target", issue);
        None
    }

    fn digest(&self) -> Option<&Digest> {
        match &self.what {
            What::File { digest, .. } => Some(digest),
            What::Symlink(_) => None,
        }
    }

    /// The size that the client says, bytes.
    fn said(&self) -> Option<u64> {
        match &self.what {
            What::File { size, .. } => *size,
            What::Symlink(_) => None,
        }
    }

    fn sized(
        self,
        sizes: &HashMap<Digest, u64>,
        problem: &mut impl FnMut(String),
    ) -> (String, Entry) {
        let entry = match self.what {
            What::Symlink(target) => Entry::Symlink { target },
            What::File {
                digest,
                executable,
                size: said,
            } => {
                let size = sizes.get(&digest).copied().unwrap_or_default();
                if let Some(said) = said.filter(|said| *said != size) {
                    problem(format!("{said}, but the object {digest} has {size} bytes"));
                }
                Entry::File {
                    digest,
                    executable,
                    size,
                }
            }
        };
        (self.path, entry)
    }
}

fn check_path(path: &str) -> Result<String, String> {
    let shown: String = path.chars().take(TOLD).collect();
    if path.is_empty() || path.contains('\0') || tree::normalise(path).as_deref() != Some(path) {
        return Err(format!(
            "{shown:?} must be relative, without empty, \".\" and \"..\" parts and without NUL"
        ));
    }
    if path.len() > LONGEST_PATH {
        return Err(format!(
            "{shown:?}… has {} bytes: at most {LONGEST_PATH}",
            path.len()
        ));
    }
    if let Some(part) = path.split('/').find(|part| part.len() > PART) {
        return Err(format!(
            "{shown:?}… has a part of {} bytes: at most {PART}",
            part.len()
        ));
    }
    Ok(path.to_owned())
}

/// Tells of paths that are there twice, and of what would lie below a file or link.
fn check_places(entries: &mut [(usize, Described)], problems: &mut Problems) {
    entries.sort_by(|(_, a), (_, b)| by_parts(&a.path).cmp(by_parts(&b.path)));
    let mut above: Option<&str> = None;
    for (index, entry) in entries.iter() {
        match above.and_then(|above| Some((above, entry.path.strip_prefix(above)?))) {
            Some((_, "")) => {
                problems.add(*index, "path", format!("{:?} is there twice", entry.path))
            }
            Some((above, rest)) if rest.starts_with('/') => {
                let issue = format!(
                    "{:?} would lie below {above:?}, which is no directory",
                    entry.path
                );
                problems.add(*index, "path", issue);
            }
            _ => above = Some(&entry.path),
        }
    }
}

/// Orders what is below a path right after it: with the slash's own value, "d-x" would come before "d/x".
fn by_parts(path: &str) -> impl Iterator<Item = u8> {
    // No path holds NUL.
    path.bytes().map(|byte| if byte == b'/' { 0 } else { byte })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_limit_on_entries_and_it_is_named() {
        let link = |path: &str| v1::SourceEntry {
            path: path.to_owned(),
            kind: "symlink".to_owned(),
            digest: None,
            target: Some("t".to_owned()),
            executable: false,
            size_bytes: None,
        };
        let described = v1::CreateSource {
            entries: ["a", "b", "c"].map(link).to_vec(),
        };
        assert!(tree_up_to(3, described.clone(), |_, _| None).is_ok());
        let Err(Refused::Invalid(problems)) = tree_up_to(2, described, |_, _| None) else {
            panic!("three are taken");
        };
        assert_eq!(problems[0].field, "entries");
        assert!(problems[0].issue.contains("at most 2"), "{problems:?}");
    }
}
