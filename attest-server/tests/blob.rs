//! The store of blobs.

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
use std::io::{self, Read};
use std::path::PathBuf;

use attest_core::digest::Digest;
use attest_server::blob::{BlobError, BlobStore};

struct Store {
    dir: tempfile::TempDir,
    blobs: BlobStore,
}

impl Store {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(dir.path()).unwrap();
        Self { dir, blobs }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.dir.path().join(&hex[..2]).join(&hex[2..4]).join(&hex)
    }

    fn half_written(&self) -> usize {
        fs::read_dir(self.dir.path().join("tmp")).unwrap().count()
    }

    fn quarantined(&self) -> usize {
        fs::read_dir(self.dir.path().join("quarantine"))
            .unwrap()
            .count()
    }
}

#[test]
fn what_is_put_is_read_back_under_its_digest() {
    let store = Store::new();
    for size in [0, 1, 300_000, 3_000_000] {
        let bytes: Vec<u8> = (0..size).map(|i: u32| (i % 251) as u8).collect();
        let digest = Digest::of(&bytes);
        assert!(!store.blobs.contains(&digest));
        assert_eq!(
            store.blobs.put_reader(bytes.as_slice()).unwrap(),
            (digest, u64::from(size))
        );
        assert_eq!(store.blobs.put_bytes(&bytes).unwrap(), digest);
        assert_eq!(store.blobs.read(&digest, 1 << 30).unwrap(), bytes);
        let mut opened = Vec::new();
        store
            .blobs
            .open_verified(&digest)
            .unwrap()
            .read_to_end(&mut opened)
            .unwrap();
        assert_eq!(opened, bytes);
    }
    store.blobs.sync().unwrap();
    assert_eq!(store.half_written(), 0);
}

#[test]
fn a_file_is_stored_whole_wherever_its_handle_stands() {
    let store = Store::new();
    for size in [10_usize, 1 << 20, (1 << 20) + 1] {
        let path = store.dir.path().join("file");
        let bytes = vec![7; size];
        fs::write(&path, &bytes).unwrap();
        let mut file = fs::File::open(&path).unwrap();
        file.read_exact(&mut [0; 5]).unwrap();
        for _ in 0..2 {
            assert_eq!(
                store.blobs.put_file(&file).unwrap(),
                (Digest::of(&bytes), size as u64)
            );
        }
        assert_eq!(store.blobs.size(&Digest::of(&bytes)), Some(size as u64));
    }
}

#[test]
fn no_more_is_read_of_a_file_than_it_has_when_the_reading_begins() {
    let store = Store::new();
    // A file with more to read than its size says, like a log that grows faster than it is read.
    let file = fs::File::open("/proc/version").unwrap();
    assert_eq!(file.metadata().unwrap().len(), 0);
    assert_eq!(store.blobs.put_file(&file).unwrap(), (Digest::of(b""), 0));
}

#[test]
fn a_damaged_blob_is_moved_aside_and_can_be_stored_anew() {
    let store = Store::new();
    for damaged in ["evil", "good and more", ""] {
        let digest = store.blobs.put_bytes(b"good").unwrap();
        let before = store.quarantined();
        fs::write(store.path(&digest), damaged).unwrap();
        let refused = store.blobs.read(&digest, 100).unwrap_err();
        assert!(
            matches!(refused, BlobError::Corrupt(found) if found == digest),
            "{refused}"
        );
        assert!(matches!(
            store.blobs.open_verified(&digest),
            Err(BlobError::Missing(_))
        ));
        assert_eq!(store.quarantined(), before + 1);
        store.blobs.put_bytes(b"good").unwrap();
        assert_eq!(store.blobs.read(&digest, 100).unwrap(), b"good");
    }
}

/// Stands for a reader that was slower than one who found the damage too, and an upload that mended it.
struct MendsMeanwhile<'a>(&'a Store, Digest);

impl io::Write for MendsMeanwhile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let refused = self.0.blobs.read(&self.1, 100).unwrap_err();
        assert!(matches!(refused, BlobError::Corrupt(_)), "{refused}");
        self.0.blobs.put_bytes(b"good").unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_late_reader_of_a_damaged_blob_leaves_the_mended_one_alone() {
    let store = Store::new();
    let digest = store.blobs.put_bytes(b"good").unwrap();
    fs::write(store.path(&digest), "evil").unwrap();
    let refused = store
        .blobs
        .copy_to(&digest, &mut MendsMeanwhile(&store, digest))
        .unwrap_err();
    assert!(matches!(refused, BlobError::Corrupt(_)), "{refused}");
    assert_eq!(store.blobs.read(&digest, 100).unwrap(), b"good");
    assert_eq!(store.quarantined(), 1);
}

#[test]
fn storing_replaces_a_torn_blob_of_another_size() {
    let store = Store::new();
    let digest = store.blobs.put_bytes(b"good").unwrap();
    fs::write(store.path(&digest), "go").unwrap();
    store.blobs.put_reader(b"good".as_slice()).unwrap();
    assert_eq!(store.blobs.read(&digest, 100).unwrap(), b"good");
}

#[test]
fn a_reader_that_fails_leaves_nothing_behind() {
    struct Failing(u32);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 < 3 {
                buffer.fill(1);
                return Ok(buffer.len());
            }
            Err(io::Error::other("gone"))
        }
    }
    let store = Store::new();
    let refused = store.blobs.put_reader(Failing(0)).unwrap_err();
    assert!(refused.to_string().contains("gone"));
    assert_eq!(store.half_written(), 0);
}

#[test]
fn opening_clears_away_what_was_half_written() {
    let store = Store::new();
    fs::write(store.dir.path().join("tmp/0"), "half").unwrap();
    let kept = store.blobs.put_bytes(b"kept").unwrap_err();
    assert!(
        matches!(kept, BlobError::Io { .. }),
        "a name of another process is never reused"
    );
    let again = BlobStore::open(store.dir.path()).unwrap();
    assert_eq!(store.half_written(), 0);
    again.put_bytes(b"kept").unwrap();
}

#[test]
fn many_writers_of_one_blob_agree() {
    let store = Store::new();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..50_u32 {
                    let bytes = number.to_le_bytes().repeat(5000);
                    let (digest, _) = store.blobs.put_reader(bytes.as_slice()).unwrap();
                    assert_eq!(store.blobs.read(&digest, 1 << 20).unwrap(), bytes);
                }
            });
        }
    });
    assert_eq!((store.half_written(), store.quarantined()), (0, 0));
}

#[test]
fn a_missing_or_too_large_blob_is_named() {
    let store = Store::new();
    let missing = Digest::of(b"missing");
    assert!(matches!(store.blobs.read(&missing, 10), Err(BlobError::Missing(d)) if d == missing));
    let digest = store.blobs.put_bytes(b"12345").unwrap();
    assert!(matches!(
        store.blobs.read(&digest, 4),
        Err(BlobError::TooLarge {
            size: 5,
            limit: 4,
            ..
        })
    ));
}

/// Something that is no file, in a blob's place.
type Thing = fn(&std::path::Path);

#[test]
fn what_is_no_file_in_a_blobs_place_is_damage_is_not_waited_for_and_gives_way() {
    fn node(path: &std::path::Path, kind: rustix::fs::FileType) {
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, path, kind, mode, 0).unwrap();
    }
    let things: [(&str, Thing); 5] = [
        ("a directory", |path| {
            fs::create_dir(path).unwrap();
            fs::write(path.join("inside"), "evil").unwrap();
        }),
        ("a FIFO", |path| node(path, rustix::fs::FileType::Fifo)),
        ("a socket", |path| node(path, rustix::fs::FileType::Socket)),
        ("a link to such content", |path| {
            let elsewhere = path.with_extension("elsewhere");
            fs::write(&elsewhere, "good").unwrap();
            std::os::unix::fs::symlink(elsewhere, path).unwrap();
        }),
        ("a dangling link", |path| {
            std::os::unix::fs::symlink("nowhere", path).unwrap();
        }),
    ];
    for (what, put) in things {
        let store = Store::new();
        let digest = store.blobs.put_bytes(b"good").unwrap();
        fs::remove_file(store.path(&digest)).unwrap();
        put(&store.path(&digest));
        assert!(!store.blobs.contains(&digest), "{what}");
        assert_eq!(store.blobs.lease(&digest), None, "{what}");
        for _ in 0..2 {
            assert!(
                store.blobs.copy_to(&digest, &mut io::sink()).is_err(),
                "{what}"
            );
            assert!(store.blobs.open_verified(&digest).is_err(), "{what}");
        }
        assert_eq!(store.quarantined(), 1, "{what}");
        store.blobs.put_bytes(b"good").unwrap();
        assert_eq!(store.blobs.read(&digest, 100).unwrap(), b"good", "{what}");
        let tomorrow = chrono::Utc::now() + chrono::TimeDelta::days(1);
        store.blobs.clear_quarantine(tomorrow).unwrap();
        assert_eq!(store.quarantined(), 0, "{what}");
    }
}

#[test]
fn whoever_has_the_content_mends_a_blob_that_was_damaged_without_a_change_of_size() {
    for size in [4, (1 << 20) + 1] {
        let good = vec![1; size];
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, &good).unwrap();
        type Put<'a> = &'a dyn Fn(&BlobStore) -> Digest;
        let digest = Digest::of(&good);
        let ways: [(&str, Put<'_>); 3] = [
            ("bytes", &|blobs| blobs.put_bytes(&good).unwrap()),
            ("a step's output", &|blobs| {
                blobs.put_file_whole(&file).unwrap().0
            }),
            ("an upload", &|blobs| {
                let size = good.len() as u64;
                blobs.put_expected(&digest, good.as_slice(), size).unwrap();
                digest
            }),
        ];
        for (way, put) in ways {
            let store = Store::new();
            assert_eq!(put(&store.blobs), digest);
            let mut evil = good.clone();
            evil[size / 2] ^= 1;
            fs::write(store.path(&digest), evil).unwrap();
            assert_eq!(put(&store.blobs), digest);
            assert_eq!(store.quarantined(), 1, "{way}, {size} bytes");
            assert_eq!(store.blobs.read(&digest, 1 << 30).unwrap(), good, "{way}");
            assert_eq!(put(&store.blobs), digest);
            assert_eq!(store.quarantined(), 1, "{way}: what is whole stays");
        }
    }
}
