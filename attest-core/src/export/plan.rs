//! From a receipt to a signed statement, without reading any file.

use chrono::{DateTime, Utc};
use url::Url;

use super::subjects::{self, Subject};
use super::{Content, Export, ExportError, Options, predicate};
use crate::dsse::{self, Envelope};
use crate::intoto::{ResourceDescriptor, Statement};
use crate::key::SigningKey;
use crate::receipt::{Provenance, Receipt};
use crate::verify::{Outcome, Status, Verifier};

/// Longest builder id, in bytes; the framework's validators and browsers stop about there.
const LONGEST_BUILDER_ID: usize = 2048;

/// A receipt that may be exported, and the files that are its subjects.
///
/// ```
/// use attest_core::export::{Content, ExportError, Options, Plan};
/// # use attest_core::key::SigningKey;
/// # use attest_core::receipt::Receipt;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let seed = [0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60];
/// # let (receipt, key) = (Receipt::parse(bytes)?, SigningKey::from_seed(&zeroize::Zeroizing::new(seed)));
/// let plan = Plan::new(&receipt, &key, &Options::default(), chrono::Utc::now())?;
/// assert_eq!(plan.subjects().collect::<Vec<_>>(), ["out/hello"]);
/// // Only what the receipt attests is ever signed.
/// let refused = plan.sign(&[Content::read(&b"echo bye\n"[..])?]);
/// assert!(matches!(refused, Err(ExportError::Changed { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Plan<'a> {
    receipt: &'a Receipt,
    provenance: &'a Provenance,
    key: &'a SigningKey,
    builder_id: Option<String>,
    subjects: Vec<Subject>,
}

impl<'a> Plan<'a> {
    /// Checks that `key` signed the receipt, that the receipt is valid at `now` and of a successful run, and chooses the
    /// subjects.
    ///
    /// # Errors
    /// [`ExportError`], which names what stands in the way.
    pub fn new(
        receipt: &'a Receipt,
        key: &'a SigningKey,
        options: &Options,
        now: DateTime<Utc>,
    ) -> Result<Self, ExportError> {
        check(receipt, key, now)?;
        if let Some(id) = &options.builder_id {
            check_builder_id(id)?;
        }
        let provenance = receipt
            .body()
            .provenance
            .as_ref()
            .ok_or(ExportError::RunIncomplete)?;
        Ok(Self {
            receipt,
            provenance,
            key,
            builder_id: options.builder_id.clone(),
            subjects: subjects::choose(provenance, &options.subjects)?,
        })
    }

    /// The paths of the files to be read, relative to the workspace, sorted by their bytes.
    pub fn subjects(&self) -> impl ExactSizeIterator<Item = &str> {
        self.subjects.iter().map(|subject| subject.path.as_str())
    }

    /// Signs the statement. `contents` are those of the subjects, in their order.
    ///
    /// # Errors
    /// [`ExportError::Changed`] where one is not what the receipt attests, [`ExportError::Missing`] where there are fewer
    /// than subjects, [`ExportError::TooLarge`].
    pub fn sign(self, contents: &[Content]) -> Result<Export, ExportError> {
        let subject = self
            .subjects
            .iter()
            .enumerate()
            .map(|(at, subject)| {
                let content = contents
                    .get(at)
                    .ok_or_else(|| ExportError::Missing(subject.path.clone()))?;
                describe(subject, content)
            })
            .collect::<Result<_, _>>()?;
        let is_subject = |path: &str| {
            self.subjects
                .binary_search_by(|s| s.path.as_str().cmp(path))
                .is_ok()
        };
        let predicate = predicate::of(
            self.receipt,
            self.provenance,
            self.builder_id.as_deref(),
            &is_subject,
        );
        let statement = Statement::new(subject, predicate::PREDICATE_TYPE, predicate);
        let envelope = Envelope::sign(&statement, self.key);
        let bytes = envelope.to_json().len();
        if bytes > dsse::MAX_BYTES {
            return Err(ExportError::TooLarge(bytes));
        }
        Ok(Export {
            envelope,
            subjects: self.subjects.into_iter().map(|s| s.path).collect(),
            signer: self.key.public_key(),
        })
    }
}

/// A subject by its SHA-256 alone (sigstore's Python verifier refuses a statement with a digest it does not know), its
/// BLAKE3 in an annotation, once that is the receipt's.
fn describe(subject: &Subject, content: &Content) -> Result<ResourceDescriptor, ExportError> {
    if !subject.attested.contains(content.blake3()) {
        let attested: Vec<_> = subject.attested.iter().map(ToString::to_string).collect();
        return Err(ExportError::Changed {
            path: subject.path.clone(),
            attested: attested.join(" or "),
            found: content.blake3().to_string(),
        });
    }
    Ok(ResourceDescriptor {
        name: Some(subject.path.clone()),
        digest: [("sha256".to_owned(), content.sha256_hex())].into(),
        annotations: predicate::annotation("attest_blake3", content.blake3().hex()),
        ..ResourceDescriptor::default()
    })
}

fn check(receipt: &Receipt, key: &SigningKey, now: DateTime<Utc>) -> Result<(), ExportError> {
    if receipt.seal().signature.is_none() {
        return Err(ExportError::NotSigned);
    }
    let own = key.public_key();
    if let Some(signer) = receipt.signer_public_key().filter(|signer| *signer != own) {
        return Err(ExportError::OtherSigner {
            receipt: signer.id(),
            given: own.id(),
        });
    }
    let verifier = Verifier::builder()
        .trusted_key(own)
        .map_err(|error| ExportError::NotValid {
            code: "no_trusted_keys".to_owned(),
            detail: error.to_string(),
        })?
        .now(now)
        .build();
    let report = verifier.verify(receipt);
    if !report.valid {
        let failed = report.checks.iter().find(|c| c.status == Status::Fail);
        return Err(ExportError::NotValid {
            code: failed.map(|c| c.code.to_string()).unwrap_or_default(),
            detail: failed.map(|c| c.detail.to_string()).unwrap_or_default(),
        });
    }
    match report.execution.outcome {
        Outcome::Success => Ok(()),
        Outcome::Failure => Err(ExportError::RunFailed(report.execution.failed_steps)),
        Outcome::Incomplete | Outcome::Unknown => Err(ExportError::RunIncomplete),
    }
}

/// RFC 3986: an absolute URI, URNs too, of the characters that a URI has.
fn check_builder_id(id: &str) -> Result<(), ExportError> {
    let written = id.bytes().all(|b| b.is_ascii_graphic());
    if id.len() <= LONGEST_BUILDER_ID && written && Url::parse(id).is_ok() {
        return Ok(());
    }
    Err(ExportError::BuilderId(crate::intoto::brief(id)))
}
