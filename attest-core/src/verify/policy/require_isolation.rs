//! `require-isolation:<control>`: this control, such as `network`, kept the steps apart from the rest of the machine.
//!
//! What is enforced is of this very execution; a step whose result came from the cache ran in another one, so that the
//! policy is best asked beside `no-cache-hits`.

use super::{Breach, Context, Known, Rule};
use crate::receipt::ControlStatus;
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "require-isolation:<control>",
    parse: |parts| {
        parts.with_argument("require-isolation", |control| {
            if control.trim() != control || control.contains(',') {
                return Err(format!(
                    "{control:?} is no control's name: ask one policy for each control, such as require-isolation:network"
                ));
            }
            Ok(RequireIsolation {
                control: control.to_owned(),
            })
        })
    },
};

struct RequireIsolation {
    control: String,
}

impl Rule for RequireIsolation {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let name = &self.control;
        let isolation = context.receipt.body().isolation.iter();
        // All of that name: two that contradict each other enforce nothing.
        let mut named = isolation
            .flat_map(|isolation| &isolation.controls)
            .filter(|control| control.name == *name)
            .peekable();
        if named.peek().is_none() {
            let message = format!("the receipt says nothing of the control {name:?}");
            return Err(Breach::new(code::CONTROL_MISSING, message)
                .expected(ControlStatus::Enforced.as_str()));
        }
        match named.find(|control| control.status != ControlStatus::Enforced) {
            None => Ok(()),
            Some(control) => {
                let found = control.status.as_str();
                let message = format!("the control {name:?} is {found}: {}", control.detail);
                Err(Breach::new(code::CONTROL_NOT_ENFORCED, message)
                    .values(ControlStatus::Enforced.as_str(), found))
            }
        }
    }
}
