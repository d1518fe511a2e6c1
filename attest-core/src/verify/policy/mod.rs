//! Policies: what a verifier asks beyond authenticity, as strings `name[-value][:argument]`.
//!
//! Each policy is one file with one `Known`; to add one, write the file and list it in `KNOWN`. An unknown policy,
//! or one with a bad argument, is an error where the verifier is built, never ignored.

mod artifact;
mod invocation;
mod max_age;
mod no_cache_hits;
mod passed;
mod pipeline;
mod require_clean_source;
mod require_isolation;
mod require_recompute;
mod require_reproducible;
mod require_signature;
mod require_success;
mod require_tests;
mod security_scan;
mod signer;
mod source;
mod step;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::Violation;
use crate::key::PublicKey;
use crate::receipt::{Receipt, Source};

/// Every policy, in the order in which they are listed to people.
const KNOWN: &[Known] = &[
    require_signature::KNOWN,
    require_success::KNOWN,
    require_tests::KNOWN,
    security_scan::KNOWN,
    require_recompute::KNOWN,
    require_reproducible::KNOWN,
    require_clean_source::KNOWN,
    require_isolation::KNOWN,
    max_age::KNOWN,
    signer::KNOWN,
    pipeline::KNOWN,
    source::KNOWN,
    invocation::KNOWN,
    step::KNOWN,
    artifact::KNOWN,
    no_cache_hits::KNOWN,
];

/// A policy that can be evaluated.
///
/// ```
/// use attest_core::verify::Policy;
///
/// // A configuration's policies are checked when it is read, not when something is judged.
/// for text in ["require-success", "max-age-24h", "require-tests:allow-cached"] {
///     assert_eq!(Policy::parse(text)?.text(), text);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Policy {
    text: String,
    rule: Arc<dyn Rule>,
}

/// A policy that cannot be asked.
///
/// ```
/// use attest_core::verify::Policy;
///
/// let error = Policy::parse("max-age-soon").unwrap_err().to_string();
/// assert!(error.contains("it is written max-age-<n><s|m|h|d>"), "{error}");
/// let error = Policy::parse("max-weight").unwrap_err().to_string();
/// assert!(error.starts_with("unknown policy \"max-weight\"; known are require-signature"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// No policy has this name.
    #[error("unknown policy {policy:?}; known are {}", known_patterns())]
    Unknown {
        /// The text.
        policy: String,
    },
    /// Its argument is missing, superfluous or of another form.
    #[error("policy {policy:?}: {reason}; it is written {pattern}")]
    Argument {
        /// The text.
        policy: String,
        /// What is wrong.
        reason: String,
        /// How it is written.
        pattern: &'static str,
    },
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`PolicyError`], which lists the known policies where the name is unknown.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let parts = Parts { name, argument };
        for known in KNOWN {
            if let Some(parsed) = (known.parse)(&parts) {
                let rule = parsed.map_err(|reason| PolicyError::Argument {
                    policy: text.to_owned(),
                    reason,
                    pattern: known.pattern,
                })?;
                return Ok(Self {
                    text: text.to_owned(),
                    rule,
                });
            }
        }
        Err(PolicyError::Unknown {
            policy: text.to_owned(),
        })
    }

    /// The policy as it was asked.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How the receipt does not meet it; `None` where it does.
    pub(super) fn violation(&self, context: &Context<'_>) -> Option<Violation> {
        let breach = self.rule.check(context).err()?;
        Some(Violation {
            policy: self.text.clone(),
            code: breach.code.to_owned(),
            message: breach.message,
            step: breach.step,
            expected: breach.expected,
            found: breach.found,
        })
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({:?})", self.text)
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// How every policy is written, for help texts.
pub fn patterns() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.pattern)
}

fn known_patterns() -> String {
    patterns().collect::<Vec<_>>().join(", ")
}

/// What a policy may look at.
struct Parts<'a> {
    name: &'a str,
    argument: Option<&'a str>,
}

type Parsed = Result<Arc<dyn Rule>, String>;

/// One kind of policy.
struct Known {
    /// How it is written.
    pattern: &'static str,
    /// `None` where the name is another policy's.
    parse: fn(&Parts<'_>) -> Option<Parsed>,
}

/// What a rule looks at.
pub(super) struct Context<'a> {
    pub(super) receipt: &'a Receipt,
    pub(super) now: DateTime<Utc>,
    /// Who signed, where the signature verifies.
    pub(super) signed: Option<Signed<'a>>,
    /// Whether the hashes were derived again and agree.
    pub(super) recomputed: bool,
}

/// Whose signature it is.
pub(super) struct Signed<'a> {
    pub(super) key: &'a PublicKey,
    /// The key's identity by the trusted keys.
    pub(super) identity: Option<&'a str>,
    /// Whether the key is trusted, for this receipt, now.
    pub(super) trusted: bool,
}

impl<'a> Context<'a> {
    fn source(&self) -> Option<&'a Source> {
        let provenance = self.receipt.body().provenance.as_ref();
        provenance.and_then(|known| known.source.as_ref())
    }
}

/// A condition on a receipt whose structure is in order.
trait Rule: Send + Sync {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach>;
}

/// How a condition is not met.
#[derive(Default)]
struct Breach {
    code: &'static str,
    message: String,
    step: Option<String>,
    expected: Option<String>,
    found: Option<String>,
}

impl Breach {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            ..Self::default()
        }
    }

    fn step(mut self, name: &str) -> Self {
        self.step = Some(name.to_owned());
        self
    }

    fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    fn values(self, expected: impl Into<String>, found: impl Into<String>) -> Self {
        self.expected(expected).found(found)
    }
}

impl Parts<'_> {
    /// For a policy without an argument.
    fn bare(&self, name: &str, rule: impl Rule + 'static) -> Option<Parsed> {
        (self.name == name).then(|| match self.argument {
            None => Ok(Arc::new(rule) as Arc<dyn Rule>),
            Some(_) => Err("it takes no argument".to_owned()),
        })
    }

    /// For a policy that may have an argument, which then is not empty.
    fn with_optional_argument<R: Rule + 'static>(
        &self,
        name: &str,
        rule: impl FnOnce(Option<&str>) -> Result<R, String>,
    ) -> Option<Parsed> {
        (self.name == name).then(|| match self.argument {
            Some("") => Err("its argument is missing".to_owned()),
            argument => rule(argument).map(|r| Arc::new(r) as Arc<dyn Rule>),
        })
    }

    /// For a policy with one argument that is not empty.
    fn with_argument<R: Rule + 'static>(
        &self,
        name: &str,
        rule: impl FnOnce(&str) -> Result<R, String>,
    ) -> Option<Parsed> {
        (self.name == name).then(|| match self.argument {
            Some(argument) if !argument.is_empty() => {
                rule(argument).map(|r| Arc::new(r) as Arc<dyn Rule>)
            }
            _ => Err("its argument is missing".to_owned()),
        })
    }
}
