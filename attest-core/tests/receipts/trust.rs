//! Trust stores are whole or not at all.

use std::fs;
use std::path::Path;

use crate::bodies::key;
use attest_core::trust::{Standing, TrustError, TrustStore, TrustedKey};
use tempfile::TempDir;

const ID: &str = "ID";

/// A folder with one key and this `trust.toml`, in which `ID` stands for the key's id.
fn folder(toml: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let key = key(1).public_key();
    fs::write(
        folder.path().join("trust.toml"),
        toml.replace(ID, &key.id().to_string()),
    )
    .unwrap();
    fs::write(
        folder.path().join(format!("{}.pub", key.id())),
        key.to_pem(),
    )
    .unwrap();
    folder
}

fn entry(more: &str) -> String {
    format!("version = 1\n[[key]]\nid = \"ID\"\nname = \"me\"\n{more}\n")
}

fn read(toml: &str) -> Result<TrustStore, TrustError> {
    TrustStore::read_folder(folder(toml).path())
}

#[test]
fn a_store_is_written_and_read_again() {
    let mut store = TrustStore::new();
    store
        .add(TrustedKey::new(key(1).public_key()).signer("ci \"system\""))
        .unwrap();
    let at = "2026-01-02T03:04:05Z".parse().unwrap();
    store
        .add(TrustedKey {
            standing: Standing::Revoked { at: Some(at) },
            valid_from: Some(at),
            valid_until: Some(at),
            ..TrustedKey::new(key(2).public_key()).signer("old")
        })
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    store.write_folder(&inner).unwrap();
    assert_eq!(TrustStore::read_folder(&inner).unwrap(), store);
    assert_eq!(
        fs::read_dir(&inner).unwrap().count(),
        3,
        "nothing half-written is left"
    );
}

#[test]
fn an_entry_has_one_of_two_states() {
    let standing = |more: &str| read(&entry(more)).map(|s| s.iter().next().unwrap().standing);
    assert_eq!(standing("status = \"trusted\"").unwrap(), Standing::Trusted);
    assert_eq!(
        standing("status = \"revoked\"").unwrap(),
        Standing::Revoked { at: None }
    );
    let at = Some("2026-01-31T11:00:00Z".parse().unwrap());
    assert_eq!(
        standing("status = \"revoked\"\nrevoked_at = \"2026-01-31T12:00:00+01:00\"").unwrap(),
        Standing::Revoked { at }
    );
    assert!(
        matches!(standing("status = \"retired\"").unwrap_err(), TrustError::Status { status, .. } if status == "retired")
    );
    assert!(matches!(
        standing("status = \"Trusted\"").unwrap_err(),
        TrustError::Status { .. }
    ));
    assert!(matches!(
        standing("status = \"revoked\"\nrevoked_at = \"soon\"").unwrap_err(),
        TrustError::Date { .. }
    ));
    assert!(matches!(
        standing("status = \"trusted\"\nrevoked_at = \"2026-01-31T12:00:00Z\"").unwrap_err(),
        TrustError::Date { .. }
    ));
    assert!(matches!(standing("").unwrap_err(), TrustError::Document(_)));
}

#[test]
fn the_signer_is_named_by_the_store() {
    let signer = |more: &str| {
        read(&entry(more))
            .unwrap()
            .iter()
            .next()
            .unwrap()
            .signer
            .clone()
    };
    assert_eq!(signer("status = \"trusted\"").as_deref(), Some("me"));
    assert_eq!(
        signer("status = \"trusted\"\nsigner = \"ci@example.com\"").as_deref(),
        Some("ci@example.com")
    );
}

#[test]
fn one_bad_entry_makes_the_whole_store_unusable() {
    let good = entry("status = \"trusted\"");
    let second =
        |id: &str| format!("{good}[[key]]\nid = \"{id}\"\nname = \"x\"\nstatus = \"trusted\"\n");
    let missing = "0123456789abcdef0123456789abcdef";
    let error = read(&second(missing)).unwrap_err();
    assert!(
        matches!(&error, TrustError::KeyFile { .. }) && error.to_string().contains(missing),
        "{error}"
    );
    assert!(matches!(
        read(&second("../../etc/passwd")).unwrap_err(),
        TrustError::Id { .. }
    ));
    assert!(matches!(
        read(&second(ID)).unwrap_err(),
        TrustError::Duplicate(_)
    ));
    assert!(matches!(
        read(&good.replace("version = 1", "version = 2")).unwrap_err(),
        TrustError::Version(2)
    ));
    assert!(matches!(
        read(&good.replace("version = 1", "")).unwrap_err(),
        TrustError::Document(_)
    ));
    assert!(matches!(
        read("not toml").unwrap_err(),
        TrustError::Document(_)
    ));
}

#[test]
fn a_key_file_must_hold_the_key_of_its_name() {
    let folder = folder(&entry("status = \"trusted\""));
    let file = folder.path().join(format!("{}.pub", key(1).id()));
    let read = || TrustStore::read_folder(folder.path()).unwrap_err();
    fs::write(&file, key(2).public_key().to_pem()).unwrap();
    assert_eq!(
        read(),
        TrustError::OtherKey {
            id: key(1).id(),
            found: key(2).id()
        }
    );
    fs::write(&file, "nothing").unwrap();
    assert!(matches!(read(), TrustError::Key { .. }));
    fs::write(&file, [0xff; 10]).unwrap();
    assert!(matches!(read(), TrustError::KeyFile { .. }));
    fs::remove_file(&file).unwrap();
    assert!(matches!(read(), TrustError::KeyFile { .. }));
}

#[test]
fn a_folder_without_a_list_is_an_error_and_not_an_empty_store() {
    let error = TrustStore::read_folder(Path::new("no/such/folder")).unwrap_err();
    assert!(
        error.to_string().contains("no/such/folder/trust.toml"),
        "{error}"
    );
    assert!(read("version = 1\n").unwrap().is_empty());
}

#[test]
fn a_misspelt_bound_or_list_makes_the_store_unusable() {
    for toml in [
        entry("status = \"trusted\"\nvalid_untill = \"2020-01-01T00:00:00Z\""),
        "version = 1\n[[keys]]\nid = \"ID\"\n".to_owned(),
    ] {
        assert!(
            matches!(read(&toml), Err(TrustError::Document(_))),
            "{toml}"
        );
    }
}

#[test]
fn a_key_without_a_name_is_written_and_read_again() {
    let mut store = TrustStore::new();
    store.add(key(1).public_key()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    store.write_folder(folder.path()).unwrap();
    assert_eq!(TrustStore::read_folder(folder.path()).unwrap(), store);
    let nameless = entry("status = \"trusted\"").replace("name = \"me\"", "name = \"\"");
    assert_eq!(read(&nameless).unwrap().iter().next().unwrap().signer, None);
}

#[test]
fn a_window_that_ends_before_it_begins_makes_the_store_unusable() {
    let window = |from: &str, until: &str| {
        let bounds = format!("valid_from = \"{from}\"\nvalid_until = \"{until}\"");
        read(&entry(&format!("status = \"trusted\"\n{bounds}")))
    };
    let error = window("2026-01-02T00:00:00Z", "2026-01-01T23:59:59Z").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("valid_until is before valid_from"),
        "{error}"
    );
    window("2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z").unwrap();
    // The offset counts, not the text.
    window("2026-01-02T01:00:00+02:00", "2026-01-02T00:00:00Z").unwrap();
}

#[test]
fn a_date_that_only_resembles_one_of_rfc_3339_makes_the_store_unusable() {
    for time in [
        "2026-01-02",
        "2026-01-02T00:00:00",
        "2026-01-02 00:00:00Z",
        "2026-01-02T00:00:00 Z",
        " 2026-01-02T00:00:00Z",
        "2026-1-2T00:00:00Z",
        "2026-01-02T00:00:00+0000",
        "2026-01-02T00:00Z",
    ] {
        for field in ["valid_from", "valid_until"] {
            let error = read(&entry(&format!(
                "status = \"trusted\"\n{field} = \"{time}\""
            )));
            let error = error.expect_err(time).to_string();
            assert!(error.contains(field) && error.contains(time), "{error}");
        }
        let revoked = entry(&format!("status = \"revoked\"\nrevoked_at = \"{time}\""));
        assert!(
            matches!(read(&revoked), Err(TrustError::Date { .. })),
            "{time}"
        );
    }
    read(&entry(
        "status = \"trusted\"\nvalid_from = \"2026-01-02t00:00:00.5z\"",
    ))
    .unwrap();
}

#[test]
fn a_weak_or_oddly_encoded_key_is_refused_when_it_enters() {
    let folder = folder(&entry("status = \"trusted\""));
    let file = folder.path().join(format!("{}.pub", key(1).id()));
    // The identity, a point of order 4, and the identity with its sign bit set: of small order, or no canonical encoding.
    for (hex, says) in [
        (
            "0100000000000000000000000000000000000000000000000000000000000000",
            "weak",
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "weak",
        ),
        (
            "0100000000000000000000000000000000000000000000000000000000000080",
            "canonically",
        ),
        (
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "canonically",
        ),
    ] {
        fs::write(&file, hex).unwrap();
        let error = TrustStore::read_folder(folder.path()).unwrap_err();
        assert!(
            matches!(&error, TrustError::Key { .. }) && error.to_string().contains(says),
            "{hex}: {error}"
        );
    }
}

#[test]
fn what_is_no_file_or_too_large_is_refused_and_never_waited_for() {
    let entry = entry("status = \"trusted\"");
    let fifo = |path: &Path| {
        fs::remove_file(path).unwrap();
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    };
    let zeros = |path: &Path| {
        fs::remove_file(path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", path).unwrap();
    };
    let huge = |path: &Path| {
        let open = fs::File::options().write(true).open(path).unwrap();
        open.set_len(1 << 40).unwrap();
    };
    let directory = |path: &Path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    };
    type Change<'a> = &'a dyn Fn(&Path);
    let ways: [(Change<'_>, &str); 4] = [
        (&fifo, "neither a file"),
        (&zeros, "neither a file"),
        (&huge, "more than 4194304 bytes"),
        (&directory, "a directory"),
    ];
    for (change, says) in ways {
        for name in ["trust.toml".to_owned(), format!("{}.pub", key(1).id())] {
            let folder = folder(&entry);
            change(&folder.path().join(&name));
            let error = TrustStore::read_folder(folder.path()).unwrap_err();
            assert!(error.to_string().contains(says), "{name}: {error}");
        }
    }
}

#[test]
fn a_date_is_text_and_its_error_names_the_key_and_the_field() {
    let date = |text: &str| {
        read(&entry(&format!(
            "status = \"trusted\"\nvalid_until = {text}"
        )))
    };
    for text in [
        "\"2026-01-31\"",
        "\"2026-01-31T12:00:00\"",
        "\"\"",
        "\"tomorrow\"",
    ] {
        let error = date(text).unwrap_err();
        assert!(
            matches!(
                &error,
                TrustError::Date {
                    field: "valid_until",
                    ..
                }
            ),
            "{error}"
        );
        assert!(
            error.to_string().contains(&key(1).id().to_string()),
            "{error}"
        );
    }
    for text in ["2026-01-31T12:00:00Z", "1769860800", "false"] {
        assert!(
            matches!(date(text).unwrap_err(), TrustError::Document(_)),
            "{text}"
        );
    }
}
