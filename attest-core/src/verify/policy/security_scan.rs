//! `security-scan[:<step>,…,allow-cached]`: the scans ran here and found nothing.

use super::{Known, passed};

pub(super) const KNOWN: Known = Known {
    pattern: "security-scan[:<step>,…,allow-cached]",
    parse: |parts| passed::parse(parts, "security-scan", &["scan", "security", "audit"]),
};
