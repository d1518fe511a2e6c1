//! A file at hand and a receipt: both have to be in order.

use crate::bodies::{full, key};
use attest_core::digest::Digest;
use attest_core::receipt::{Artifact, Body, Receipt, Spelled};
use attest_core::verify::{
    ArtifactReport, AttestedFile, CheckName, Evidence, HeldFile, Status, Verifier,
};

fn verifier() -> Verifier {
    Verifier::builder()
        .trusted_key(key(1).public_key())
        .unwrap()
        .now("2026-11-24T12:30:00Z".parse().unwrap())
        .build()
}

fn artifact(step: &str, path: &str, kind: &str, text: &str) -> Artifact {
    Artifact {
        step: step.to_owned(),
        path: path.to_owned(),
        kind: kind.to_owned(),
        digest: Digest::of(text.as_bytes()).into(),
        algorithm: Artifact::BLAKE3.to_owned(),
    }
}

/// A receipt of these outputs.
fn receipt(artifacts: Vec<Artifact>) -> Receipt {
    let mut body: Body = full();
    body.provenance.as_mut().unwrap().artifacts = artifacts;
    body.sign(&key(1)).unwrap()
}

fn judge(receipt: &Receipt, content: &str) -> ArtifactReport {
    verifier()
        .verify_artifact(receipt.raw(), &HeldFile::of("at hand", content.as_bytes()))
        .unwrap()
}

fn at(step: &str, path: &str) -> AttestedFile {
    AttestedFile {
        step: step.to_owned(),
        path: path.to_owned(),
    }
}

#[test]
fn a_file_is_attested_by_its_content_with_every_step_that_wrote_it() {
    let receipt = receipt(vec![
        artifact("a", "out/app", Artifact::FILE, "app"),
        artifact("b", "dist/app-1.0", Artifact::FILE, "app"),
        artifact("b", "dist/notes", Artifact::FILE, "notes"),
    ]);
    let found = judge(&receipt, "app");
    assert!(found.valid);
    assert_eq!(found.digest, Digest::of(b"app").to_string());
    assert_eq!(
        found.attested,
        [at("a", "out/app"), at("b", "dist/app-1.0")]
    );
    let check = found.report.check(CheckName::Artifacts).unwrap();
    assert_eq!((check.status, check.code.as_ref()), (Status::Pass, "ok"));
    assert_eq!(judge(&receipt, "notes").attested, [at("b", "dist/notes")]);
}

#[test]
fn a_file_that_is_not_attested_fails_the_check_artifacts() {
    let found = judge(
        &receipt(vec![artifact("a", "out/app", Artifact::FILE, "app")]),
        "App",
    );
    assert!(!found.valid && !found.report.valid && found.attested.is_empty());
    let check = found.report.check(CheckName::Artifacts).unwrap();
    assert_eq!(
        (check.status, check.code.as_ref()),
        (Status::Fail, "file_not_attested")
    );
    assert!(
        check.detail.contains("at hand") && check.detail.contains(&found.digest),
        "{}",
        check.detail
    );
}

/// The digest of a link is that of its target's text, of a directory that of its manifest: a file that holds that text
/// is another thing.
#[test]
fn the_text_behind_a_link_or_a_directory_is_no_attested_file() {
    let manifest = "attest-manifest/v1\n";
    let mut foreign = artifact("a", "out/sha", Artifact::FILE, "content");
    foreign.algorithm = "sha256".to_owned();
    let receipt = receipt(vec![
        artifact("a", "out/link", Artifact::SYMLINK, "app"),
        artifact("a", "out", Artifact::DIRECTORY, manifest),
        artifact("a", "out/device", "device", "other"),
        foreign,
    ]);
    for content in ["app", manifest, "other", "content"] {
        let found = judge(&receipt, content);
        assert!(!found.valid && found.attested.is_empty(), "{content}");
    }
}

#[test]
fn a_file_is_not_valid_beside_a_receipt_that_is_not() {
    let good = receipt(vec![artifact("a", "out/app", Artifact::FILE, "app")]);
    let changed = good.to_json().replace("built", "bulit");
    let file = HeldFile::of("app", b"app");
    let found = verifier()
        .verify_artifact(changed.as_bytes(), &file)
        .unwrap();
    assert!(!found.valid);
    assert_eq!(
        found.attested,
        [at("a", "out/app")],
        "what the receipt says, believed or not"
    );
    let no_receipt = verifier().verify_artifact(b"{}", &file).unwrap();
    assert!(!no_receipt.valid && no_receipt.attested.is_empty());
    verifier().verify_artifact(b"{", &file).unwrap_err();
}

#[test]
fn a_receipt_without_provenance_or_with_a_malformed_digest_attests_no_file() {
    let mut body = full();
    body.provenance = None;
    assert!(!judge(&body.sign(&key(1)).unwrap(), "app").valid);
    let good = receipt(vec![artifact("a", "out/app", Artifact::FILE, "app")]);
    let digest = Digest::of(b"app").to_string();
    let malformed = good.to_json().replace(&digest, &digest.to_uppercase());
    let malformed = Receipt::parse(malformed.as_bytes()).unwrap();
    let artifacts = &malformed.body().provenance.as_ref().unwrap().artifacts;
    assert!(matches!(artifacts[0].digest, Spelled::Malformed(_)));
    assert!(!judge(&malformed, "app").valid);
}

#[test]
fn each_of_several_files_has_to_be_attested() {
    let receipt = receipt(vec![artifact("a", "out/app", Artifact::FILE, "app")]);
    let mut evidence = Evidence::default();
    evidence.files.push(HeldFile::of("one", b"app"));
    assert!(verifier().verify_with(&receipt, &evidence).valid);
    evidence.files.push(HeldFile::of("two", b"other"));
    let report = verifier().verify_with(&receipt, &evidence);
    assert!(!report.valid);
    let check = report.check(CheckName::Artifacts).unwrap();
    assert!(check.detail.contains("two"), "{}", check.detail);
}

#[cfg(feature = "fs")]
mod files {
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use attest_core::held::{FileError, FileFault};

    use super::*;

    fn refused(path: &Path) -> FileError {
        let error = HeldFile::read(path).unwrap_err();
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
        error
    }

    #[test]
    fn a_file_and_what_a_link_leads_to_are_hashed() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("app"), dir.path().join("link"));
        std::fs::write(&file, "app").unwrap();
        symlink("app", &link).unwrap();
        for path in [&file, &link] {
            let held = HeldFile::read(path).unwrap();
            assert_eq!(held, HeldFile::of(path.to_str().unwrap(), b"app"));
        }
        std::fs::write(&file, "").unwrap();
        assert_eq!(HeldFile::read(&file).unwrap().digest, Digest::of(b""));
    }

    #[test]
    fn what_is_no_file_is_refused_and_never_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let (fifo, socket) = (dir.path().join("fifo"), dir.path().join("socket"));
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for path in [fifo.as_path(), &socket, Path::new("/dev/zero")] {
            let error = refused(path);
            assert!(matches!(error.fault(), FileFault::NotAFile), "{error}");
        }
        assert!(matches!(refused(dir.path()).fault(), FileFault::Directory));
        let absent = refused(&dir.path().join("absent"));
        assert!(
            matches!(absent.fault(), FileFault::Unreadable(_)),
            "{absent}"
        );
    }
}
