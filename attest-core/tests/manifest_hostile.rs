//! Trees that are made to hang, escape, exhaust or confuse; and what changed since a manifest was made.
#![cfg(feature = "fs")]
#![allow(clippy::unwrap_used)] // the whole file is tests

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use attest_core::digest::Digest;
use attest_core::manifest::{
    Kind, Line, Manifest, changed, hash_directory, hash_inputs, hash_outputs,
};
use proptest::prelude::*;
use rustix::fs::{CWD, FileType, Mode};
use tempfile::{TempDir, tempdir};

fn outputs(workspace: &TempDir, declared: &[&str]) -> Result<Vec<String>, (&'static str, String)> {
    let declared: Vec<String> = declared.iter().map(|path| (*path).to_owned()).collect();
    match hash_outputs(workspace.path(), &declared) {
        Ok(manifest) => Ok(manifest.lines.into_iter().map(|line| line.path).collect()),
        Err(error) => Err((error.word(), error.path().to_owned())),
    }
}

fn fifo(path: &Path) {
    rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

#[test]
fn fifos_and_sockets_are_refused_and_nothing_hangs() {
    let ws = tempdir().unwrap();
    fs::create_dir(ws.path().join("d")).unwrap();
    fifo(&ws.path().join("d/fifo"));
    fifo(&ws.path().join("fifo"));
    let _socket = UnixListener::bind(ws.path().join("socket")).unwrap();
    assert_eq!(
        outputs(&ws, &["d"]),
        Err(("not_a_regular_file", "d/fifo".into()))
    );
    assert_eq!(
        outputs(&ws, &["fifo"]),
        Err(("not_a_regular_file", "fifo".into()))
    );
    assert_eq!(
        outputs(&ws, &["socket"]),
        Err(("not_a_regular_file", "socket".into()))
    );
    assert_eq!(outputs(&ws, &["fifo/"]), Err(("not_found", "fifo/".into())));
}

#[test]
fn devices_are_refused_where_they_can_be_made() {
    let ws = tempdir().unwrap();
    let zero = rustix::fs::makedev(1, 5);
    if rustix::fs::mknodat(
        CWD,
        ws.path().join("zero"),
        FileType::CharacterDevice,
        Mode::RUSR,
        zero,
    )
    .is_err()
    {
        eprintln!("skipped: only root can make a device");
        return;
    }
    assert_eq!(
        outputs(&ws, &["."]),
        Err(("not_a_regular_file", "zero".into()))
    );
}

#[test]
fn loops_of_links_are_texts_and_lead_nowhere() {
    let ws = tempdir().unwrap();
    fs::create_dir(ws.path().join("d")).unwrap();
    symlink("b", ws.path().join("d/a")).unwrap();
    symlink("a", ws.path().join("d/b")).unwrap();
    symlink(".", ws.path().join("d/self")).unwrap();
    symlink("../d", ws.path().join("d/up")).unwrap();
    assert_eq!(
        outputs(&ws, &["d"]),
        Ok(["d/a", "d/b", "d/self", "d/up"].map(String::from).to_vec())
    );
    assert_eq!(outputs(&ws, &["d/a/"]), Err(("not_found", "d/a/".into())));
    assert_eq!(outputs(&ws, &["d/a/x"]), Err(("not_found", "d/a/x".into())));
    // Entered as declared, under the name that was declared; never again from inside.
    assert_eq!(outputs(&ws, &["d", "d/self/"]).unwrap().len(), 8);
}

#[test]
fn nothing_outside_is_read_through_links_in_the_middle() {
    let outside = tempdir().unwrap();
    fs::write(outside.path().join("secret"), "x").unwrap();
    let ws = tempdir().unwrap();
    fs::create_dir(ws.path().join("d")).unwrap();
    symlink(outside.path(), ws.path().join("l")).unwrap();
    symlink("../l", ws.path().join("d/l")).unwrap();
    symlink(outside.path().join("secret"), ws.path().join("s")).unwrap();
    for path in ["l/secret", "l/", "d/l/secret", "d/l/", "l/./secret"] {
        assert_eq!(
            outputs(&ws, &[path]),
            Err(("path_outside_workspace", path.into())),
            "{path}"
        );
    }
    assert_eq!(outputs(&ws, &["s"]), Err(("symlink_escapes", "s".into())));
    assert_eq!(outputs(&ws, &["l"]), Err(("symlink_escapes", "l".into())));
    assert_eq!(
        outputs(&ws, &["/etc/passwd"]),
        Err(("path_outside_workspace", "/etc/passwd".into()))
    );
    assert_eq!(
        outputs(&ws, &["d/../../x"]),
        Err(("path_outside_workspace", "d/../../x".into()))
    );
}

#[test]
fn a_workspace_behind_a_link_or_with_dots_is_itself() {
    let real = tempdir().unwrap();
    fs::create_dir(real.path().join("ws")).unwrap();
    fs::write(real.path().join("ws/a"), "x").unwrap();
    symlink("a", real.path().join("ws/l")).unwrap();
    symlink("ws", real.path().join("link")).unwrap();
    let declared = [".".to_owned()];
    let expected = hash_outputs(&real.path().join("ws"), &declared).unwrap();
    assert_eq!(expected.lines.len(), 2);
    for path in ["link", "link/", "ws/../ws", "link/../ws", "./ws/."] {
        assert_eq!(
            hash_outputs(&real.path().join(path), &declared).unwrap(),
            expected,
            "{path}"
        );
    }
    let error = hash_outputs(&real.path().join("nope"), &declared).unwrap_err();
    assert_eq!(error.word(), "unreadable");
    assert!(error.to_string().contains("nope"), "{error}");
}

#[test]
fn names_that_would_forge_a_line_are_refused() {
    for (name, word) in [
        (&b"a\nf:0 b"[..], "path_control_character"),
        (b"a\x7f", "path_control_character"),
        ("a\u{9f}".as_bytes(), "path_control_character"),
        (b"a\xff", "path_not_utf8"),
    ] {
        let ws = tempdir().unwrap();
        let name = std::ffi::OsStr::from_bytes(name);
        fs::create_dir(ws.path().join(name)).unwrap();
        assert_eq!(
            outputs(&ws, &["."]),
            Ok(vec![]),
            "an empty directory does not count, whatever its name"
        );
        fs::write(ws.path().join(name).join("file"), "").unwrap();
        assert_eq!(outputs(&ws, &["."]).unwrap_err().0, word);
    }
    let ws = tempdir().unwrap();
    assert_eq!(
        outputs(&ws, &["a\0b"]),
        Err(("path_control_character", "a\0b".into()))
    );
    assert_eq!(
        outputs(&ws, &[&"x".repeat(300)]).unwrap_err().0,
        "not_found"
    );
    assert_eq!(
        outputs(&ws, &[&"x/".repeat(5000)]).unwrap_err().0,
        "not_found"
    );
}

#[test]
fn a_tree_as_deep_as_the_system_allows_needs_no_call_stack() {
    let ws = tempdir().unwrap();
    let deep = "d/".repeat(1500);
    fs::create_dir_all(ws.path().join(&deep)).unwrap();
    fs::write(ws.path().join(&deep).join("file"), "x").unwrap();
    assert_eq!(outputs(&ws, &["d"]), Ok(vec![format!("{deep}file")]));
}

#[test]
fn a_tree_deeper_than_a_path_can_be_is_an_error_and_not_a_crash() {
    let ws = tempdir().unwrap();
    let mut here =
        rustix::fs::open(ws.path(), rustix::fs::OFlags::DIRECTORY, Mode::empty()).unwrap();
    for _ in 0..3000 {
        rustix::fs::mkdirat(&here, "d", Mode::RWXU).unwrap();
        here =
            rustix::fs::openat(&here, "d", rustix::fs::OFlags::DIRECTORY, Mode::empty()).unwrap();
    }
    assert_eq!(outputs(&ws, &["d"]).unwrap_err().0, "unreadable");
}

#[test]
fn a_hundred_thousand_files_are_each_found_once() {
    let ws = tempdir().unwrap();
    for directory in 0..100 {
        let directory = ws.path().join(format!("d/{directory}"));
        fs::create_dir_all(&directory).unwrap();
        // Links to one file: to make and remove as many files is slow, and no other case.
        fs::write(directory.join("0"), "x").unwrap();
        for file in 1..1000 {
            fs::hard_link(directory.join("0"), directory.join(file.to_string())).unwrap();
        }
    }
    // Declared a thousand times over, in many spellings.
    let declared: Vec<String> = (0..1000)
        .map(|i| format!("d/{}", "./".repeat(i % 7)))
        .collect();
    let manifest = hash_inputs(ws.path(), "true", &declared).unwrap();
    assert_eq!(manifest.lines.len(), 100_000);
    assert!(
        manifest
            .lines
            .is_sorted_by(|a, b| a.path.as_bytes() < b.path.as_bytes())
    );
    assert!(
        manifest
            .lines
            .iter()
            .all(|line| line.digest == Digest::of(b"x") && line.kind == Kind::File)
    );
    assert!(changed(ws.path(), &manifest).unwrap().is_empty());
}

#[test]
fn the_first_fault_by_path_is_reported_every_time() {
    let ws = tempdir().unwrap();
    for i in 0..200 {
        fs::write(ws.path().join(format!("f{i:03}")), "x").unwrap();
    }
    for name in ["m", "c", "x"] {
        fifo(&ws.path().join(name));
    }
    for _ in 0..20 {
        assert_eq!(
            outputs(&ws, &["."]),
            Err(("not_a_regular_file", "c".into()))
        );
    }
}

#[test]
fn a_large_file_is_hashed_in_pieces() {
    let ws = tempdir().unwrap();
    let content: Vec<u8> = (0..5_000_001_u32).map(|i| (i % 251) as u8).collect();
    fs::write(ws.path().join("large"), &content).unwrap();
    let manifest = hash_outputs(ws.path(), &["large".to_owned()]).unwrap();
    assert_eq!(
        manifest.lines,
        [Line {
            path: "large".into(),
            kind: Kind::File,
            digest: Digest::of(&content)
        }]
    );
    assert_eq!(
        hash_directory(ws.path(), "large").unwrap(),
        manifest.digest()
    );
}

#[test]
fn large_files_among_many_small_ones_have_their_own_digests() {
    const LARGE: usize = 8 << 20;
    let ws = tempdir().unwrap();
    fs::create_dir(ws.path().join("d")).unwrap();
    for i in 0..40_u8 {
        let length = if i % 13 == 5 { LARGE } else { 100 };
        fs::write(ws.path().join(format!("d/{i:02}")), vec![i; length]).unwrap();
    }
    let manifest = hash_outputs(ws.path(), &["d".to_owned()]).unwrap();
    assert_eq!(manifest.lines.len(), 40);
    for line in manifest.lines {
        let content = fs::read(ws.path().join(&line.path)).unwrap();
        assert_eq!(line.digest, Digest::of(&content), "{}", line.path);
    }
}

#[test]
fn a_fifo_is_not_the_empty_file_that_it_replaced() {
    let ws = tempdir().unwrap();
    fs::write(ws.path().join("empty"), "").unwrap();
    let manifest = hash_outputs(ws.path(), &["empty".to_owned()]).unwrap();
    fs::remove_file(ws.path().join("empty")).unwrap();
    fifo(&ws.path().join("empty"));
    assert_eq!(changed(ws.path(), &manifest).unwrap(), ["empty"]);
}

#[test]
fn what_changed_is_named_and_what_was_added_is_not() {
    let ws = tempdir().unwrap();
    for name in ["content", "gone", "kind", "same", "target"] {
        fs::create_dir_all(ws.path().join("d")).unwrap();
        fs::write(ws.path().join("d").join(name), name).unwrap();
    }
    symlink("same", ws.path().join("d/link")).unwrap();
    symlink("same", ws.path().join("d/turned")).unwrap();
    symlink("d", ws.path().join("way")).unwrap();
    let manifest = hash_outputs(ws.path(), &["d".to_owned(), "way/same".to_owned()]).unwrap();
    assert!(changed(ws.path(), &manifest).unwrap().is_empty());

    fs::write(ws.path().join("d/added"), "x").unwrap();
    fs::write(ws.path().join("d/content"), "changed").unwrap();
    fs::remove_file(ws.path().join("d/gone")).unwrap();
    fs::remove_file(ws.path().join("d/turned")).unwrap();
    symlink("target", ws.path().join("d/turned")).unwrap();
    // A link to the same content is not the file it was.
    fs::rename(ws.path().join("d/kind"), ws.path().join("kind")).unwrap();
    symlink("../kind", ws.path().join("d/kind")).unwrap();
    assert_eq!(
        changed(ws.path(), &manifest).unwrap(),
        ["d/content", "d/gone", "d/kind", "d/turned"]
    );

    let outside = tempdir().unwrap();
    fs::write(outside.path().join("same"), "same").unwrap();
    fs::remove_file(ws.path().join("way")).unwrap();
    symlink(outside.path(), ws.path().join("way")).unwrap();
    assert!(
        changed(ws.path(), &manifest)
            .unwrap()
            .contains(&"way/same".to_owned()),
        "never through a link that leaves"
    );

    fs::remove_file(ws.path().join("d/same")).unwrap();
    fifo(&ws.path().join("d/same"));
    assert!(
        changed(ws.path(), &manifest)
            .unwrap()
            .contains(&"d/same".to_owned())
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// A second, naive maker of manifests: sorted paths from a map of what was written.
    #[test]
    fn any_tree_gives_the_lines_of_what_was_written(
        files in prop::collection::btree_map("[a-c .é-]{1,3}(/[a-c .é-]{1,3}){0,3}", any::<Vec<u8>>(), 0..20),
        run in any::<String>(),
    ) {
        let ws = tempdir().unwrap();
        let mut written = BTreeMap::new();
        for (path, content) in files {
            let at = ws.path().join(&path);
            let plain = path.split('/').all(|part| part != "." && part != "..");
            if plain && fs::create_dir_all(at.parent().unwrap()).is_ok() && !at.exists() && fs::write(&at, &content).is_ok() {
                written.insert(path, content);
            }
        }
        let mut text = format!("attest-manifest/v1\nrun:{}\n", Digest::of(run.as_bytes()).hex());
        for (path, content) in &written {
            text += &format!("f:{} {path}\n", Digest::of(content).hex());
        }
        let whole = hash_inputs(ws.path(), &run, &[".".to_owned()]).unwrap();
        prop_assert_eq!(whole.text(), text);
        // Naming every file instead gives the same.
        let each: Vec<String> = written.keys().rev().cloned().collect();
        let each: Manifest = hash_inputs(ws.path(), &run, &each).unwrap();
        prop_assert_eq!(each, whole);
    }
}
