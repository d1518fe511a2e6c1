//! The end of an execution: its status, its receipt, one transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use attest_core::receipt::{BuildError, Receipt};
use attest_core::v1::{ExecutionStatus, Failure, StepStatus};

use super::attempt::{Attempt, RunError};
use super::inner::Inner;
use super::receipt::{self, RanStep};
use super::verdict::{Conclusion, ENGINE_FAILED, Ran, judge, outputs_lost};
use super::verification;
use crate::store::executions::{self, End};
use crate::store::receipts::NewReceipt;
use crate::store::{StoreError, steps};

/// Builds the receipt of what ran and stores the end. Of the steps in `verified` every output was hashed again in this
/// attempt.
pub(super) async fn conclude(
    inner: &Arc<Inner>,
    attempt: &Arc<Attempt>,
    conclusion: Conclusion,
    verified: BTreeSet<usize>,
) -> Result<(), RunError> {
    let seq = attempt.seq;
    let rows = inner
        .parts
        .store
        .read(move |connection| steps::stored(connection, seq))
        .await?;
    let now = inner.parts.host.now();
    let (task_inner, task_attempt) = (Arc::clone(inner), Arc::clone(attempt));
    let (end, rest) = tokio::task::spawn_blocking(move || {
        let blobs = &task_inner.parts.blobs;
        let end = match Ran::of(blobs, &rows) {
            Ok(ran) => {
                let mut end = judge(&task_attempt, &rows, &ran, &conclusion, blobs);
                attest(&task_inner, &task_attempt, &ran, &verified, &mut end, now);
                end
            }
            Err(error) if error.is_damage() => outputs_lost(&error),
            Err(error) => return Err(error.into()),
        };
        let rest = match conclusion {
            Conclusion::Cancelled => StepStatus::Cancelled,
            _ => StepStatus::Skipped,
        };
        Ok::<_, RunError>((end, rest))
    })
    .await??;
    let stored: Result<(), StoreError> = inner
        .parts
        .store
        .write_end(seq, move |connection| {
            steps::end_unfinished(connection, seq, &rest, now)?;
            executions::finish(connection, seq, &end, now).map(drop)
        })
        .await;
    Ok(stored?)
}

/// Makes the receipt and puts it into `end`, or fails the execution where the receipt cannot stand.
fn attest(
    inner: &Inner,
    attempt: &Attempt,
    ran: &Ran,
    verified: &BTreeSet<usize>,
    end: &mut End,
    now: chrono::DateTime<chrono::Utc>,
) {
    let plan = &attempt.plan;
    let steps: Vec<RanStep<'_>> = ran
        .steps
        .iter()
        .filter_map(|(position, record, outputs)| {
            let planned = plan.steps.get(*position)?;
            Some(RanStep {
                planned,
                record,
                exit_code: record.exit_code?,
                manifest: &outputs.manifest,
            })
        })
        .collect();
    if steps.is_empty() {
        return;
    }
    let facts = receipt::Facts {
        execution_id: &attempt.id,
        plan,
        started_at: attempt.started_at,
        now,
        sandbox: &inner.parts.runner.sandbox,
    };
    let body = receipt::body(&facts, &steps);
    let made = if plan.sign {
        body.sign(&inner.parts.signing_key)
    } else {
        body.into_unsigned()
    };
    match made {
        Ok(receipt) => {
            let manifests = ran
                .steps
                .iter()
                .filter(|(at, record, _)| record.exit_code.is_some() && !verified.contains(at))
                .map(|(_, _, outputs)| outputs.manifest.as_slice());
            let verdict = if plan.verify {
                verification::check(&receipt, manifests, &inner.parts.blobs)
            } else {
                Ok(())
            };
            match verdict {
                Ok(()) => {
                    end.receipt = Ok(stored(
                        &receipt,
                        plan.sign.then_some(&inner.parts.signing_key),
                    ))
                }
                Err(message) => refuse(end, "verification_failed", None, message),
            }
        }
        Err(error) => {
            let step = match &error {
                BuildError::TooLarge { step, .. } => Some(step.clone()),
                _ => None,
            };
            let reason = if step.is_some() {
                "receipt_too_large"
            } else {
                "receipt_inconsistent"
            };
            tracing::error!(%error, execution = %attempt.id, "no receipt");
            refuse(end, reason, step, error.to_string());
        }
    }
}

fn stored(receipt: &Receipt, key: Option<&attest_core::key::SigningKey>) -> NewReceipt {
    NewReceipt {
        hash: receipt.hash().to_string(),
        key_id: key.map(|key| key.id().to_string()),
        json: receipt.to_json(),
    }
}

/// A run that cannot be attested has not succeeded. A failure that came first keeps its word.
fn refuse(end: &mut End, reason: &'static str, step: Option<String>, message: String) {
    end.receipt = Err(reason);
    if end.status == ExecutionStatus::Completed {
        end.status = ExecutionStatus::Failed;
        end.exit_code = Some(ENGINE_FAILED);
        end.failure = Some(Failure {
            step,
            reason: reason.to_owned(),
            message,
        });
    }
}
