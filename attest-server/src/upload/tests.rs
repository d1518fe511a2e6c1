//! Bodies that stop, and archives with any bytes changed.

use std::io::Read as _;
use std::time::Duration;

use attest_core::digest::Digest;
use axum::body::Bytes;
use futures::{Stream, StreamExt as _, stream};
use proptest::prelude::*;

use super::*;
use crate::blob::BlobError;

const IDLE: Duration = Duration::from_millis(20);

/// What a reader gets of a body.
async fn read(
    body: impl Stream<Item = Result<Bytes, ()>> + Send + Unpin + 'static,
) -> Result<Vec<u8>, Fault> {
    let (feeder, mut reader) = pipe();
    let reading = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        match reader.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => match UploadError::from(error) {
                UploadError::Body(fault) => Err(fault),
                other => panic!("{other}"),
            },
        }
    });
    feeder.feed(body, IDLE, 0).await;
    reading.await.unwrap()
}

fn pieces(texts: &'static [&'static str]) -> impl Stream<Item = Result<Bytes, ()>> + Send + Unpin {
    stream::iter(
        texts
            .iter()
            .map(|text| Ok(Bytes::from_static(text.as_bytes()))),
    )
}

#[tokio::test]
async fn a_body_is_read_as_it_was_sent() {
    assert_eq!(read(pieces(&["a", "", "bc"])).await.unwrap(), b"abc");
    assert_eq!(read(pieces(&[])).await.unwrap(), b"");
}

#[tokio::test]
async fn a_body_that_breaks_off_or_stops_is_never_taken_for_one_that_ended() {
    let broken = pieces(&["a"]).chain(stream::once(async { Err(()) }).boxed());
    assert_eq!(read(broken).await, Err(Fault::EndedEarly));
    let silent = pieces(&["a"]).chain(stream::pending());
    assert_eq!(read(silent).await, Err(Fault::Idle));
    let (feeder, mut reader) = pipe();
    drop(feeder);
    let read = tokio::task::spawn_blocking(move || reader.read(&mut [0; 8]));
    assert!(read.await.unwrap().is_err());
}

#[tokio::test]
async fn what_nobody_reads_any_more_is_thrown_away_up_to_a_bound() {
    let (feeder, reader) = pipe();
    drop(reader);
    // Endless: this returns only since there is a bound.
    let endless = stream::repeat_with(|| Ok::<_, ()>(Bytes::from_static(&[0; 1024])));
    feeder.feed(endless, Duration::from_secs(60), 1 << 20).await;
}

fn archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for content in [&b"first"[..], &[7; 700], b""] {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        let name = Digest::of(content).to_string();
        builder.append_data(&mut header, name, content).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn a_member_too_many_is_named_and_those_before_it_stay() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = BlobStore::open(dir.path()).unwrap();
    let bytes = archive();
    assert!(archive::unpack_up_to(3, &bytes[..], &blobs).is_ok());
    let blobs = BlobStore::open(&dir.path().join("other")).unwrap();
    let refused = archive::unpack_up_to(2, &bytes[..], &blobs).unwrap_err();
    let empty = Digest::of(b"");
    assert!(matches!(&refused, UploadError::Member { name, .. } if *name == empty.to_string()));
    assert!(refused.to_string().contains("at most 2"), "{refused}");
    assert!(blobs.contains(&Digest::of(b"first")) && !blobs.contains(&empty));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn an_archive_with_any_bytes_changed_stores_nothing_under_a_wrong_name(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        mended in any::<bool>(),
    ) {
        let mut bytes = archive();
        for (at, value) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *value;
        }
        if mended {
            // So that more than the checksum is looked at.
            let mut header = tar::Header::new_old();
            header.as_mut_bytes().copy_from_slice(&bytes[..512]);
            header.set_cksum();
            bytes[..512].copy_from_slice(header.as_bytes());
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let whole = bytes == archive();
        let dir = tempfile::tempdir().unwrap();
        let blobs = BlobStore::open(dir.path()).unwrap();
        let taken = archive::unpack(&bytes[..], &blobs);
        prop_assert!(!whole || taken.is_ok());
        let mut stored = Vec::new();
        blobs.each(|blob| stored.push(blob.digest)).unwrap();
        for digest in stored {
            let read = blobs.read(&digest, 10_000);
            prop_assert!(!matches!(read, Err(BlobError::Corrupt(_))));
            prop_assert_eq!(Digest::of(&read.unwrap()), digest);
        }
        prop_assert_eq!(std::fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
    }
}
