//! The plan of an upload, by hand.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::client::Response;
use crate::error::{Error, ErrorKind};
use crate::v1::{Missing, Source};

fn file(path: &str, content: &str) -> Entry {
    Entry {
        path: path.to_owned(),
        what: What::File {
            digest: Digest::of(content.as_bytes()),
            size: content.len() as u64,
            executable: false,
        },
    }
}

fn digest(content: &str) -> String {
    Digest::of(content.as_bytes()).to_string()
}

fn source() -> Source {
    Source {
        source: format!("tree:{}", digest("tree")),
    }
}

fn refusal(status: u16, missing: &[String]) -> Error {
    let body = json!({"error": {"code": "UNPROCESSABLE", "message": "absent", "details": {"missing": missing}}});
    Error::from_response(&Response {
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
        received_at: chrono::DateTime::UNIX_EPOCH,
    })
}

/// A server that holds these objects, or takes them: it runs the plan to its end and says what was sent.
fn run(plan: &mut Plan, held: &mut BTreeSet<String>) -> (Uploaded, Vec<Batch>) {
    let mut sent = Vec::new();
    for _ in 0..10_000 {
        match plan.step() {
            Next::Ask(question) => {
                assert!(question.digests.len() <= 10_000);
                let once: BTreeSet<_> = question.digests.iter().collect();
                assert_eq!(once.len(), question.digests.len());
                let missing = question.digests.into_iter();
                let missing = missing.filter(|digest| !held.contains(digest)).collect();
                plan.missing(&Missing { missing });
            }
            Next::Send(batch) => {
                held.extend(batch.objects.iter().map(|object| object.digest.to_string()));
                sent.push(batch);
                plan.sent();
            }
            Next::Create(tree) => {
                let absent: Vec<String> = tree
                    .entries
                    .iter()
                    .filter_map(|entry| entry.digest.clone())
                    .filter(|digest| !held.contains(digest))
                    .collect();
                assert_eq!(absent, Vec::<String>::new());
                plan.created(source()).unwrap();
            }
            Next::Done(uploaded) => return (uploaded, sent),
        }
    }
    panic!("the plan does not end");
}

#[test]
fn equal_files_are_asked_for_and_sent_once() {
    let entries = vec![file("a", "x"), file("b", "x"), file("c", "y")];
    let (uploaded, sent) = run(&mut Plan::new(entries), &mut BTreeSet::new());
    assert_eq!((uploaded.entries, uploaded.bytes), (3, 3));
    assert_eq!((uploaded.sent_objects, uploaded.sent_bytes), (2, 2));
    assert_eq!((uploaded.requests, sent.len()), (3, 1));
}

#[test]
fn of_ten_thousand_files_the_ten_that_changed_travel_in_three_requests() {
    let content = |n: u32, version: u32| format!("file {n} v{version}");
    let tree = |changed: u32| {
        let version = |n| u32::from(n < changed);
        let entries = (0..10_000).map(|n| file(&format!("d/{n}"), &content(n, version(n))));
        Plan::new(entries.collect())
    };
    let mut held = BTreeSet::new();
    let (first, _) = run(&mut tree(0), &mut held);
    assert_eq!((first.sent_objects, first.requests), (10_000, 3));
    let (second, _) = run(&mut tree(10), &mut held);
    assert_eq!((second.sent_objects, second.requests), (10, 3));
    let (third, _) = run(&mut tree(10), &mut held);
    assert_eq!((third.sent_objects, third.requests), (0, 2));
}

#[test]
fn a_hundred_thousand_files_are_ten_questions_ten_batches_and_one_name() {
    let entries = (0..100_000).map(|n| file(&format!("d/{n}"), &format!("file {n}")));
    let entries: Vec<Entry> = entries.collect();
    let mut held = BTreeSet::new();
    let (first, _) = run(&mut Plan::new(entries.clone()), &mut held);
    assert_eq!((first.sent_objects, first.requests), (100_000, 21));
    let (again, _) = run(&mut Plan::new(entries), &mut held);
    assert_eq!((again.sent_objects, again.requests), (0, 11));
}

#[test]
fn a_directory_of_nothing_is_one_request() {
    let (uploaded, sent) = run(&mut Plan::new(Vec::new()), &mut BTreeSet::new());
    assert_eq!((uploaded.requests, sent.len()), (1, 0));
}

#[test]
fn a_server_cannot_ask_for_what_the_source_does_not_hold() {
    let mut plan = Plan::new(vec![file("a", "x")]);
    assert!(matches!(plan.step(), Next::Ask(_)));
    let asked = vec![
        digest("secret"),
        "../../etc/passwd".to_owned(),
        digest("x"),
        digest("x"),
    ];
    plan.missing(&Missing { missing: asked });
    assert_eq!(plan.to_send(), (1, 1));
    let Next::Send(batch) = plan.step() else {
        panic!("the one object is sent");
    };
    assert_eq!(batch.objects.len(), 1);
}

#[test]
fn an_answer_counts_for_what_was_asked_and_for_nothing_else() {
    let entries = (0..10_001).map(|n| file(&format!("d/{n:05}"), &format!("file {n}")));
    let mut plan = Plan::new(entries.collect());
    let last = digest("file 10000");
    for missing in [vec![last], Vec::new()] {
        assert!(matches!(plan.step(), Next::Ask(_)));
        plan.missing(&Missing { missing });
    }
    assert!(matches!(plan.step(), Next::Create(_)), "the server has it");
}

#[test]
fn what_the_server_let_go_of_meanwhile_is_sent_again_once() {
    let mut plan = Plan::new(vec![file("a", "x"), file("b", "y")]);
    assert!(matches!(plan.step(), Next::Ask(_)));
    plan.missing(&Missing::default());
    assert!(matches!(plan.step(), Next::Create(_)));
    plan.refused(refusal(422, &[digest("y")])).unwrap();
    assert!(matches!(plan.step(), Next::Ask(_)));
    // Its word that it lacks one counts, also where it says otherwise now.
    plan.missing(&Missing::default());
    let Next::Send(batch) = plan.step() else {
        panic!("what is gone is sent");
    };
    assert_eq!(batch.objects[0].path, "b");
    plan.sent();
    assert!(matches!(plan.step(), Next::Create(_)));
    let error = plan.refused(refusal(422, &[digest("y")])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ValidationError);
}

#[test]
fn more_than_a_refusal_can_name_is_sent_again_all_the_same() {
    let entries = (0..25_000).map(|n| file(&format!("d/{n}"), &format!("file {n}")));
    let mut plan = Plan::new(entries.collect());
    let mut named = Vec::new();
    for _ in 0..3 {
        let Next::Ask(question) = plan.step() else {
            panic!("all are asked for");
        };
        named.push(question.digests);
        plan.missing(&Missing::default());
    }
    assert!(matches!(plan.step(), Next::Create(_)));
    plan.refused(refusal(422, &named[0])).unwrap();
    let (uploaded, sent) = run(&mut plan, &mut BTreeSet::new());
    let objects: usize = sent.iter().map(|batch| batch.objects.len()).sum();
    assert_eq!((uploaded.sent_objects, objects), (25_000, 25_000));
}

#[test]
fn a_refusal_that_sending_does_not_help_is_the_error() {
    for refusal in [
        refusal(422, &[]),
        refusal(422, &[digest("not of this source")]),
        refusal(400, &[digest("x")]),
        Error::new(ErrorKind::Connection, "gone"),
    ] {
        let mut plan = Plan::new(vec![file("a", "x")]);
        let _ = plan.step();
        plan.missing(&Missing::default());
        let _ = plan.step();
        assert!(plan.refused(refusal).is_err());
    }
}

#[test]
fn a_source_without_a_proper_name_is_refused() {
    for bad in ["", "tree:", "blake3:00", "tree:blake3:../x"] {
        let mut plan = Plan::new(Vec::new());
        let _ = plan.step();
        let error = plan
            .created(Source {
                source: bad.to_owned(),
            })
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
}

#[test]
fn a_large_file_travels_alone_and_as_it_is() {
    let object = |size| Object {
        digest: Digest::of(b""),
        size,
        path: String::new(),
    };
    let made = batches(vec![object(1), object(MAX_BATCH_BYTES + 1), object(2)]);
    let sizes: Vec<_> = made
        .iter()
        .map(|batch| (batch.bytes(), batch.is_compressed()))
        .collect();
    assert_eq!(sizes, [(MAX_BATCH_BYTES + 1, false), (3, true)]);
    let made = batches(vec![object(MAX_BATCH_BYTES), object(0), object(1)]);
    let sizes: Vec<_> = made
        .iter()
        .map(|batch| (batch.bytes(), batch.is_compressed()))
        .collect();
    assert_eq!(sizes, [(MAX_BATCH_BYTES, true), (1, true)]);
}

proptest! {
    #[test]
    fn batches_hold_every_object_once_within_the_limits(sizes in prop::collection::vec(0_u64..80 * 1024 * 1024, 0..200)) {
        let objects: Vec<Object> = sizes
            .iter()
            .enumerate()
            .map(|(n, size)| Object { digest: Digest::of(&n.to_le_bytes()), size: *size, path: n.to_string() })
            .collect();
        let made = batches(objects.clone());
        for batch in &made {
            prop_assert!(!batch.objects.is_empty() && batch.objects.len() <= MAX_BATCH_OBJECTS);
            prop_assert!(batch.bytes() <= MAX_BATCH_BYTES || batch.objects.len() == 1);
        }
        // Two neighbours that would fit together are together.
        let small: Vec<u64> = made.iter().filter(|b| b.is_compressed()).map(Batch::bytes).collect();
        let firsts: Vec<u64> = made.iter().filter(|b| b.is_compressed()).map(|b| b.objects[0].size).collect();
        for (bytes, next) in small.iter().zip(firsts.iter().skip(1)) {
            prop_assert!(bytes + next > MAX_BATCH_BYTES);
        }
        let mut held: Vec<Object> = made.into_iter().flat_map(|batch| batch.objects).collect();
        let mut objects = objects;
        held.sort_by(|a, b| a.path.cmp(&b.path));
        objects.sort_by(|a, b| a.path.cmp(&b.path));
        prop_assert_eq!(held, objects);
    }
}
