//! Taking a directory as a source.

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
use std::process::Command;

use attest_core::source::{IgnoredBy, SourceError as Refused, git_facts};
use attest_server::blob::BlobStore;
use attest_server::source::{Snapshot, SourceError, snapshot};
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

    fn names(&self) -> Vec<String> {
        self.snapshot()
            .tree
            .iter()
            .map(|(path, _)| path.to_owned())
            .collect()
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.invalid",
                "-C",
            ])
            .arg(self.path())
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn files_links_and_executable_bits_are_recorded_and_links_not_followed() {
    let project = Project::new(&[("a", "A"), ("d/e/f", "F")]);
    fs::set_permissions(project.path().join("a"), fs::Permissions::from_mode(0o744)).unwrap();
    symlink("/etc", project.path().join("out")).unwrap();
    symlink("loop", project.path().join("loop")).unwrap();
    fs::create_dir(project.path().join("empty")).unwrap();
    let tree = project.snapshot().tree;
    assert!(matches!(
        tree.get("a"),
        Some(Entry::File {
            executable: true,
            size: 1,
            ..
        })
    ));
    assert!(matches!(
        tree.get("d/e/f"),
        Some(Entry::File {
            executable: false,
            ..
        })
    ));
    assert_eq!(
        tree.get("out"),
        Some(&Entry::Symlink {
            target: "/etc".into()
        })
    );
    assert_eq!(tree.len(), 4);
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

#[test]
fn git_attest_and_excluded_directories_are_never_part_of_it() {
    let project = Project::new(&[
        (".git/config", ""),
        ("sub/.git", "gitdir: elsewhere"),
        (".attest/keys/k", "secret"),
        ("data/attest.db", ""),
        ("a", ""),
    ]);
    let alias = project.path().join("sub/../data");
    let found = snapshot(project.path(), &[alias], &project.blobs).unwrap();
    let names: Vec<_> = found.tree.iter().map(|(path, _)| path).collect();
    assert_eq!(names, ["a"]);
    assert_eq!(
        found.ignored.by("data/attest.db"),
        Some(&IgnoredBy::NeverPart)
    );
    assert_eq!(found.ignored.by("sub/.git"), Some(&IgnoredBy::NeverPart));
    assert_eq!(found.ignored.by("a"), None);
    assert_eq!(found.ignored.by("missing"), None);
}

#[test]
fn ignore_files_work_at_every_level_without_a_repository() {
    let project = Project::new(&[
        (".gitignore", "*.o\n/build/\n!keep.o\n# note\n[bad\n"),
        ("a.o", ""),
        ("keep.o", ""),
        ("build/x", ""),
        ("sub/build/x", ""),
        ("sub/.gitignore", "!a.o\nlocal\n"),
        ("sub/a.o", ""),
        ("sub/b.o", ""),
        ("sub/local/deep/x", ""),
        (".attestignore", "big\n!b.o\n"),
        ("big/x", ""),
    ]);
    assert_eq!(
        project.names(),
        [
            ".attestignore",
            ".gitignore",
            "keep.o",
            "sub/.gitignore",
            "sub/a.o",
            "sub/b.o",
            "sub/build/x"
        ]
    );
    let ignored = project.snapshot().ignored;
    let by = |path: &str| ignored.by(path).unwrap().to_string();
    assert!(by("a.o").contains(".gitignore") && by("a.o").contains("*.o"));
    assert!(by("sub/local/deep/x").contains("sub/.gitignore"));
    assert!(by("big/x").contains(".attestignore"));
}

#[test]
fn ignore_files_outside_the_directory_are_not_looked_at() {
    let outer = Project::new(&[(".gitignore", "*"), ("inner/a", "")]);
    let found = snapshot(&outer.path().join("inner"), &[], &outer.blobs).unwrap();
    assert!(found.tree.contains("a"));
}

#[test]
fn what_is_no_file_is_left_out_and_never_waited_for() {
    let project = Project::new(&[("a", "")]);
    for name in ["fifo", ".gitignore"] {
        let made = Command::new("mkfifo")
            .arg(project.path().join(name))
            .status()
            .unwrap();
        assert!(made.success());
    }
    assert_eq!(project.names(), ["a"]);
    assert_eq!(
        project.snapshot().ignored.by("fifo"),
        Some(&IgnoredBy::Special)
    );
}

#[test]
fn a_name_or_a_link_that_is_not_utf8_is_refused_unless_it_is_ignored() {
    use std::os::unix::ffi::OsStrExt as _;
    let name = std::ffi::OsStr::from_bytes(b"bad-\xff");
    let project = Project::new(&[("a", "")]);
    fs::write(project.path().join(name), "").unwrap();
    let refused = snapshot(project.path(), &[], &project.blobs).unwrap_err();
    assert!(
        matches!(refused, SourceError::Directory(Refused::NotUtf8 { .. })),
        "{refused}"
    );
    project.write(".gitignore", "bad-*\n");
    assert_eq!(project.names(), [".gitignore", "a"]);
    symlink(name, project.path().join("link")).unwrap();
    let refused = snapshot(project.path(), &[], &project.blobs).unwrap_err();
    assert!(refused.to_string().contains("link"), "{refused}");
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let project = Project::new(&[]);
    let refused = snapshot(&project.path().join("gone"), &[], &project.blobs).unwrap_err();
    assert!(refused.to_string().contains("gone"), "{refused}");
}

#[test]
fn a_deep_and_a_wide_tree_are_taken_whole() {
    let project = Project::new(&[]);
    let deep = "d/".repeat(500) + "f";
    project.write(&deep, "deep");
    for number in 0..3000 {
        project.write(&format!("wide/{number}"), "same");
    }
    let tree = project.snapshot().tree;
    assert_eq!(tree.len(), 3001);
    assert!(tree.contains(&deep));
}

#[test]
fn git_tells_commit_branch_and_changes_of_tracked_files_only() {
    let project = Project::new(&[("a", "1")]);
    assert_eq!(git_facts(project.path()), None);
    project.git(&["init", "-q", "-b", "main"]);
    assert_eq!(git_facts(project.path()), None, "no commit yet");
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "first"]);
    project.git(&[
        "remote",
        "add",
        "origin",
        "https://user:secret@example.invalid/p.git",
    ]);
    project.write("untracked", "");
    let facts = git_facts(project.path()).unwrap();
    assert_eq!(
        facts.repository.as_deref(),
        Some("https://example.invalid/p.git")
    );
    assert_eq!(facts.branch.as_deref(), Some("main"));
    assert_eq!(facts.commit.as_deref().map(str::len), Some(40));
    assert_eq!(facts.tracked_dirty, Some(false));
    project.write("a", "2");
    assert_eq!(git_facts(project.path()).unwrap().tracked_dirty, Some(true));
}

#[test]
fn a_repository_cannot_have_its_programs_run() {
    let project = Project::new(&[("a", "1"), (".gitattributes", "* filter=evil diff=evil\n")]);
    project.git(&["init", "-q"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "first"]);
    let trap = project
        .path()
        .join("../ran-")
        .with_file_name(format!("ran-{}", std::process::id()));
    let run = format!("touch {}; cat", trap.display());
    for key in [
        "core.fsmonitor",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
        "core.pager",
    ] {
        project.git(&["config", key, &run]);
    }
    project.git(&["config", "filter.evil.required", "true"]);
    project.write("a", "2");
    let facts = git_facts(project.path()).unwrap();
    assert_eq!(facts.tracked_dirty, Some(true));
    assert!(!trap.exists());
}
