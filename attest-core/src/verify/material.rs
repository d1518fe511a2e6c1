//! What a verifier judges by beside the receipt: the keys it trusts, and the time.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

use super::TrustState;
use super::report::TrustReport;
use crate::trust::TrustStore;

#[derive(Debug, Clone)]
pub(super) struct Material {
    pub(super) store: Option<TrustStore>,
    pub(super) state: TrustState,
    pub(super) as_of: Option<DateTime<Utc>>,
}

impl Material {
    pub(super) fn report(&self) -> TrustReport {
        let as_of = self
            .as_of
            .map(|t| t.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        TrustReport {
            state: self.state,
            as_of,
        }
    }
}

#[derive(Clone)]
pub(super) struct Clock(pub(super) Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    pub(super) fn fixed(now: DateTime<Utc>) -> Self {
        Self(Arc::new(move || now))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Utc::now))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
