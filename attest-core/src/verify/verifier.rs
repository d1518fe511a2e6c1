//! The order in which a receipt is judged, and the report of it.

use chrono::{DateTime, Utc};

use super::checked::{asked, check, passed, skipped};
use super::material::{Clock, Material};
use super::policy::{Context, Signed};
use super::report::{
    CheckName, ExecutionReport, PolicyReport, SignatureReport, Status, TimestampReport, Warning,
};
use super::trusted::{Times, Trusted};
use super::{
    Builder, Evidence, Expect, Fault, Outcome, Policy, Recomputed, Report, TrustState, artifacts,
    binding, code, consistency, outcome, signature, timestamp, trusted,
};
use crate::digest::Digest;
use crate::key::PublicKey;
use crate::receipt::{ParseError, Receipt};
use crate::yaml;

/// Judges receipts. Built once, used many times, from many threads.
///
/// ```
/// use attest_core::trust::TrustStore;
/// use attest_core::verify::Verifier;
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let key = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// let mut store = TrustStore::new();
/// store.add(attest_core::key::PublicKey::parse(key)?)?;
/// let verifier = Verifier::builder().trust_store(store).policy("require-success")?.build();
/// assert!(verifier.verify_bytes(bytes)?.valid);
/// let changed = String::from_utf8_lossy(bytes).replace("world", "mars!");
/// assert!(!verifier.verify_bytes(changed.as_bytes())?.valid);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    pub(super) material: Material,
    pub(super) policies: Vec<Policy>,
    pub(super) expect: Expect,
    pub(super) clock: Clock,
    pub(super) believe_receipt_time: bool,
}

impl Verifier {
    /// A builder that trusts nothing yet.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Judges bytes.
    ///
    /// # Errors
    /// [`yaml::Error`] where they are unreadable (neither JSON nor YAML, too large, too deep, duplicate keys). What is
    /// readable and no receipt is a report whose check `schema` failed.
    pub fn verify_bytes(&self, bytes: &[u8]) -> Result<Report, yaml::Error> {
        self.verify_bytes_with(bytes, &Evidence::default())
    }

    /// As [`Verifier::verify_bytes`], held against what was found out beside the receipt.
    ///
    /// # Errors
    /// As there.
    pub fn verify_bytes_with(
        &self,
        bytes: &[u8],
        evidence: &Evidence,
    ) -> Result<Report, yaml::Error> {
        match Receipt::parse(bytes) {
            Ok(receipt) => Ok(self.verify_with(&receipt, evidence)),
            Err(ParseError::Schema(error)) => Ok(self.refuse_schema(&error)),
            Err(ParseError::Unreadable(error)) => Err(error),
        }
    }

    /// Judges a receipt.
    pub fn verify(&self, receipt: &Receipt) -> Report {
        self.verify_with(receipt, &Evidence::default())
    }

    /// Judges a receipt, held against what was found out beside it.
    pub fn verify_with(&self, receipt: &Receipt, evidence: &Evidence) -> Report {
        let recomputed = evidence.recomputed.as_ref();
        let now = (self.clock.0)();
        // Made once: it is most of the work beside the signature itself.
        let canonical = receipt.body().canonical_bytes();
        let signer = signature::signer(receipt, self.material.store.as_ref());
        let signed = signature::check(receipt, signer.as_ref(), &canonical);
        let trusted = signed.as_ref().map(|key| self.trust(key, receipt, now));
        let mut checks = vec![
            passed(
                CheckName::Schema,
                "the receipt has the structure of its schema version",
            ),
            check(
                CheckName::Consistency,
                consistency::check(receipt.body()),
                "the values are coherent",
            ),
            check(
                CheckName::Signature,
                signed.clone(),
                "the signature verifies",
            ),
            match &trusted {
                Ok(trusted) => check(
                    CheckName::Trust,
                    trusted.as_ref().map_err(Clone::clone),
                    "the signer is trusted",
                ),
                Err(_) => skipped(
                    CheckName::Trust,
                    code::SIGNATURE_FAILED,
                    "the signature is not valid",
                ),
            },
            check(
                CheckName::Timestamp,
                timestamp::check(receipt, now),
                "the receipt's time is possible",
            ),
            asked(
                CheckName::Binding,
                self.expect.binds(),
                "it is the receipt that was expected",
                || binding::check(receipt, &self.expect),
            ),
        ];
        let policy_compliance = self.policies(&Context {
            receipt,
            now,
            signed: signed.as_ref().ok().map(|key| Signed {
                key,
                identity: self.identity(key),
                trusted: matches!(trusted, Ok(Ok(_))),
            }),
            recomputed: recomputed == Some(&Recomputed::Match),
        });
        checks.extend([
            asked(
                CheckName::Policy,
                !self.policies.is_empty(),
                "every policy is met",
                || broken(&policy_compliance),
            ),
            asked(
                CheckName::Artifacts,
                !(self.expect.artifacts.is_empty() && evidence.files.is_empty()),
                "every artifact is attested",
                || artifacts::check(receipt, &self.expect.artifacts, &evidence.files),
            ),
            asked(
                CheckName::Recompute,
                recomputed.is_some(),
                "the files give the hashes of the receipt",
                || super::recomputed::check(recomputed),
            ),
        ]);
        let execution = outcome::of(receipt.body());
        let trusted = trusted.ok().and_then(Result::ok);
        Report {
            valid: !checks.iter().any(|c| c.status == Status::Fail) && trusted.is_some(),
            signature_verification: self.signer(
                signer.and_then(Result::ok).as_ref(),
                signed.is_ok(),
                trusted.is_some(),
            ),
            policy_compliance,
            timestamp_check: TimestampReport {
                valid: checks
                    .iter()
                    .any(|c| c.name == CheckName::Timestamp && c.status == Status::Pass),
                age_hours: Some(timestamp::age_hours(receipt, now)),
                source: "receipt".to_owned(),
            },
            receipt_hash: Some(Digest::of(&canonical).to_string()),
            warnings: self.warnings(&execution, trusted.as_ref()),
            execution,
            trust_material: self.material.report(),
            checks,
        }
    }

    fn trust(
        &self,
        key: &PublicKey,
        receipt: &Receipt,
        now: DateTime<Utc>,
    ) -> Result<Trusted, Fault> {
        let times = Times {
            now,
            receipt: receipt.body().timestamp,
            believe_receipt: self.believe_receipt_time,
        };
        trusted::check(self.material.store.as_ref(), key, times)
    }

    fn policies(&self, context: &Context<'_>) -> PolicyReport {
        let violations: Vec<_> = self
            .policies
            .iter()
            .filter_map(|p| p.violation(context))
            .collect();
        PolicyReport {
            passed: violations.is_empty(),
            evaluated: self.asked_policies(),
            violations,
        }
    }

    pub(super) fn asked_policies(&self) -> Vec<String> {
        self.policies.iter().map(|p| p.text().to_owned()).collect()
    }

    /// Whose key it is, by the trusted keys.
    fn identity(&self, key: &PublicKey) -> Option<&str> {
        self.material.store.as_ref()?.get(key)?.signer.as_deref()
    }

    fn signer(&self, key: Option<&PublicKey>, valid: bool, trusted: bool) -> SignatureReport {
        // Only a signature that verifies makes the key's owner the signer.
        let signer = key.filter(|_| valid).and_then(|key| self.identity(key));
        SignatureReport {
            valid,
            signer: signer.map(str::to_owned),
            key_id: key.map(|key| key.id().to_string()),
            algorithm: "ed25519".to_owned(),
            trusted,
        }
    }

    fn warnings(&self, execution: &ExecutionReport, trusted: Option<&Trusted>) -> Vec<Warning> {
        let facts = [
            (execution.outcome == Outcome::Failure, code::RUN_FAILED),
            (
                execution.outcome == Outcome::Incomplete,
                code::RUN_INCOMPLETE,
            ),
            (
                self.material.state == TrustState::FetchedFromServer,
                code::TRUST_FROM_SERVER,
            ),
            (
                trusted.is_some_and(|t| t.by_receipt_time),
                code::SIGNER_TIME_BELIEVED,
            ),
        ];
        facts
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, code)| Warning {
                code: code.to_owned(),
            })
            .collect()
    }
}

fn broken(report: &PolicyReport) -> Result<(), Fault> {
    let names: Vec<_> = report
        .violations
        .iter()
        .map(|v| v.policy.as_str())
        .collect();
    match names.as_slice() {
        [] => Ok(()),
        names => Err(Fault::new(
            code::POLICY_VIOLATED,
            format!("not met: {}", names.join(", ")),
        )),
    }
}
