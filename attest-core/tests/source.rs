//! Taking a directory as a source.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use attest_core::digest::Digest;
use attest_core::source::{self, Contents, Entry, IgnoredBy, LONGEST_PATH, Progress, SourceError};

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

    fn list(&self) -> Contents {
        source::list(self.path(), &[]).unwrap()
    }

    fn refused(&self) -> SourceError {
        source::list(self.path(), &[]).unwrap_err()
    }

    fn names(&self) -> Vec<String> {
        self.list().entries().keys().cloned().collect()
    }

    fn fifo(&self, name: &str) {
        let made = Command::new("mkfifo").arg(self.path().join(name)).status();
        assert!(made.unwrap().success());
    }

    fn close(&self, path: &str) {
        fs::set_permissions(self.path().join(path), fs::Permissions::from_mode(0o000)).unwrap();
    }
}

/// Runs `work` without the capabilities that overlook modes: what is closed is closed to root too.
fn bound_by_modes<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
    let bound = move || {
        let mut sets = capabilities(None).unwrap();
        sets.effective -= CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH;
        // Of this thread alone, and of those it starts.
        set_capabilities(None, sets).unwrap();
        work()
    };
    std::thread::scope(|scope| scope.spawn(bound).join().unwrap())
}

#[test]
fn files_links_and_executable_bits_are_listed_and_links_not_followed() {
    let project = Project::new(&[("a", "A"), ("d/e/f", "F")]);
    fs::set_permissions(project.path().join("a"), fs::Permissions::from_mode(0o744)).unwrap();
    symlink("/etc", project.path().join("out")).unwrap();
    symlink("loop", project.path().join("loop")).unwrap();
    symlink("d", project.path().join("inside")).unwrap();
    fs::create_dir(project.path().join("empty")).unwrap();
    let file = |executable| Entry::File {
        executable,
        size: 1,
    };
    let link = |target: &str| Entry::Symlink {
        target: target.to_owned(),
    };
    let listed = project.list();
    let entries: Vec<_> = listed
        .entries()
        .iter()
        .map(|(path, entry)| (path.as_str(), entry))
        .collect();
    assert_eq!(
        entries,
        [
            ("a", &file(true)),
            ("d/e/f", &file(false)),
            ("inside", &link("d")),
            ("loop", &link("loop")),
            ("out", &link("/etc")),
        ]
    );
    assert_eq!(listed.files().collect::<Vec<_>>(), ["a", "d/e/f"]);
}

#[test]
fn files_are_hashed_in_order_with_progress_to_the_end() {
    let project = Project::new(&[]);
    let long = "x".repeat(3 << 20);
    project.write("long", &long);
    for number in 0..300 {
        project.write(&format!("d/{number:03}"), &number.to_string());
    }
    fs::set_permissions(
        project.path().join("d/007"),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let seen = Mutex::new(Vec::new());
    let listed = project.list();
    let hashed = listed
        .hash(|progress| seen.lock().unwrap().push(progress))
        .unwrap();
    let paths: Vec<&str> = hashed.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, listed.files().collect::<Vec<_>>());
    assert_eq!(
        (hashed[7].digest, hashed[7].size, hashed[7].executable),
        (Digest::of(b"7"), 1, true)
    );
    assert_eq!(hashed[300].digest, Digest::of(long.as_bytes()));
    let bytes = hashed.iter().map(|file| file.size).sum();
    let seen = seen.into_inner().unwrap();
    assert!(seen.len() > 301, "a long file is told of on the way");
    let last = seen
        .iter()
        .copied()
        .max_by_key(|progress| (progress.files, progress.bytes));
    assert_eq!(last, Some(Progress { files: 301, bytes }));
}

#[test]
fn a_file_that_grows_without_end_is_hashed_as_it_was_when_it_was_opened() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("build.log");
    fs::write(&path, vec![7; 300_000]).unwrap();
    let appends = Mutex::new(0);
    let hashed = source::list(dir.path(), &[])
        .unwrap()
        .hash(|_| {
            let mut appends = appends.lock().unwrap();
            *appends += 1;
            // What is read to its end would have none; here it would have one after a while.
            if *appends < 50 {
                let mut file = fs::File::options().append(true).open(&path).unwrap();
                std::io::Write::write_all(&mut file, &[7; 300_000]).unwrap();
            }
        })
        .unwrap();
    assert_eq!(hashed[0].size, 300_000);
    assert_eq!(hashed[0].digest, Digest::of(&vec![7; 300_000]));
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
    let found = source::list(project.path(), &[alias, "/not/there".into()]).unwrap();
    assert_eq!(found.files().collect::<Vec<_>>(), ["a"]);
    let ignored = found.ignored();
    assert_eq!(ignored.by("data/attest.db"), Some(&IgnoredBy::NeverPart));
    assert_eq!(ignored.by("sub/.git"), Some(&IgnoredBy::NeverPart));
    assert_eq!(ignored.by("a"), None);
    assert_eq!(ignored.by("missing"), None);
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
    let listed = project.list();
    let ignored = listed.ignored();
    let by = |path: &str| ignored.by(path).unwrap().to_string();
    assert!(by("a.o").contains(".gitignore") && by("a.o").contains("*.o"));
    assert!(by("sub/local/deep/x").contains("sub/.gitignore"));
    assert!(by("big/x").contains(".attestignore"));
}

#[test]
fn an_ignore_file_whose_rules_cannot_all_be_told_is_refused_by_name() {
    let project = Project::new(&[("sub/secret", "")]);
    let fits = "# comment\n".repeat((1 << 20) / 10) + "secret";
    project.write("sub/.gitignore", &fits);
    assert_eq!(project.names(), ["sub/.gitignore"]);
    let many: String = (0..60_000).map(|n| format!("*{n}?[a-z]\n")).collect();
    for rules in [
        &("# comment\n".repeat(110_000) + "secret"),
        &(many + "secret"),
    ] {
        project.write("sub/.gitignore", rules);
        let refused = project.refused();
        assert!(matches!(refused, SourceError::Rules { .. }), "{refused}");
        let text = refused.to_string();
        assert!(
            text.contains("sub/.gitignore of the source") && text.len() < 500,
            "{text}"
        );
    }
}

#[test]
fn an_ignore_file_that_cannot_be_opened_lets_nothing_in() {
    // Left out itself, it would not be missed later on either.
    let project = Project::new(&[
        (".gitignore", "sub/.gitignore\n"),
        ("sub/.gitignore", "secret\n"),
        ("sub/secret", ""),
    ]);
    project.close("sub/.gitignore");
    let refused = bound_by_modes(|| project.refused());
    assert!(matches!(refused, SourceError::Rules { .. }), "{refused}");
    let text = refused.to_string();
    assert!(
        text.contains("sub/.gitignore of the source") && text.contains("Permission denied"),
        "{text}"
    );
    // What is no file has no rules, as to git.
    fs::remove_file(project.path().join("sub/.gitignore")).unwrap();
    fs::create_dir(project.path().join("sub/.gitignore")).unwrap();
    assert_eq!(project.names(), [".gitignore", "sub/secret"]);
}

#[test]
fn ignore_files_outside_the_directory_are_not_looked_at() {
    let outer = Project::new(&[(".gitignore", "*"), ("inner/a", "")]);
    let found = source::list(&outer.path().join("inner"), &[]).unwrap();
    assert!(found.entries().contains_key("a"));
    // Nor through a link.
    let project = Project::new(&[("a", "")]);
    symlink(
        outer.path().join(".gitignore"),
        project.path().join(".gitignore"),
    )
    .unwrap();
    assert_eq!(project.names(), [".gitignore", "a"]);
}

#[test]
fn what_is_no_file_is_left_out_and_never_waited_for() {
    let project = Project::new(&[("a", "")]);
    project.fifo("fifo");
    project.fifo(".gitignore");
    let _socket = std::os::unix::net::UnixListener::bind(project.path().join("socket")).unwrap();
    assert_eq!(project.names(), ["a"]);
    for name in ["fifo", "socket"] {
        assert_eq!(project.list().ignored().by(name), Some(&IgnoredBy::Special));
    }
}

#[test]
fn a_name_or_a_link_that_is_not_utf8_is_refused_unless_it_is_ignored() {
    let name = OsStr::from_bytes(b"bad-\xff");
    let project = Project::new(&[("a", "")]);
    fs::write(project.path().join(name), "").unwrap();
    let refused = project.refused();
    assert!(matches!(refused, SourceError::NotUtf8 { .. }), "{refused}");
    assert!(refused.to_string().contains("bad-"), "{refused}");
    project.write(".gitignore", "bad-*\n");
    assert_eq!(project.names(), [".gitignore", "a"]);
    symlink(name, project.path().join("link")).unwrap();
    let refused = project.refused();
    assert!(refused.to_string().contains("link"), "{refused}");
}

#[test]
fn what_cannot_be_read_is_named_unless_it_is_ignored() {
    let project = Project::new(&[("a", ""), ("closed/b", ""), ("secret", "")]);
    project.close("closed");
    project.close("secret");
    bound_by_modes(|| {
        let refused = project.refused().to_string();
        assert!(
            refused.contains("/closed of the source") && refused.contains("Permission denied"),
            "{refused}"
        );
        project.write(".attestignore", "closed\n");
        let listed = project.list();
        for refused in [
            listed.hash(|_| {}).unwrap_err(),
            listed.open("secret").unwrap_err(),
        ] {
            let refused = refused.to_string();
            assert!(
                refused.contains("/secret of the source") && refused.contains("Permission denied"),
                "{refused}"
            );
        }
        project.write(".attestignore", "closed\nsecret\n");
        assert_eq!(project.list().hash(|_| {}).unwrap().len(), 2);
    });
    let refused = source::list(&project.path().join("gone"), &[]).unwrap_err();
    assert!(refused.to_string().contains("gone"), "{refused}");
    let refused = source::list(&project.path().join("a"), &[]).unwrap_err();
    assert!(refused.to_string().contains("Not a directory"), "{refused}");
}

#[test]
fn a_directory_that_becomes_a_link_does_not_lead_out() {
    let outside = Project::new(&[("f", "theirs")]);
    let project = Project::new(&[
        ("d/f", "ours"),
        ("e/f", "ours"),
        ("g", "ours"),
        ("h", "ours"),
        ("i", "ours"),
    ]);
    let listed = project.list();
    for name in ["d", "e"] {
        fs::remove_dir_all(project.path().join(name)).unwrap();
    }
    for name in ["g", "h", "i"] {
        fs::remove_file(project.path().join(name)).unwrap();
    }
    symlink(outside.path(), project.path().join("d")).unwrap();
    project.write("e", "a file");
    symlink(outside.path().join("f"), project.path().join("g")).unwrap();
    project.fifo("h");
    for path in ["d/f", "e/f", "g", "h"] {
        let refused = listed.open(path).unwrap_err();
        assert!(
            matches!(refused, SourceError::Replaced { .. }),
            "{path}: {refused}"
        );
        assert!(refused.to_string().contains(path), "{refused}");
    }
    let refused = listed.open("i").unwrap_err();
    assert!(
        matches!(refused, SourceError::Unreadable { .. }),
        "{refused}"
    );
    let refused = listed.hash(|_| {}).unwrap_err();
    assert!(refused.to_string().contains("d/f"), "the first: {refused}");
}

#[test]
fn only_what_was_listed_is_opened() {
    let project = Project::new(&[("a/b", ""), ("ignored", ""), (".gitignore", "ignored\n")]);
    symlink("b", project.path().join("a/link")).unwrap();
    let listed = project.list();
    for path in [
        "",
        ".",
        "a",
        "a/../a/b",
        "/etc/passwd",
        "../a",
        "ignored",
        "a/link",
        "a/b/",
    ] {
        assert!(listed.open(path).is_err(), "{path}");
    }
    assert!(listed.open("a/b").is_ok());
}

#[test]
fn the_first_file_that_cannot_be_worked_on_is_the_error() {
    let project = Project::new(&[]);
    for number in 0..200 {
        project.write(&format!("{number:03}"), "");
    }
    let failed: Result<Vec<()>, SourceError> = project.list().each_file(|path, _| match path {
        "050" | "199" => Err(SourceError::NotUtf8 { path: path.into() }),
        _ => Ok(()),
    });
    assert!(failed.unwrap_err().to_string().starts_with("050 "));
}

#[test]
fn a_deep_tree_is_taken_whole_up_to_the_longest_path_and_refused_by_name_beyond() {
    use rustix::fs::{Mode, OFlags, mkdirat, openat};
    let deep = |levels: usize, with_rules: bool| {
        let project = Project::new(&[]);
        let mut handle =
            rustix::fs::open(project.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
        for _ in 0..levels {
            mkdirat(&handle, "d", Mode::RWXU).unwrap();
            handle = openat(&handle, "d", OFlags::DIRECTORY, Mode::empty()).unwrap();
            if with_rules {
                let new = OFlags::CREATE | OFlags::WRONLY;
                openat(&handle, ".gitignore", new, Mode::RWXU).unwrap();
            }
        }
        project
    };
    let fits = deep((LONGEST_PATH - ".gitignore".len()) / 2, true);
    let listed = fits.list();
    assert_eq!(
        listed.entries().len(),
        (LONGEST_PATH - ".gitignore".len()) / 2
    );
    assert_eq!(listed.hash(|_| {}).unwrap().len(), listed.entries().len());

    let project = deep(10_000, false);
    project.write("d/f", "");
    let refused = project.refused();
    assert!(matches!(refused, SourceError::TooLong { .. }), "{refused}");
    let text = refused.to_string();
    assert!(
        text.contains("\"d/d/d") && text.contains("2048") && text.len() < 400,
        "{text}"
    );
    project.write(".attestignore", "/d/d\n");
    assert_eq!(project.names(), [".attestignore", "d/f"]);
    // The library's own removal holds a handle for each level.
    let removed = Command::new("rm")
        .arg("-rf")
        .arg(project.path().join("d"))
        .status();
    assert!(removed.unwrap().success());
}

#[test]
fn a_hundred_thousand_files_are_listed_and_hashed_each_once() {
    let project = Project::new(&[]);
    for directory in 0..20 {
        let path = project.path().join(directory.to_string());
        project.write(&format!("{directory}/0"), &directory.to_string());
        for number in 1..5000 {
            // As many names as asked for, of few files: those take a disk long to make and to remove.
            fs::hard_link(path.join("0"), path.join(number.to_string())).unwrap();
        }
    }
    let hashed = project.list().hash(|_| {}).unwrap();
    let paths: BTreeSet<&str> = hashed.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), 100_000);
    for file in &hashed {
        let (directory, _) = file.path.split_once('/').unwrap();
        assert_eq!(file.digest, Digest::of(directory.as_bytes()));
    }
}
