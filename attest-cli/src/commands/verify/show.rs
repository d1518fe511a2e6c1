//! The report for people: the verdict first, then what it rests on.

use std::path::Path;

use attest_sdk::Report;
use attest_sdk::receipt::Receipt;
use attest_sdk::verify::{HeldFile, Outcome, Status, code};

use crate::output::{Console, escape};

pub(super) fn report(report: &Report, file: &Path, trust: &str, console: &Console) {
    let line = |text: String| console.data(&escape(&text));
    let verdict = if report.valid { "valid" } else { "NOT VALID" };
    line(format!("{}: {verdict}", file.display()));
    line(format!("  outcome    {}", outcome(report)));
    line(format!("  signed by  {}", signer(report)));
    line(format!("  trusting   {trust}"));
    if let Some(hash) = &report.receipt_hash {
        line(format!("  receipt    {hash}"));
    }
    for check in &report.checks {
        let status = match check.status {
            Status::Pass => "pass",
            Status::Fail => "FAIL",
            Status::Skipped => "skipped",
        };
        let name = check.name.as_str();
        match check.status {
            Status::Fail => line(format!(
                "  {status:<8} {name}: {} ({})",
                check.detail, check.code
            )),
            Status::Pass | Status::Skipped => line(format!("  {status:<8} {name}")),
        }
    }
    for violation in &report.policy_compliance.violations {
        line(format!(
            "  policy {} is not met: {} ({})",
            violation.policy, violation.message, violation.code
        ));
    }
    for warning in &report.warnings {
        console.warn(&meaning(&warning.code));
    }
}

/// Which output of the run each file is.
pub(super) fn attested(receipt: &[u8], files: &[HeldFile], console: &Console) {
    let Ok(receipt) = Receipt::parse(receipt) else {
        return;
    };
    for file in files {
        for output in receipt.files_with(&file.digest) {
            console.data(&escape(&format!(
                "  artifact   {} is {} of step {}",
                file.name, output.path, output.step
            )));
        }
    }
}

fn outcome(report: &Report) -> String {
    let failed = report.execution.failed_steps.join(", ");
    match report.execution.outcome {
        Outcome::Success => "success: every step ran and exited 0".to_owned(),
        Outcome::Failure => format!("failure of {failed}"),
        Outcome::Incomplete => "incomplete: not every step ran".to_owned(),
        Outcome::Unknown => {
            "unknown: the receipt does not say which steps there should be".to_owned()
        }
    }
}

fn signer(report: &Report) -> String {
    let signature = &report.signature_verification;
    let Some(id) = &signature.key_id else {
        return "nobody".to_owned();
    };
    match (&signature.signer, signature.valid) {
        (_, false) => format!("nobody: the signature is not that of key {id}"),
        (Some(name), true) => format!("{name}, key {id}"),
        (None, true) => format!("key {id}"),
    }
}

/// What a warning's word means.
fn meaning(word: &str) -> String {
    let known = code::ALL
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, meaning)| meaning.trim());
    match known {
        Some(meaning) => format!(
            "{} ({word})",
            meaning
                .trim_start_matches("A warning: ")
                .trim_end_matches('.')
        ),
        None => word.to_owned(),
    }
}
