//! How long blobs live: leases, removal, counts, and what is said of content that is not what it should be.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "support/clock.rs"]
mod clock;

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use attest_core::digest::Digest;
use attest_server::blob::{BlobError, BlobStore, Count, IDLE, LEASE};
use chrono::{DateTime, TimeDelta, Utc};
use clock::Clock;

struct Store {
    dir: tempfile::TempDir,
    blobs: BlobStore,
    clock: Clock,
}

impl Store {
    fn new() -> Self {
        let (dir, clock) = (tempfile::tempdir().unwrap(), Clock::new());
        let blobs = BlobStore::open_with(dir.path(), clock.host()).unwrap();
        Self { dir, blobs, clock }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.dir.path().join(&hex[..2]).join(&hex[2..4]).join(&hex)
    }

    /// What a collection now would take for idle.
    fn idle_since(&self) -> DateTime<Utc> {
        self.clock.now() - TimeDelta::from_std(IDLE).unwrap()
    }

    fn collect(&self, digest: &Digest) -> Option<u64> {
        self.blobs
            .remove_if_idle(digest, self.idle_since())
            .unwrap()
    }

    fn half_written(&self) -> usize {
        fs::read_dir(self.dir.path().join("tmp")).unwrap().count()
    }
}

const MINUTE: i64 = 60;

#[test]
fn a_blob_outlives_its_lease_and_goes_when_it_is_idle() {
    let store = Store::new();
    let put = store.blobs.put_bytes(b"put").unwrap();
    store.clock.advance(60 * MINUTE);
    assert_eq!(store.collect(&put), None, "an hour after it was put");
    assert_eq!(store.blobs.lease(&put), Some(3));
    store.clock.advance(60 * MINUTE);
    assert_eq!(store.collect(&put), None, "an hour after it was leased");
    store.clock.advance(11 * MINUTE);
    assert_eq!(store.collect(&put), Some(3));
    assert_eq!(store.collect(&put), None);
    assert_eq!(store.blobs.lease(&put), None);
}

#[test]
fn every_way_of_putting_renews_a_lease() {
    type Put = fn(&BlobStore, &[u8], &fs::File) -> Digest;
    let ways: [(&str, Put); 4] = [
        ("bytes", |blobs, bytes, _| blobs.put_bytes(bytes).unwrap()),
        ("reader", |blobs, bytes, _| {
            blobs.put_reader(bytes).unwrap().0
        }),
        ("file", |blobs, _, file| blobs.put_file(file).unwrap().0),
        ("expected", |blobs, bytes, _| {
            let digest = Digest::of(bytes);
            let size = bytes.len() as u64;
            blobs.put_expected(&digest, bytes, size).unwrap();
            digest
        }),
    ];
    for size in [5, 2 << 20] {
        let bytes = vec![1; size];
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
        for (way, put) in ways {
            let store = Store::new();
            let digest = put(&store.blobs, &bytes, &file);
            store.clock.advance(100 * MINUTE);
            put(&store.blobs, &bytes, &file);
            store.clock.advance(60 * MINUTE);
            assert_eq!(store.collect(&digest), None, "{way}, {size} bytes");
        }
    }
}

#[test]
fn a_lease_lasts_its_hour_also_where_the_mark_was_too_young_to_be_renewed() {
    let store = Store::new();
    let digest = store.blobs.put_bytes(b"x").unwrap();
    store.clock.advance(9 * MINUTE);
    store.blobs.lease(&digest).unwrap();
    store.clock.advance(i64::try_from(LEASE.as_secs()).unwrap());
    assert_eq!(store.collect(&digest), None);
}

#[test]
fn a_mark_from_a_clock_that_ran_ahead_does_not_keep_a_blob_for_ever() {
    let store = Store::new();
    store.clock.advance(1_000_000 * MINUTE);
    let digest = store.blobs.put_bytes(b"x").unwrap();
    store.clock.advance(-1_000_000 * MINUTE);
    store.blobs.lease(&digest).unwrap();
    store.clock.advance(71 * MINUTE);
    assert_eq!(store.collect(&digest), Some(1));
}

#[test]
fn content_that_is_not_what_was_promised_is_not_stored() {
    let store = Store::new();
    let promised = Digest::of(b"good");
    for stored_before in [false, true] {
        if stored_before {
            store.blobs.put_bytes(b"good").unwrap();
        }
        let refused = store
            .blobs
            .put_expected(&promised, &b"evil"[..], 4)
            .unwrap_err();
        assert!(
            matches!(refused, BlobError::Unexpected { expected, found }
                if expected == promised && found == Digest::of(b"evil")),
            "{refused}"
        );
        assert_eq!(store.blobs.contains(&promised), stored_before);
        assert!(!store.blobs.contains(&Digest::of(b"evil")));
    }
    assert_eq!(store.half_written(), 0);
}

#[test]
fn a_source_that_fails_is_told_from_a_store_that_does() {
    struct Full;
    impl Read for Full {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }
    let store = Store::new();
    let refused = store
        .blobs
        .put_expected(&Digest::of(b""), Full, 9)
        .unwrap_err();
    assert!(matches!(refused, BlobError::Source(_)), "{refused}");
    assert!(
        !refused.is_storage_full(),
        "it is not this store that is full"
    );
    assert_eq!(store.half_written(), 0);
}

#[test]
fn counts_follow_every_change_and_agree_with_a_new_walk() {
    let store = Store::new();
    let count = |objects, bytes| Count { objects, bytes };
    store.blobs.put_bytes(b"before the first look").unwrap();
    assert_eq!(store.blobs.count().unwrap(), count(1, 21));
    let three = store.blobs.put_bytes(b"333").unwrap();
    store.blobs.put_reader(&b"333"[..]).unwrap();
    let four = store.blobs.put_bytes(b"4444").unwrap();
    assert_eq!(store.blobs.count().unwrap(), count(3, 28));
    assert_eq!(store.blobs.remove(&three).unwrap(), Some(3));
    assert_eq!(store.blobs.remove(&three).unwrap(), None);
    assert_eq!(store.blobs.count().unwrap(), count(2, 25));
    fs::write(store.path(&four), "of another size").unwrap();
    store.blobs.read(&four, 100).unwrap_err();
    assert_eq!(store.blobs.count().unwrap(), count(1, 21));
    let anew = BlobStore::open(store.dir.path()).unwrap();
    assert_eq!(anew.count().unwrap(), count(1, 21));
}

#[test]
fn what_is_in_quarantine_is_known_and_cleared_by_its_age_there() {
    let store = Store::new();
    let digest = store.blobs.put_bytes(b"good").unwrap();
    store.clock.advance(1000 * MINUTE);
    fs::write(store.path(&digest), "evil").unwrap();
    store.blobs.read(&digest, 100).unwrap_err();
    assert!(store.blobs.is_quarantined(&digest));
    assert!(!store.blobs.is_quarantined(&Digest::of(b"other")));
    assert_eq!(store.blobs.clear_quarantine(store.idle_since()).unwrap(), 0);
    store.clock.advance(100 * MINUTE);
    assert_eq!(store.blobs.clear_quarantine(store.idle_since()).unwrap(), 4);
    assert!(!store.blobs.is_quarantined(&digest));
}

/// Writers, askers and collectors on the same few blobs. Time jumps far ahead all the while, so that a blob is nearly
/// always old enough to go unless somebody has just been told that it is there; each promise is then held against the
/// store, before the clock can have moved past it.
#[test]
fn nothing_that_was_promised_is_missing_however_put_lease_and_removal_meet() {
    const BLOBS: u64 = 8;
    const ROUNDS: u64 = 1500;
    let store = Store::new();
    let content = |number: u64| number.to_le_bytes().repeat(20);
    let digests: Vec<Digest> = (0..BLOBS).map(|n| Digest::of(&content(n))).collect();
    let (done, removed, kept) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    // Whoever relies on a promise holds time still for it, as an hour does.
    let time = std::sync::RwLock::new(());
    std::thread::scope(|scope| {
        let users: Vec<_> = (0..4_u64)
            .map(|user| {
                let (store, digests, time, kept) = (&store, &digests, &time, &kept);
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        let number = (round / 3 + user * 3) % BLOBS;
                        let digest = &digests[usize::try_from(number).unwrap()];
                        let _still = time.read().unwrap();
                        let promised = if (round + user) % 2 == 0 {
                            store.blobs.put_bytes(&content(number)).unwrap();
                            true
                        } else {
                            store.blobs.lease(digest).is_some()
                        };
                        if promised {
                            kept.fetch_add(1, Ordering::Relaxed);
                            std::thread::yield_now();
                            assert_eq!(
                                store.blobs.read(digest, 1000).expect("what was promised"),
                                content(number)
                            );
                        }
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    for digest in &digests {
                        if store.collect(digest).is_some() {
                            removed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
        scope.spawn(|| {
            let mut seen = 0;
            while !done.load(Ordering::Relaxed) {
                // At most once per promise: file systems do not count past some century.
                let promised = kept.load(Ordering::Relaxed);
                if promised != seen {
                    seen = promised;
                    // Between two promises, never within one.
                    let _moving = time.write().unwrap();
                    store.clock.advance(80 * MINUTE);
                }
                std::thread::yield_now();
            }
        });
        for user in users {
            let outcome = user.join();
            if outcome.is_err() {
                done.store(true, Ordering::Relaxed);
            }
            outcome.unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(removed.into_inner() > 100, "something was removed");
    assert!(kept.into_inner() > 3000, "something was promised");
    let walked = BlobStore::open(store.dir.path()).unwrap().count().unwrap();
    assert_eq!(store.blobs.count().unwrap(), walked);
}
