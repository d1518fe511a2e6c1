//! What git says of a directory, and what a hostile repository must not do by it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use attest_core::source::git_facts;

struct Project {
    dir: tempfile::TempDir,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Self {
            dir: tempfile::tempdir().unwrap(),
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

    /// What git answers.
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn try_git(&self, arguments: &[&str]) -> Output {
        Command::new("git")
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
            .unwrap()
    }
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
    // A project may be a part of a repository, of a commit that no branch is at, of another remote.
    project.git(&["checkout", "-q", "--detach"]);
    project.git(&[
        "config",
        "--add",
        "remote.origin.url",
        "git@example.invalid:q.git",
    ]);
    project.write("part/b", "");
    let facts = git_facts(&project.path().join("part")).unwrap();
    assert_eq!(facts.branch, None);
    assert_eq!(facts.commit.as_deref().map(str::len), Some(40));
    assert_eq!(facts.tracked_dirty, Some(true));
    assert_eq!(
        facts.repository.as_deref(),
        Some("git@example.invalid:q.git")
    );
}

/// A program that leaves a file behind, in the place of any that git may run.
struct Trap(tempfile::TempDir);

impl Trap {
    fn new() -> Self {
        let trap = Self(tempfile::tempdir().unwrap());
        let program = trap.program();
        let text = format!("#!/bin/sh\ntouch {}\nexit 1\n", trap.sprung().display());
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        trap
    }

    fn program(&self) -> PathBuf {
        self.0.path().join("program")
    }

    fn sprung(&self) -> PathBuf {
        self.0.path().join("sprung")
    }
}

#[test]
fn a_repository_cannot_have_its_programs_run() {
    let project = Project::new(&[("a", "1"), (".gitattributes", "* filter=evil diff=evil\n")]);
    project.git(&["init", "-q"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "first"]);
    let trap = Trap::new();
    let run = trap.program().into_os_string().into_string().unwrap();
    for key in [
        "core.fsmonitor",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
        "core.pager",
        "core.alternateRefsCommand",
        "core.gitProxy",
        "core.sshCommand",
        "gpg.program",
        "credential.helper",
    ] {
        project.git(&["config", key, &run]);
    }
    project.git(&["config", "filter.evil.required", "true"]);
    for hook in ["post-index-change", "fsmonitor-watchman", "post-checkout"] {
        fs::copy(trap.program(), project.path().join(".git/hooks").join(hook)).unwrap();
    }
    project.write("a", "2");
    let facts = git_facts(project.path()).unwrap();
    assert_eq!(facts.tracked_dirty, Some(true));
    assert!(!trap.sprung().exists());

    // Nor where a filter's name is not text.
    let config = project.path().join(".git/config");
    let mut bytes = fs::read(&config).unwrap();
    bytes.extend(b"[filter \"\xff\"]\n\tclean = ");
    bytes.extend(run.bytes());
    fs::write(config, bytes).unwrap();
    let attributes = project.path().join(".gitattributes");
    for name in [&b"evil"[..], b"\xff"] {
        fs::write(&attributes, [b"* filter=", name, b"\n"].concat()).unwrap();
        let facts = git_facts(project.path()).unwrap();
        assert_eq!(facts.tracked_dirty, Some(true));
        assert!(!trap.sprung().exists(), "{name:?}");
    }
    // Of all that, `status` as it is would have run something.
    project.try_git(&["-c", "core.fsmonitor=false", "status"]);
    assert!(trap.sprung().exists());
}

#[test]
fn a_repository_that_lacks_objects_cannot_have_them_fetched() {
    for lacking in ["HEAD", "HEAD^{tree}"] {
        let project = Project::new(&[("a", "1")]);
        project.git(&["init", "-q"]);
        project.git(&["add", "."]);
        project.git(&["commit", "-qm", "first"]);
        project.write("a", "2");
        let trap = Trap::new();
        let program = trap.program().into_os_string().into_string().unwrap();
        for (key, value) in [
            ("core.repositoryFormatVersion", "1"),
            ("extensions.partialClone", "origin"),
            ("remote.origin.url", "/nowhere"),
            ("remote.origin.promisor", "true"),
            ("remote.origin.uploadpack", &program),
            ("protocol.allow", "always"),
        ] {
            project.git(&["config", key, value]);
        }
        let name = project.git(&["rev-parse", lacking]);
        let (folder, file) = name.trim().split_at(2);
        let object = project.path().join(".git/objects").join(folder).join(file);
        fs::remove_file(object).unwrap();
        assert_eq!(git_facts(project.path()), None, "{lacking}");
        assert!(!trap.sprung().exists(), "{lacking}");
        // As it is, git would have had the program run.
        project.try_git(&["status"]);
        assert!(trap.sprung().exists(), "{lacking}");
    }
}

#[test]
fn names_that_are_not_utf8_do_not_hide_that_a_file_changed() {
    let project = Project::new(&[]);
    let name = project.path().join(OsStr::from_bytes(b"bad-\xff"));
    fs::write(&name, "1").unwrap();
    project.git(&["init", "-q"]);
    project.git(&["config", "core.quotePath", "false"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "first"]);
    fs::write(&name, "2").unwrap();
    assert_eq!(git_facts(project.path()).unwrap().tracked_dirty, Some(true));
}

#[test]
fn files_of_a_project_that_look_like_a_repository_are_none() {
    let project = Project::new(&[("a", "1")]);
    project.git(&["init", "-q"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "first"]);
    let inner = project.path().join("inner");
    fs::rename(project.path().join(".git"), &inner).unwrap();
    project.git(&["init", "-q"]);
    let config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n";
    fs::write(inner.join("config"), config).unwrap();
    project.git(&["-C", "inner", "status"]);
    assert_eq!(git_facts(&inner), None);
}
