//! Rights, and which include which.

/// A right that an endpoint asks for. `*` is no endpoint's own: it includes all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    PipelinesRead,
    PipelinesWrite,
    ExecutionsRead,
    ExecutionsWrite,
    ReceiptsRead,
    CacheRead,
    CacheWrite,
    CacheAdmin,
}

impl Scope {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::PipelinesRead => "pipelines:read",
            Self::PipelinesWrite => "pipelines:write",
            Self::ExecutionsRead => "executions:read",
            Self::ExecutionsWrite => "executions:write",
            Self::ReceiptsRead => "receipts:read",
            Self::CacheRead => "cache:read",
            Self::CacheWrite => "cache:write",
            Self::CacheAdmin => "cache:admin",
        }
    }

    /// Whether a credential with the scope `held` has this right.
    pub(crate) fn is_included_in(self, held: &str) -> bool {
        held == "*"
            || held == self.as_str()
            || self.wider().iter().any(|scope| scope.is_included_in(held))
    }

    /// The scopes that directly include this one.
    fn wider(self) -> &'static [Scope] {
        match self {
            Self::PipelinesRead | Self::ExecutionsWrite => &[Self::PipelinesWrite],
            Self::ExecutionsRead => &[Self::ExecutionsWrite],
            Self::ReceiptsRead => &[Self::ExecutionsRead],
            Self::CacheRead => &[Self::CacheWrite],
            Self::CacheWrite => &[Self::CacheAdmin],
            Self::PipelinesWrite | Self::CacheAdmin => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn pipelines_write_alone_runs_the_basic_programs() {
        for scope in [
            Scope::PipelinesRead,
            Scope::PipelinesWrite,
            Scope::ExecutionsRead,
            Scope::ExecutionsWrite,
            Scope::ReceiptsRead,
        ] {
            assert!(scope.is_included_in("pipelines:write"), "{scope:?}");
        }
    }

    #[test]
    fn reading_never_includes_writing() {
        assert!(!Scope::PipelinesWrite.is_included_in("pipelines:read"));
        assert!(!Scope::ExecutionsWrite.is_included_in("executions:read"));
        assert!(!Scope::ExecutionsRead.is_included_in("receipts:read"));
        assert!(!Scope::PipelinesRead.is_included_in("executions:write"));
    }
}
