//! Laws of reading: the tree that `attest_core::yaml` makes is the one that others make of the same text.

use attest_core::receipt::Receipt;
use attest_core::yaml::{self, ErrorKind, Limits, Node};
use serde_json::Value as Json;

/// What `serde_json` reads as JSON is read here as the same tree, or refused for one of the reasons that are meant.
pub fn same_as_serde_json(bytes: &[u8]) {
    let Ok(theirs) = serde_json::from_slice::<Json>(bytes) else {
        return;
    };
    match yaml::parse(bytes, Limits::default()) {
        Ok(ours) => assert!(same(ours.root(), &theirs), "{ours:?}\n{theirs:?}"),
        Err(error) => assert!(
            matches!(
                error.kind(),
                ErrorKind::TooDeep { .. }
                    | ErrorKind::DuplicateKey { .. }
                    | ErrorKind::TooManyValues { .. }
                    | ErrorKind::MergeKey
            ),
            "{error}"
        ),
    }
}

fn same(ours: Node, theirs: &Json) -> bool {
    match theirs {
        Json::String(theirs) => !ours.is_plain() && ours.as_text() == Some(theirs),
        Json::Number(theirs) => {
            ours.is_plain()
                && ours.as_text().is_some_and(|text| {
                    // `-0` is 0 here and in the independent tool.
                    (theirs.as_u64() == ours.as_u64() || text == "-0")
                        && theirs.as_i64() == ours.as_i64()
                        && text.parse::<f64>().ok().filter(|n| n.is_finite()) == theirs.as_f64()
                })
        }
        Json::Bool(theirs) => ours.as_bool() == Some(*theirs),
        Json::Null => ours.is_null(),
        Json::Array(theirs) => ours.as_seq().is_some_and(|ours| {
            ours.clone().count() == theirs.len() && ours.zip(theirs).all(|(a, b)| same(a, b))
        }),
        Json::Object(theirs) => ours.as_map().is_some_and(|mut ours| {
            let alike = |(key, value): (Node, Node)| {
                let theirs = key.as_text().and_then(|key| theirs.get(key));
                theirs.is_some_and(|theirs| same(value, theirs))
            };
            ours.clone().count() == theirs.len() && ours.all(alike)
        }),
    }
}

/// A receipt that the library of the independent tool reads too is the same receipt there.
pub fn same_receipt_as_serde_norway(bytes: &[u8]) {
    let Ok(ours) = Receipt::parse(bytes) else {
        return;
    };
    let Ok(theirs) = serde_norway::from_slice::<Json>(bytes) else {
        return;
    };
    // What has no place in a receipt there (a number where a text belongs) is another matter.
    if let Ok(theirs) = Receipt::parse(theirs.to_string().as_bytes()) {
        assert_eq!(theirs, ours, "two readers see two receipts");
    }
}
