//! Every change of one byte of a signed receipt, in each rendering: it is refused, or it leaves what is said unchanged.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::bodies::{full, key};
use attest_core::receipt::{Receipt, Rendering};
use attest_core::verify::Verifier;

/// A byte that stands in the place of another or before it: what gives a document its structure, and what hides in it.
const STRUCTURE: &[u8] = b"\"\n :,{[0-\\#\0\xff";

struct Judge {
    receipt: Receipt,
    verifier: Verifier,
    /// Changes that were refused, and such that leave the meaning as it is.
    refused: AtomicUsize,
    unchanged: AtomicUsize,
}

impl Judge {
    fn new() -> Self {
        let verifier = Verifier::builder()
            .trusted_key(key(1).public_key())
            .unwrap()
            .now("2026-11-25T12:00:00Z".parse().unwrap())
            .build();
        Self {
            receipt: full().sign(&key(1)).unwrap(),
            verifier,
            refused: AtomicUsize::new(0),
            unchanged: AtomicUsize::new(0),
        }
    }

    #[track_caller]
    fn judge(&self, changed: &[u8], how: &str) {
        if !self
            .verifier
            .verify_bytes(changed)
            .is_ok_and(|report| report.valid)
        {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.unchanged.fetch_add(1, Ordering::Relaxed);
        let parsed = Receipt::parse(changed).unwrap();
        let text = String::from_utf8_lossy(changed);
        assert_eq!(
            parsed, self.receipt,
            "{how} is valid, and says something else:\n{text}"
        );
    }

    /// The receipt with the byte at `at` replaced, taken out, and another put before it.
    fn at(&self, original: &[u8], at: usize) {
        let (before, after) = original.split_at(at);
        let with = |middle: &[u8], after: &[u8]| [before, middle, after].concat();
        let Some((byte, rest)) = after.split_first() else {
            // At the end there is nothing to replace.
            return STRUCTURE.iter().for_each(|new| {
                self.judge(&with(&[*new], &[]), &format!("{new:#04x} at the end"))
            });
        };
        self.judge(&with(&[], rest), &format!("byte {at} taken out"));
        // One bit turned: another digit, another case, another sign; and no UTF-8 any more.
        for new in [byte ^ 1, byte ^ 0x20, byte ^ 0x80] {
            self.judge(&with(&[new], rest), &format!("byte {at} as {new:#04x}"));
        }
        for step in [0, 5] {
            let new = STRUCTURE[(at + step) % STRUCTURE.len()];
            if new != *byte {
                self.judge(&with(&[new], rest), &format!("byte {at} as {new:#04x}"));
            }
            self.judge(
                &with(&[new], after),
                &format!("{new:#04x} before byte {at}"),
            );
        }
        self.judge(&with(&[*byte], after), &format!("byte {at} twice"));
    }

    fn everywhere(&self, text: &str, rendering: Rendering) {
        let original = text.as_bytes();
        assert_eq!(Receipt::parse(original).unwrap().rendering(), rendering);
        self.judge(original, "nothing");
        assert_eq!(
            self.unchanged.swap(0, Ordering::Relaxed),
            1,
            "it is valid as it is"
        );
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        if at > original.len() {
                            break;
                        }
                        self.at(original, at);
                    }
                });
            }
        });
        let (refused, unchanged) = (
            self.refused.load(Ordering::Relaxed),
            self.unchanged.load(Ordering::Relaxed),
        );
        // Blanks between values, and little else.
        assert!(
            refused > original.len() * 7 && unchanged * 5 < refused,
            "{refused} {unchanged}"
        );
    }
}

#[test]
fn every_byte_of_the_json_of_the_api() {
    let judge = Judge::new();
    judge.everywhere(&judge.receipt.to_json(), Rendering::Prefixed);
}

#[test]
fn every_byte_of_the_yaml_of_the_tool() {
    let judge = Judge::new();
    judge.everywhere(&judge.receipt.to_yaml(), Rendering::Bare);
}

#[test]
fn every_byte_of_the_bare_json() {
    let judge = Judge::new();
    let bare = judge
        .receipt
        .to_json()
        .replace("\"blake3:", "\"")
        .replace("\"ed25519:", "\"");
    judge.everywhere(&bare, Rendering::Bare);
}
