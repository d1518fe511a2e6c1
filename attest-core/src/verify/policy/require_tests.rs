//! `require-tests[:<step>,…,allow-cached]`: the tests ran here and passed.

use super::{Known, passed};

pub(super) const KNOWN: Known = Known {
    pattern: "require-tests[:<step>,…,allow-cached]",
    parse: |parts| passed::parse(parts, "require-tests", &["test"]),
};
