//! Results as lines of a report.

use super::{Check, CheckName, Fault, Status, code};

/// A check that is made only where something was asked of it.
pub(super) fn asked(
    name: CheckName,
    asked: bool,
    detail: &'static str,
    run: impl FnOnce() -> Result<(), Fault>,
) -> Check {
    if asked {
        check(name, run(), detail)
    } else {
        skipped(name, code::NOT_ASKED, "nothing was asked of this check")
    }
}

/// A check with its result.
pub(super) fn check<T>(name: CheckName, result: Result<T, Fault>, detail: &'static str) -> Check {
    match result {
        Ok(_) => passed(name, detail),
        Err(fault) => failed(name, &fault),
    }
}

/// A check that passed.
pub(super) fn passed(name: CheckName, detail: &'static str) -> Check {
    Check {
        name,
        status: Status::Pass,
        code: code::OK.into(),
        detail: detail.into(),
    }
}

/// A check that failed.
pub(super) fn failed(name: CheckName, fault: &Fault) -> Check {
    Check {
        name,
        status: Status::Fail,
        code: fault.code.into(),
        detail: fault.detail.clone().into(),
    }
}

/// A check that was not made.
pub(super) fn skipped(name: CheckName, code: &'static str, detail: &'static str) -> Check {
    Check {
        name,
        status: Status::Skipped,
        code: code.into(),
        detail: detail.into(),
    }
}
