//! `max-age-<n><s|m|h|d>`: the receipt's time is no longer ago than that.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Breach, Context, Known, Parsed, Parts, Rule};
use crate::verify::code;

pub(super) const KNOWN: Known = Known {
    pattern: "max-age-<n><s|m|h|d>",
    parse,
};

fn parse(parts: &Parts<'_>) -> Option<Parsed> {
    let age = parts.name.strip_prefix("max-age")?;
    Some(
        match (
            duration(age.strip_prefix('-').unwrap_or_default()),
            parts.argument,
        ) {
            (Some(limit), None) => Ok(Arc::new(MaxAge { limit }) as Arc<dyn Rule>),
            (None, None) => Err(format!("{age:?} is no age")),
            (_, Some(_)) => Err("it takes no argument".to_owned()),
        },
    )
}

fn duration(text: &str) -> Option<TimeDelta> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    TimeDelta::try_seconds(number.parse::<i64>().ok()?.checked_mul(seconds)?)
}

struct MaxAge {
    limit: TimeDelta,
}

impl Rule for MaxAge {
    fn check(&self, context: &Context<'_>) -> Result<(), Breach> {
        let age = context
            .now
            .signed_duration_since(context.receipt.body().timestamp);
        if age <= self.limit {
            return Ok(());
        }
        let message = format!(
            "the receipt is {} seconds old, allowed are {}",
            age.num_seconds(),
            self.limit.num_seconds()
        );
        let breach = Breach::new(code::TOO_OLD, message);
        Err(breach.values(
            format!("{}s", self.limit.num_seconds()),
            format!("{}s", age.num_seconds()),
        ))
    }
}
