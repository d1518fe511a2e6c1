//! The input manifest, before the command and after it.

use std::path::Path;

use attest_core::digest::Digest;
use attest_core::manifest::{self, Manifest};

/// What a step is to read, or why it cannot be hashed.
pub(super) enum Inputs {
    Hashed(Manifest),
    /// The digest of those that can be hashed stands for the step, which does not run.
    Unreadable {
        digest: Digest,
        message: String,
    },
}

impl Inputs {
    pub(super) fn hash(workspace: &Path, run: &str, declared: &[String]) -> Self {
        let error = match manifest::hash_inputs(workspace, run, declared) {
            Ok(manifest) => return Self::Hashed(manifest),
            Err(error) => error,
        };
        let readable: Vec<String> = declared
            .iter()
            .filter(|path| {
                manifest::hash_inputs(workspace, run, std::slice::from_ref(path)).is_ok()
            })
            .cloned()
            .collect();
        let digest = manifest::hash_inputs(workspace, run, &readable).map_or_else(
            |_| {
                Manifest {
                    run: Some(Digest::of(run.as_bytes())),
                    lines: Vec::new(),
                }
                .digest()
            },
            |manifest| manifest.digest(),
        );
        Self::Unreadable {
            digest,
            message: format!(
                "a declared input cannot be hashed, so the command did not run: {error}"
            ),
        }
    }
}

/// What the step did to its inputs, in words; `None` where they are as they were.
pub(super) fn change(workspace: &Path, before: &Manifest) -> Option<String> {
    /// How many paths a message names.
    const NAMED: usize = 5;
    let changed = match manifest::changed(workspace, before) {
        Ok(changed) => changed,
        Err(error) => return Some(format!("a declared input cannot be read any more: {error}")),
    };
    let (named, rest) = changed.split_at(NAMED.min(changed.len()));
    let more = if rest.is_empty() {
        String::new()
    } else {
        format!(" and {} more", rest.len())
    };
    (!named.is_empty()).then(|| {
        format!(
            "the step changed its own declared inputs ({}{more}); write to a copy, or to a declared output",
            named.join(", ")
        )
    })
}
