//! `artifact:<path>=<digest>`: the receipt attests this content at this path. For a link the digest is that of its
//! target's text, for a directory that of its manifest.

use super::{Breach, Context, Known, Rule};
use crate::digest::Digest;
use crate::verify::{artifacts, code};

pub(super) const KNOWN: Known = Known {
    pattern: "artifact:<path>=<digest>",
    parse: |parts| parts.with_argument("artifact", wanted),
};

struct Artifact {
    path: String,
    digest: Digest,
}

fn wanted(text: &str) -> Result<Artifact, String> {
    // The last one: a path may hold others.
    let (path, digest) = text
        .rsplit_once('=')
        .ok_or_else(|| format!("{text:?} has no `=` between path and digest"))?;
    if path.is_empty() {
        return Err("its path is missing".to_owned());
    }
    let odd = |part: &str| matches!(part, "" | "." | "..");
    if path.trim_end_matches('/').split('/').any(odd) {
        return Err(format!(
            "no receipt has an artifact {path:?}: write the path from the workspace, without `.` and `..`"
        ));
    }
    let digest = Digest::parse_prefixed(digest)
        .or_else(|_| Digest::from_hex(digest))
        .map_err(|e| format!("{digest:?} is no digest: {e}"))?;
    Ok(Artifact {
        path: path.to_owned(),
        digest,
    })
}

impl Rule for Artifact {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let fault = match artifacts::at(context.receipt, &self.path, &self.digest) {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        };
        let breach = Breach::new(fault.code, fault.detail).expected(self.digest.to_string());
        let found = artifacts::of_path(context.receipt, &self.path)
            .find_map(|artifact| artifact.digest.valid());
        Err(match found {
            Some(found) if fault.code == code::ARTIFACT_MISMATCH => breach.found(found.to_string()),
            _ => breach,
        })
    }
}
