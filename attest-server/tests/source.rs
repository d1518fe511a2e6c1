//! Taking a directory as a source: what is in the tree and in the store. What belongs to a source is the core's to test.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use attest_core::digest::Digest;
use attest_server::blob::BlobStore;
use attest_server::source::{Snapshot, snapshot};
use attest_server::tree::Entry;

struct Project {
    dir: tempfile::TempDir,
    blobs: BlobStore,
    _store: tempfile::TempDir,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let store = tempfile::tempdir().unwrap();
        let project = Self {
            dir: tempfile::tempdir().unwrap(),
            blobs: BlobStore::open(store.path()).unwrap(),
            _store: store,
        };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn snapshot(&self) -> Snapshot {
        snapshot(self.path(), &[], &self.blobs).unwrap()
    }
}

#[test]
fn files_links_and_executable_bits_are_in_the_tree_and_content_in_the_store() {
    let project = Project::new(&[("a", "A"), ("d/e/f", "FF")]);
    fs::set_permissions(project.path().join("a"), fs::Permissions::from_mode(0o744)).unwrap();
    symlink("/etc", project.path().join("out")).unwrap();
    let tree = project.snapshot().tree;
    let file = |content: &[u8], executable| Entry::File {
        digest: Digest::of(content),
        executable,
        size: content.len() as u64,
    };
    assert_eq!(tree.get("a"), Some(&file(b"A", true)));
    assert_eq!(tree.get("d/e/f"), Some(&file(b"FF", false)));
    let link = Entry::Symlink {
        target: "/etc".into(),
    };
    assert_eq!(tree.get("out"), Some(&link));
    assert_eq!(tree.len(), 3);
    assert_eq!(project.blobs.read(&Digest::of(b"FF"), 10).unwrap(), b"FF");
    assert_eq!(tree.digest(), project.snapshot().tree.digest());
}

#[test]
fn every_change_changes_the_digest() {
    let project = Project::new(&[("a", "A"), ("b", "B")]);
    let mut seen = vec![project.snapshot().tree.digest()];
    let mut differs = |what: &str| {
        let digest = project.snapshot().tree.digest();
        assert!(!seen.contains(&digest), "{what}");
        seen.push(digest);
    };
    project.write("a", "B");
    differs("content");
    fs::set_permissions(project.path().join("a"), fs::Permissions::from_mode(0o755)).unwrap();
    differs("executable bit");
    fs::rename(project.path().join("b"), project.path().join("c")).unwrap();
    differs("name");
    fs::remove_file(project.path().join("c")).unwrap();
    symlink("a", project.path().join("c")).unwrap();
    differs("kind");
}
