//! Receipts as YAML.
#![no_main]

use attest_fuzz::{receipt, tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    tree::same_receipt_as_serde_norway(bytes);
    receipt::laws(bytes);
});
