//! Digests of parts of a tree, without taking the tree apart.
//!
//! A tree that is looked at through fifty different windows (all of it but what a step makes, only what a step declares)
//! would be copied and hashed fifty times. A summary has the digest of each directory, made from those of what is in it,
//! so that a window costs only the directories through which its edges go.

use std::collections::BTreeMap;

use attest_core::digest::Digest;

use super::{Entry, Tree};

/// Context string (BLAKE3 `derive_key`): the digest of a directory is no other digest of this project.
const CONTEXT: &str = "attest-server 2026-11-24 directory v1";
/// Directories within each other, at most: each costs stack.
const DEPTH: usize = 100;

/// The digests of a tree's directories.
#[derive(Debug)]
pub(crate) struct Summary {
    root: Directory,
}

#[derive(Debug)]
struct Directory {
    digest: Digest,
    /// By name.
    children: BTreeMap<String, Child>,
}

#[derive(Debug)]
enum Child {
    Directory(Directory),
    Entry(Entry),
}

/// An entry by what is left of its path.
type Below<'a> = (&'a str, &'a Entry);

impl Summary {
    /// `None` for a tree that is too deep to be summed up.
    pub(crate) fn of(tree: &Tree) -> Option<Self> {
        let entries: Vec<Below<'_>> = tree.iter().collect();
        let deep = |(path, _): &Below<'_>| path.matches('/').count() >= DEPTH;
        (!entries.iter().any(deep)).then(|| Self {
            root: Directory::of(&entries),
        })
    }

    /// The digest of the tree that is left: of `only` these paths (all where absent), `without` those, each with what is
    /// below it. Paths are normalised.
    pub(crate) fn digest(&self, only: Option<&[String]>, without: &[String]) -> Digest {
        let nothing = || Directory::seal(BTreeMap::new()).digest;
        let texts = |paths: &'_ [String]| paths.iter().any(String::is_empty);
        if texts(without) {
            return nothing();
        }
        let only: Option<Vec<&str>> = only
            .filter(|paths| !texts(paths))
            .map(|paths| paths.iter().map(String::as_str).collect());
        let without: Vec<&str> = without.iter().map(String::as_str).collect();
        self.root
            .part(only.as_deref(), &without)
            .unwrap_or_else(nothing)
    }

    /// Whether a file or a link is at exactly this path.
    pub(crate) fn is_leaf(&self, path: &str) -> bool {
        let mut directory = &self.root;
        let mut rest = path;
        loop {
            let (name, below) = split(rest);
            match (directory.children.get(name), below) {
                (Some(Child::Directory(next)), Some(below)) => (directory, rest) = (next, below),
                (Some(Child::Entry(entry)), None) => return *entry != Entry::Directory,
                _ => return false,
            }
        }
    }
}

impl Directory {
    /// Of entries in the order of their paths, so that those of one directory follow each other.
    fn of(entries: &[Below<'_>]) -> Self {
        let mut children = BTreeMap::new();
        for group in entries.chunk_by(|(one, _), (two, _)| {
            let ((one, in_one), (two, in_two)) = (split(one), split(two));
            one == two && in_one.is_some() && in_two.is_some()
        }) {
            let Some((path, entry)) = group.first() else {
                continue;
            };
            let (name, below) = split(path);
            let child = if below.is_some() {
                let inner: Vec<Below<'_>> = group
                    .iter()
                    .filter_map(|(path, entry)| Some((split(path).1?, *entry)))
                    .collect();
                Child::Directory(Self::of(&inner))
            } else {
                Child::Entry((*entry).clone())
            };
            children.insert(name.to_owned(), child);
        }
        Self::seal(children)
    }

    fn seal(children: BTreeMap<String, Child>) -> Self {
        let mut digest = Hasher::new();
        for (name, child) in &children {
            match child {
                Child::Directory(directory) => digest.directory(name, &directory.digest),
                Child::Entry(entry) => digest.entry(name, entry),
            }
        }
        Self {
            digest: digest.finish(),
            children,
        }
    }

    /// As [`Summary::digest`], with paths from here; `None` where nothing is left, and so no directory either.
    fn part(&self, only: Option<&[&str]>, without: &[&str]) -> Option<Digest> {
        let without = Paths::of(without);
        let only = only.map(Paths::of);
        if only.is_none()
            && !without
                .0
                .keys()
                .any(|name| self.children.contains_key(*name))
        {
            return Some(self.digest);
        }
        let mut digest = Hasher::new();
        for (name, child) in &self.children {
            let gone = without.at(name);
            let wanted = only.as_ref().map(|only| only.at(name));
            if gone.whole || wanted.is_some_and(|at| !at.whole && at.below.is_empty()) {
                continue;
            }
            let only = wanted.filter(|at| !at.whole).map(|at| at.below.as_slice());
            match child {
                Child::Directory(directory) => {
                    if let Some(left) = directory.part(only, &gone.below) {
                        digest.directory(name, &left);
                    }
                }
                // A path that goes on below a file names nothing.
                Child::Entry(entry) if only.is_none() => digest.entry(name, entry),
                Child::Entry(_) => {}
            }
        }
        (digest.count > 0).then(|| digest.finish())
    }
}

/// Paths, by the name they begin with.
struct Paths<'a>(BTreeMap<&'a str, At<'a>>);

#[derive(Default)]
struct At<'a> {
    /// The name itself is one of the paths.
    whole: bool,
    /// What is left of those that go on below it.
    below: Vec<&'a str>,
}

/// Of a name that no path begins with.
static NOWHERE: At<'static> = At {
    whole: false,
    below: Vec::new(),
};

impl<'a> Paths<'a> {
    fn of(paths: &[&'a str]) -> Self {
        let mut by_name: BTreeMap<&str, At<'a>> = BTreeMap::new();
        for path in paths {
            let (name, below) = split(path);
            let at = by_name.entry(name).or_default();
            match below {
                Some(below) => at.below.push(below),
                None => at.whole = true,
            }
        }
        Self(by_name)
    }

    fn at(&self, name: &str) -> &At<'a> {
        self.0.get(name).unwrap_or(&NOWHERE)
    }
}

/// The digest of one directory in the making. Every field comes after its length.
struct Hasher {
    hasher: blake3::Hasher,
    count: usize,
}

impl Hasher {
    fn new() -> Self {
        Self {
            hasher: blake3::Hasher::new_derive_key(CONTEXT),
            count: 0,
        }
    }

    fn entry(&mut self, name: &str, entry: &Entry) {
        match entry {
            Entry::File {
                digest, executable, ..
            } => {
                let kind = if *executable { "executable" } else { "file" };
                self.child(name, kind, digest.as_bytes());
            }
            Entry::Symlink { target } => self.child(name, "symlink", target.as_bytes()),
            Entry::Directory => self.child(name, "empty", b""),
        }
    }

    fn directory(&mut self, name: &str, digest: &Digest) {
        self.child(name, "directory", digest.as_bytes());
    }

    fn child(&mut self, name: &str, kind: &str, value: &[u8]) {
        self.count += 1;
        for field in [name.as_bytes(), kind.as_bytes(), value] {
            self.hasher.update(&(field.len() as u64).to_le_bytes());
            self.hasher.update(field);
        }
    }

    fn finish(self) -> Digest {
        self.hasher.finalize().into()
    }
}

/// The first name of a path, and what is below it.
fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('/')
        .map_or((path, None), |(name, below)| (name, Some(below)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tree(files: &[(String, u8)]) -> Tree {
        let mut tree = Tree::new();
        for (path, kind) in files {
            let entry = match kind {
                0 => Entry::Directory,
                1 => Entry::Symlink {
                    target: "t".to_owned(),
                },
                kind => Entry::File {
                    digest: Digest::of(&[kind / 2]),
                    executable: kind % 2 == 0,
                    size: 1,
                },
            };
            // Below a file there is nothing.
            let _refused = tree.insert(path, entry);
        }
        tree
    }

    fn path() -> impl Strategy<Value = String> {
        // "d-" sorts between "d" and "d/".
        proptest::collection::vec("d|d-|e", 1..4).prop_map(|parts| parts.join("/"))
    }

    fn files() -> impl Strategy<Value = Vec<(String, u8)>> {
        proptest::collection::vec((path(), 0..8_u8), 0..8)
    }

    proptest! {
        #[test]
        fn a_part_has_the_digest_of_the_tree_that_is_left(
            files in files(),
            only in proptest::option::of(proptest::collection::vec(path(), 0..4)),
            without in proptest::collection::vec(path(), 0..4),
        ) {
            let whole = tree(&files);
            let mut left = only.as_ref().map_or_else(|| whole.clone(), |only| whole.restricted_to(only));
            without.iter().for_each(|path| left.remove(path));
            let digest = |tree: &Tree| Summary::of(tree).unwrap().digest(None, &[]);
            prop_assert_eq!(
                Summary::of(&whole).unwrap().digest(only.as_deref(), &without),
                digest(&left)
            );
            if left != whole {
                prop_assert_ne!(digest(&left), digest(&whole));
            }
        }

        #[test]
        fn leaves_are_files_and_links(files in files(), path in path()) {
            let tree = tree(&files);
            let expected = matches!(tree.get(&path), Some(Entry::File { .. } | Entry::Symlink { .. }));
            prop_assert_eq!(Summary::of(&tree).unwrap().is_leaf(&path), expected);
        }

        #[test]
        fn trees_that_differ_have_digests_that_differ(one in files(), two in files()) {
            let (one, two) = (tree(&one), tree(&two));
            let digest = |tree: &Tree| Summary::of(tree).unwrap().digest(None, &[]);
            prop_assert_eq!(one == two, digest(&one) == digest(&two));
        }
    }

    #[test]
    fn the_root_is_everything() {
        let tree = tree(&[("d/e".to_owned(), 2)]);
        let summary = Summary::of(&tree).unwrap();
        let (root, empty) = ([String::new()], Summary::of(&Tree::new()).unwrap());
        assert_eq!(summary.digest(Some(&root), &[]), summary.digest(None, &[]));
        assert_eq!(summary.digest(None, &root), empty.digest(None, &[]));
        assert_eq!(summary.digest(Some(&[]), &[]), empty.digest(None, &[]));
    }

    #[test]
    fn a_hostile_depth_is_not_followed() {
        let mut deep = Tree::new();
        deep.insert(&vec!["d"; 100_000].join("/"), Entry::Directory)
            .unwrap();
        assert!(Summary::of(&deep).is_none());
        let edge = vec!["d"; DEPTH].join("/");
        let mut allowed = Tree::new();
        allowed.insert(&edge, Entry::Directory).unwrap();
        // Well within the stack of any thread.
        let within = std::thread::Builder::new().stack_size(1 << 20);
        let digests = within.spawn(move || {
            let summary = Summary::of(&allowed).unwrap();
            let all = [edge];
            (
                summary.digest(None, &all),
                summary.digest(Some(&all), &[]),
                summary.digest(None, &[]),
            )
        });
        let (nothing, only, whole) = digests.unwrap().join().unwrap();
        assert_ne!(nothing, whole);
        assert_eq!(only, whole);
    }
}
