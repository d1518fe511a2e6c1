//! Exporting from a workspace: what is read, and what is not read in its place.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use attest_core::digest::Digest;
use attest_core::export::{Export, ExportError, Format, Options, from_workspace};
use attest_core::key::SigningKey;
use attest_core::receipt::{Artifact, Receipt};
use chrono::Utc;
use tempfile::TempDir;

use super::{artifact, built, now};
use crate::bodies::key;

/// A workspace with the files of [`built`]: each holds its own path.
fn workspace() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["out", "obj"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
    }
    for path in ["out/lib", "out/app", "obj/x.o"] {
        fs::write(dir.path().join(path), path).unwrap();
    }
    dir
}

fn export(workspace: &Path) -> Result<Export, ExportError> {
    let receipt = built().sign(&key(1)).unwrap();
    from_workspace(&receipt, workspace, &key(1), &Options::default(), now())
}

#[test]
fn the_files_of_the_workspace_are_the_subjects_and_only_they_are_needed() {
    let dir = workspace();
    fs::remove_dir_all(dir.path().join("obj")).unwrap();
    let one = export(dir.path()).unwrap();
    assert_eq!(one.subjects(), ["out/app", "out/lib"]);
    assert_eq!(one, export(dir.path()).unwrap(), "deterministic");
    assert!(one.text(Format::InToto).len() > 100);
}

#[test]
fn a_missing_file_and_whatever_is_no_file_are_refused() {
    type Put = fn(&Path);
    let breaks: [(&str, Put); 5] = [
        ("nothing", |_| {}),
        ("a directory", |path| fs::create_dir(path).unwrap()),
        ("a link to its own content", |path| {
            symlink("copy", path).unwrap()
        }),
        ("a link out of the workspace", |path| {
            symlink("/etc/hostname", path).unwrap()
        }),
        ("a FIFO", |path| {
            rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).unwrap();
        }),
    ];
    for (what, put) in breaks {
        let dir = workspace();
        let path = dir.path().join("out/app");
        fs::rename(&path, dir.path().join("out/copy")).unwrap();
        put(&path);
        assert_eq!(
            export(dir.path()).unwrap_err(),
            ExportError::Missing("out/app".to_owned()),
            "{what}"
        );
    }
}

#[test]
fn a_changed_file_is_refused_with_both_digests() {
    let dir = workspace();
    fs::write(dir.path().join("out/app"), "out/apq").unwrap();
    let error = export(dir.path()).unwrap_err();
    assert_eq!(error.code(), "subject_changed");
    assert!(
        error
            .to_string()
            .contains(&Digest::of(b"out/apq").to_string()),
        "{error}"
    );
}

#[test]
fn a_folder_that_has_become_a_link_is_followed_inside_the_workspace_alone() {
    let dir = workspace();
    fs::rename(dir.path().join("out"), dir.path().join("moved")).unwrap();
    symlink("moved", dir.path().join("out")).unwrap();
    assert!(export(dir.path()).is_ok(), "as it is when it is hashed");
    let outside = workspace();
    fs::remove_file(dir.path().join("out")).unwrap();
    symlink(outside.path().join("out"), dir.path().join("out")).unwrap();
    assert_eq!(
        export(dir.path()).unwrap_err().code(),
        "path_outside_workspace"
    );
}

#[test]
fn content_and_neighbours_that_are_no_text_do_not_matter() {
    let dir = workspace();
    let bytes = [0xff, 0x00, 0xfe];
    fs::write(dir.path().join("out/app"), bytes).unwrap();
    fs::write(dir.path().join(OsStr::from_bytes(b"out/\xff")), "x").unwrap();
    let mut body = built();
    body.provenance.as_mut().unwrap().artifacts[3].digest = Digest::of(&bytes).into();
    let receipt = body.sign(&key(1)).unwrap();
    let exported = from_workspace(&receipt, dir.path(), &key(1), &Options::default(), now());
    assert_eq!(exported.unwrap().subjects().len(), 2);
}

#[test]
fn a_workspace_or_file_that_cannot_be_read_is_named() {
    let dir = workspace();
    let none = dir.path().join("none");
    let error = export(&none).unwrap_err();
    assert!(error.to_string().contains("none"), "{error}");
    let file = dir.path().join("out/app");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything.
    if fs::read(&file).is_err() {
        assert_eq!(export(dir.path()).unwrap_err().code(), "subject_unreadable");
    }
}

#[test]
fn many_files_are_read_in_the_order_of_their_paths() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("out")).unwrap();
    let mut body = built();
    let artifacts = &mut body.provenance.as_mut().unwrap().artifacts;
    *artifacts = (0..200)
        .map(|i| artifact("b", &format!("out/{i}"), Artifact::FILE))
        .collect();
    for artifact in artifacts.iter() {
        fs::write(dir.path().join(&artifact.path), &artifact.path).unwrap();
    }
    let receipt = body.sign(&key(1)).unwrap();
    let exported =
        from_workspace(&receipt, dir.path(), &key(1), &Options::default(), now()).unwrap();
    assert!(exported.subjects().is_sorted());
    assert_eq!(exported.subjects().len(), 200);
}

/// Whoever has this receipt, key and file exports these very bytes, in every language.
#[test]
fn the_export_of_the_shared_receipt_is_the_same_bytes_everywhere() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    let golden = tests.join("provenance/golden");
    let key = SigningKey::read_file(&golden.join("key.pem")).unwrap();
    let receipt = fs::read(tests.join("vectors/receipts/basic/receipt.yaml")).unwrap();
    let receipt = Receipt::parse(&receipt).unwrap();
    let receipt = receipt.body().clone().sign(&key).unwrap();
    let workspace = golden.join("workspace");
    let export =
        from_workspace(&receipt, &workspace, &key, &Options::default(), Utc::now()).unwrap();
    for format in Format::ALL {
        let expected = golden.join("basic").with_extension(format.ending());
        assert_eq!(export.text(format), fs::read_to_string(expected).unwrap());
    }
}
