//! Collections that end in the middle, as a killed server's does.

use attest_core::digest::Digest;
use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::store::sources;
use crate::tree::{Entry, Tree};

const AIM: Aim = Aim {
    max_age_days: 1,
    size_percent: None,
};

struct Setup {
    dir: tempfile::TempDir,
    blobs: BlobStore,
    store: Store,
    now: DateTime<Utc>,
}

impl Setup {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Self {
            blobs: BlobStore::open_with(&dir.path().join("blobs"), at(now)).unwrap(),
            store: Store::open(&dir.path().join("db")).unwrap(),
            dir,
            now,
        }
    }

    /// A source of these files; its tree's digest and the blob of it.
    async fn source(&self, files: &[&str]) -> (Digest, Digest) {
        let mut tree = Tree::new();
        for file in files {
            let digest = self.blobs.put_bytes(file.as_bytes()).unwrap();
            let entry = Entry::File {
                digest,
                executable: false,
                size: file.len() as u64,
            };
            tree.insert(file, entry).unwrap();
        }
        let blob = self
            .blobs
            .put_bytes(&serde_json::to_vec(&tree).unwrap())
            .unwrap();
        let (digest, now) = (tree.digest(), self.now);
        let inserted: Result<(), StoreError> = self
            .store
            .write(move |connection| sources::insert(connection, &digest, &blob, now))
            .await;
        inserted.unwrap();
        (digest, blob)
    }

    /// A server's collector, so many hours later, on what there is.
    fn collector(&self, hours: i64) -> Collector {
        let later = at(self.now + TimeDelta::hours(hours));
        let blobs = BlobStore::open_with(&self.dir.path().join("blobs"), later.clone()).unwrap();
        Collector::new(later, self.store.clone(), blobs, 0)
    }

    async fn is_known(&self, tree: Digest) -> bool {
        let found: Result<_, StoreError> = self
            .store
            .read(move |connection| sources::find(connection, &tree))
            .await;
        found.unwrap().is_some()
    }
}

fn at(now: DateTime<Utc>) -> Host {
    Host::new(move || now, |bytes| Ok(getrandom::fill(bytes)?))
}

#[tokio::test]
async fn a_collection_that_died_after_the_rows_is_finished_by_the_next() {
    let setup = Setup::new();
    let (tree, _) = setup.source(&["one", "two"]).await;
    let killed = setup.collector(48);
    let decision = killed.decide(AIM, killed.host.now()).await.unwrap();
    killed.let_go(decision).await.unwrap();
    assert!(!setup.is_known(tree).await, "rows go before files");
    assert_eq!(setup.blobs.count().unwrap().objects, 3);

    let report = setup.collector(48).collect(AIM).await.unwrap();
    assert_eq!((report.deleted_objects, report.total_size_bytes), (3, 0));
}

#[tokio::test]
async fn a_collection_that_died_among_the_files_is_finished_by_the_next() {
    let setup = Setup::new();
    let (tree, blob) = setup.source(&["one", "two"]).await;
    let killed = setup.collector(48);
    let decision = killed.decide(AIM, killed.host.now()).await.unwrap();
    killed.let_go(decision).await.unwrap();
    killed.blobs.remove(&blob).unwrap();
    assert!(
        !setup.is_known(tree).await,
        "no row names a blob that is gone"
    );

    let report = setup.collector(48).collect(AIM).await.unwrap();
    assert_eq!((report.deleted_objects, report.total_size_bytes), (2, 0));
    let again = setup.collector(48).collect(AIM).await.unwrap();
    assert_eq!(again.deleted_objects, 0);
}

#[tokio::test]
async fn what_is_promised_or_used_between_the_decision_and_the_removal_stays() {
    let setup = Setup::new();
    let (tree, _) = setup.source(&["one"]).await;
    let collector = setup.collector(48);
    let now = collector.host.now();
    let decision = collector.decide(AIM, now).await.unwrap();
    let one = Digest::of(b"one");
    assert!(!decision.live.contains(&one));
    assert_eq!(collector.blobs.lease(&one), Some(3));
    let touched: Result<(), StoreError> = setup
        .store
        .write(move |connection| sources::touch(connection, &tree, now))
        .await;
    touched.unwrap();
    let live = collector.let_go(decision).await.unwrap();
    assert!(setup.is_known(tree).await);
    sweep::sweep(&collector.blobs, &live, before(now, IDLE)).unwrap();
    assert!(collector.blobs.contains(&one));
}

#[tokio::test]
async fn a_tree_that_cannot_be_understood_stops_the_collection() {
    let setup = Setup::new();
    let (_, _) = setup.source(&["one"]).await;
    let odd = setup
        .blobs
        .put_bytes(b"{\"one\": {\"kind\": \"hologram\"}}")
        .unwrap();
    let (tree, now) = (Digest::of(b"any"), setup.now + TimeDelta::hours(40));
    let inserted: Result<(), StoreError> = setup
        .store
        .write(move |connection| sources::insert(connection, &tree, &odd, now))
        .await;
    inserted.unwrap();
    let error = setup.collector(48).collect(AIM).await.unwrap_err();
    assert!(
        matches!(error, GcError::Unreadable(digest, _) if digest == odd),
        "{error}"
    );
    assert_eq!(setup.blobs.count().unwrap().objects, 3);
}

#[tokio::test]
async fn a_root_that_cannot_be_read_now_stops_the_collection_rather_than_let_go_what_it_names() {
    let setup = Setup::new();
    let (tree, blob) = setup.source(&["one"]).await;
    let touched = setup.now + TimeDelta::hours(40);
    let used: Result<(), StoreError> = setup
        .store
        .write(move |connection| sources::touch(connection, &tree, touched))
        .await;
    used.unwrap();
    let hex = blob.hex();
    let shard = setup.dir.path().join("blobs").join(&hex[..2]);
    let path = shard.join(&hex[2..4]).join(&hex);
    let file = std::fs::File::options().write(true).open(path).unwrap();
    // More than is read into memory; it takes no room.
    file.set_len((1 << 30) + 1).unwrap();
    file.set_modified(setup.now.into()).unwrap();
    let error = setup.collector(48).collect(AIM).await.unwrap_err();
    let unread =
        matches!(error, GcError::Blob(BlobError::TooLarge { digest, .. }) if digest == blob);
    assert!(unread, "{error}");
    assert!(setup.blobs.contains(&Digest::of(b"one")));
}

#[tokio::test]
async fn a_cache_entry_that_is_used_between_the_decision_and_the_deletion_stays() {
    let setup = Setup::new();
    for key in [1, 2] {
        cache_entry(&setup, key, "unused", 0).await;
    }
    let collector = setup.collector(48);
    let now = collector.host.now();
    let decision = collector.decide(AIM, now).await.unwrap();
    assert_eq!(
        decision.let_go.iter().filter(|it| it.row.is_some()).count(),
        2
    );
    let used: Result<(), StoreError> = setup
        .store
        .write(move |connection| store::cache::used(connection, &[2; 32], now))
        .await;
    used.unwrap();
    collector.let_go(decision).await.unwrap();
    assert_eq!(keys(&setup).await, [[2; 32]]);
}

async fn keys(setup: &Setup) -> Vec<[u8; 32]> {
    let keys: Result<_, StoreError> = setup
        .store
        .read(|connection| {
            let mut statement = connection.prepare("SELECT key FROM cache_entries")?;
            let keys = statement.query_map([], |row| row.get(0))?;
            Ok(keys.collect::<Result<_, _>>()?)
        })
        .await;
    keys.unwrap()
}

#[test]
fn no_age_is_out_of_range() {
    let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let of = |max_age_days| Aim {
        max_age_days,
        size_percent: None,
    };
    assert_eq!(of(0).unused_since(now), now - TimeDelta::minutes(70));
    assert_eq!(of(30).unused_since(now), now - TimeDelta::days(30));
    assert_eq!(of(u32::MAX).unused_since(now), DateTime::<Utc>::MIN_UTC);
}

/// An entry under this key with one output, last used so many hours after the execution that made it ended.
async fn cache_entry(setup: &Setup, key: u8, output: &'static str, used_after: i64) -> Digest {
    let output_digest = setup.blobs.put_bytes(output.as_bytes()).unwrap();
    let tree = serde_json::json!({"out": {"kind": "file", "digest": output_digest, "executable": false, "size": 1}});
    let outputs = serde_json::json!({"tree": tree, "manifest": []}).to_string();
    let outputs = setup.blobs.put_bytes(outputs.as_bytes()).unwrap();
    let record = serde_json::json!({"outputs": outputs}).to_string();
    let made = setup.now.timestamp_micros();
    let used = (setup.now + TimeDelta::hours(used_after)).timestamp_micros();
    let inserted: Result<(), StoreError> = setup
        .store
        .write(move |connection| {
            connection.execute_batch(
                "INSERT OR IGNORE INTO pipelines (seq, id, name, status, version, created_at, updated_at)
                 VALUES (1, 'pip_1', 'p', 'active', 1, 0, 0)",
            )?;
            connection.execute(
                "INSERT OR IGNORE INTO executions (seq, id, pipeline, version, status, created_at, completed_at,
                 pipeline_hash, pipeline_text, plan) VALUES (1, 'exec_1', 1, 1, 'completed', ?1, ?1, '', '', ?2)",
                rusqlite::params![made, format!("{{\"source\": \"{}\"}}", Digest::of(b"gone"))],
            )?;
            connection.execute(
                "INSERT INTO cache_entries (key, execution, position, record, created_at, used_at)
                 VALUES (?1, 1, 0, ?2, ?3, ?4)",
                rusqlite::params![[key; 32], record, made, used],
            )?;
            Ok(())
        })
        .await;
    inserted.unwrap();
    output_digest
}

#[tokio::test]
async fn a_cache_entry_holds_its_outputs_from_its_last_use_and_goes_with_them() {
    let setup = Setup::new();
    let unused = cache_entry(&setup, 1, "unused", 0).await;
    let used = cache_entry(&setup, 2, "used", 40).await;
    let collector = setup.collector(48);
    let report = collector.collect(AIM).await.unwrap();
    assert_eq!(report.deleted_objects, 2, "the output and its description");
    assert!(!collector.blobs.contains(&unused));
    assert!(collector.blobs.contains(&used));
    assert_eq!(keys(&setup).await, [[2; 32]]);
    assert_eq!(collector.collect(AIM).await.unwrap().deleted_objects, 0);
}
