//! Declared paths, as manifests over a real tree, and globs.
#![no_main]

use attest_fuzz::paths::Case;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let case = Case::read(text);
    case.globs();
    case.manifests();
});
