//! Statements of the in-toto attestation framework, version 1: what is claimed about which artifacts.
//!
//! Only the statement and its resource descriptors are here. What a predicate means is its own module's matter
//! ([`crate::export`] writes SLSA provenance), and who signed a statement is [`crate::dsse`]'s.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `_type` of a statement (in-toto attestation spec, `spec/v1/statement.md`).
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// Why bytes are no statement.
///
/// ```
/// use attest_core::intoto::Statement;
///
/// let error = Statement::parse(br#"{"_type": "x", "subject": [], "predicateType": "y"}"#).unwrap_err();
/// assert!(error.to_string().starts_with("not an in-toto statement: _type is \"x\""));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an in-toto statement: {0}")]
pub struct StatementError(String);

/// What is claimed about which artifacts. A statement by itself is nobody's word: see [`crate::dsse::Envelope::verify`].
///
/// ```
/// use attest_core::intoto::Statement;
///
/// let text = br#"{
///   "_type": "https://in-toto.io/Statement/v1",
///   "subject": [{"name": "app", "digest": {"sha256": "9f86d081"}}],
///   "predicateType": "https://example.com/reviewed/v1",
///   "predicate": {"by": "alice"}
/// }"#;
/// let statement = Statement::parse(text)?;
/// assert_eq!(statement.subjects_with_sha256("9f86d081").count(), 1);
/// assert_eq!(statement.predicate["by"], "alice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    kind: String,
    /// The artifacts it is about, each with at least one digest. They are matched by digest, not by name.
    pub subject: Vec<ResourceDescriptor>,
    /// What the predicate means, as a URI.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is claimed.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub predicate: Value,
}

/// An artifact or other resource (in-toto attestation spec, `spec/v1/resource_descriptor.md`).
///
/// ```
/// use attest_core::intoto::ResourceDescriptor;
///
/// let named = ResourceDescriptor {
///     name: Some("app".to_owned()),
///     digest: [("sha256".to_owned(), "9f86d081".to_owned())].into(),
///     ..ResourceDescriptor::default()
/// };
/// assert_eq!(serde_json::to_string(&named)?, r#"{"name":"app","digest":{"sha256":"9f86d081"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceDescriptor {
    /// Its name, such as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is known under that address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Algorithm to lower-case hex.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: BTreeMap<String, String>,
    /// Whatever else is said about it.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub annotations: Map<String, Value>,
}

impl Statement {
    /// A statement about `subject`.
    pub(crate) fn new(
        subject: Vec<ResourceDescriptor>,
        predicate_type: &str,
        predicate: Value,
    ) -> Self {
        Self {
            kind: STATEMENT_TYPE.to_owned(),
            subject,
            predicate_type: predicate_type.to_owned(),
            predicate,
        }
    }

    /// Reads a statement. Fields that are unknown are left out, as the framework asks of its readers.
    ///
    /// # Errors
    /// [`StatementError`], with the position where the text is the trouble.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let statement: Self =
            serde_json::from_slice(bytes).map_err(|e| StatementError(brief(&e.to_string())))?;
        if statement.kind != STATEMENT_TYPE {
            return Err(StatementError(format!(
                "_type is {:?} and must be {STATEMENT_TYPE:?}",
                brief(&statement.kind)
            )));
        }
        if statement.subject.is_empty() {
            return Err(StatementError("it has no subject".to_owned()));
        }
        if let Some(at) = statement.subject.iter().position(|s| s.digest.is_empty()) {
            return Err(StatementError(format!("subject {at} has no digest")));
        }
        Ok(statement)
    }

    /// The subjects that have this SHA-256, lower-case hex.
    pub fn subjects_with_sha256(&self, hex: &str) -> impl Iterator<Item = &ResourceDescriptor> {
        self.subject
            .iter()
            .filter(move |s| s.digest.get("sha256").is_some_and(|d| d == hex))
    }
}

/// The start of a text that a stranger chose: an error never carries a whole document.
pub(crate) fn brief(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"00"}}],"predicateType":"https://example.com/p","predicate":{"x":1}}"#;

    #[test]
    fn a_statement_survives_writing_and_unknown_fields() {
        let read = Statement::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), GOOD);
        let more = GOOD.replace("\"name\"", "\"later\":[1],\"name\"");
        assert_eq!(Statement::parse(more.as_bytes()).unwrap(), read);
        assert_eq!(read.subjects_with_sha256("00").count(), 1);
        assert_eq!(read.subjects_with_sha256("01").count(), 0);
    }

    #[test]
    fn what_is_no_statement_is_refused_with_the_reason() {
        for (from, to, reason) in [
            ("Statement/v1", "Statement/v0.1", "_type"),
            (
                r#"[{"name":"a","digest":{"sha256":"00"}}]"#,
                "[]",
                "no subject",
            ),
            (r#"{"sha256":"00"}"#, "{}", "subject 0 has no digest"),
            ("\"predicateType\"", "\"predicatetype\"", "predicateType"),
            (
                "\"subject\"",
                "\"predicateType\":\"x\",\"subject\"",
                "duplicate",
            ),
            ("\"00\"", "0", "invalid type"),
            ("1}}", "1}} x", "trailing"),
        ] {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD);
            let error = Statement::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(reason), "{reason}: {error}");
        }
        assert!(Statement::parse(b"\xff").is_err());
        let long = GOOD.replace("\"a\"", &format!("{{\"{}\":1}}", "x".repeat(10_000)));
        assert!(
            Statement::parse(long.as_bytes())
                .unwrap_err()
                .to_string()
                .len()
                < 500
        );
    }
}
