//! A receipt for verifiers of in-toto statements.

use std::path::Path;

use attest_sdk::export::{Format, Options};
use attest_sdk::{Error, ErrorKind};
use serde::Deserialize;

use crate::{Receipt, SigningKey, json};

/// The options of an export, in JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    subjects: Vec<String>,
    #[serde(deserialize_with = "json::given")]
    builder_id: Option<String>,
    /// `intoto` or `sigstore`; the core's default where absent.
    #[serde(deserialize_with = "json::given")]
    format: Option<String>,
}

impl Receipt {
    /// The receipt as a DSSE envelope or a sigstore bundle, signed by its own key. Reads the subjects' files in `workspace`,
    /// and may take long: a binding calls it where waiting is allowed. `options` is a JSON object.
    ///
    /// # Errors
    /// [`ErrorKind::ReceiptFormat`] for a receipt that may not be exported, [`ErrorKind::Config`] for another key or an option
    /// that cannot be, [`ErrorKind::Io`] for a file that is missing or differs.
    pub fn to_dsse(
        &self,
        workspace: &Path,
        key: &SigningKey,
        options: &[u8],
    ) -> Result<String, Error> {
        let given: Given = json::object(ErrorKind::Config, "the options of an export", options)?;
        let format = match &given.format {
            None => Format::default(),
            Some(word) => Format::of(word).ok_or_else(|| {
                let known = Format::ALL.map(Format::as_str).join(" and ");
                let message = format!(
                    "the options of an export: format {word:?} is not known; known are {known}"
                );
                Error::new(ErrorKind::Config, message)
            })?,
        };
        let options = Options {
            subjects: given.subjects,
            builder_id: given.builder_id,
        };
        let export = self.sdk().export(workspace, key.sdk(), &options)?;
        Ok(export.text(format))
    }
}
