//! How the run ended, by the receipt: apart from whether the receipt is authentic.

use std::collections::BTreeSet;

use super::Outcome;
use super::report::ExecutionReport;
use crate::receipt::Body;

pub(super) fn of(body: &Body) -> ExecutionReport {
    let failed_steps: Vec<String> = body
        .steps
        .iter()
        .filter(|s| s.exit_code != 0)
        .map(|s| s.name.clone())
        .collect();
    let ran: BTreeSet<&str> = body.steps.iter().map(|s| s.name.as_str()).collect();
    let planned: Option<BTreeSet<&str>> = body
        .provenance
        .as_ref()
        .map(|p| p.steps.iter().map(|s| s.name.as_str()).collect());
    let outcome = match planned {
        _ if !failed_steps.is_empty() => Outcome::Failure,
        // Without a plan nobody knows what did not run.
        None => Outcome::Unknown,
        Some(_) if ran.is_empty() => Outcome::Unknown,
        Some(planned) if planned == ran => Outcome::Success,
        Some(planned) if planned.is_superset(&ran) => Outcome::Incomplete,
        Some(_) => Outcome::Unknown,
    };
    ExecutionReport {
        outcome,
        failed_steps,
    }
}
