//! What a receipt is held against, beside what it says itself: `{"recomputed": …, "files": {name: digest}}`.

use std::collections::BTreeMap;

use attest_sdk::verify::{self, HeldFile};
use attest_sdk::{Digest, Error, ErrorKind};
use serde::Deserialize;

use crate::json;
use crate::recompute::Answer;

const WHAT: &str = "the evidence";

/// As it is given, in JSON. A null here is an error: what a caller found out must not get lost on its way.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    /// The answer of [`recompute`](crate::recompute()), as it came.
    #[serde(deserialize_with = "json::given")]
    recomputed: Option<Answer>,
    /// Files at hand: what to call them in a report, and the digest of their content. In the order of their names, so that
    /// the report is the same whatever order a language keeps.
    files: BTreeMap<String, String>,
}

/// Reads evidence, a JSON object; there is none where nothing was given.
///
/// # Errors
/// [`ErrorKind::Config`], naming the member that cannot be used.
pub(crate) fn read(given: Option<&[u8]>) -> Result<verify::Evidence, Error> {
    let Some(given) = given else {
        return Ok(verify::Evidence::default());
    };
    let given: Given = json::object(ErrorKind::Config, WHAT, given)?;
    let files = given.files.into_iter().map(|(name, digest)| {
        let digest = digest.parse::<Digest>().map_err(|error| {
            let message = format!("{WHAT}: file {name:?}: {error}");
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        Ok(HeldFile { name, digest })
    });
    Ok(verify::Evidence {
        files: files.collect::<Result<_, Error>>()?,
        recomputed: given.recomputed.map(Into::into),
    })
}
