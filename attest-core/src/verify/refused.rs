//! The report of a document that is no receipt.

use super::checked::{failed, skipped};
use super::report::{ExecutionReport, PolicyReport, SignatureReport, TimestampReport};
use super::{CheckName, Fault, Outcome, Report, Verifier, Violation, code};
use crate::receipt::SchemaError;

impl Verifier {
    /// The report of a document that is no receipt: nothing else can be looked at, and no policy is met.
    pub(super) fn refuse_schema(&self, error: &SchemaError) -> Report {
        let rest = [
            CheckName::Consistency,
            CheckName::Signature,
            CheckName::Trust,
            CheckName::Timestamp,
            CheckName::Binding,
            CheckName::Policy,
            CheckName::Artifacts,
            CheckName::Recompute,
        ];
        let mut checks = vec![failed(
            CheckName::Schema,
            &Fault::new(error.code, error.to_string()),
        )];
        checks
            .extend(rest.map(|name| skipped(name, code::SCHEMA_FAILED, "the structure is wrong")));
        let violations: Vec<_> = self
            .asked_policies()
            .into_iter()
            .map(not_evaluated)
            .collect();
        Report {
            valid: false,
            checks,
            signature_verification: SignatureReport {
                valid: false,
                signer: None,
                key_id: None,
                algorithm: "ed25519".to_owned(),
                trusted: false,
            },
            policy_compliance: PolicyReport {
                passed: violations.is_empty(),
                evaluated: self.asked_policies(),
                violations,
            },
            timestamp_check: TimestampReport {
                valid: false,
                age_hours: None,
                source: "receipt".to_owned(),
            },
            receipt_hash: None,
            execution: ExecutionReport {
                outcome: Outcome::Unknown,
                failed_steps: Vec::new(),
            },
            trust_material: self.material.report(),
            warnings: Vec::new(),
        }
    }
}

fn not_evaluated(policy: String) -> Violation {
    Violation {
        policy,
        code: code::SCHEMA_FAILED.to_owned(),
        message: "not evaluated: the document is no receipt".to_owned(),
        step: None,
        expected: None,
        found: None,
    }
}
