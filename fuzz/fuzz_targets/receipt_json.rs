//! Receipts as JSON.
#![no_main]

use attest_fuzz::{receipt, tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    tree::same_as_serde_json(bytes);
    receipt::laws(bytes);
});
