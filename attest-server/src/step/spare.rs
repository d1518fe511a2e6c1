//! A supervisor that is started before its step: while one step runs, the process of the next one loads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::supervised::Supervised;
use crate::supervisor::Program;

/// At most one supervisor that has no order yet. Clones share it.
///
/// It does nothing, and ends with the server, or when it is let go of.
#[derive(Clone, Default)]
pub struct Spare {
    kept: Arc<Mutex<Option<Supervised>>>,
}

impl Spare {
    /// Takes it, where there is one and it still lives.
    pub(super) fn take(&self) -> Option<Supervised> {
        self.lock().take().filter(Supervised::lives)
    }

    /// Starts one where there is none. Blocks; call it within a runtime.
    pub(super) fn fill(&self, program: &Program) {
        if self.lock().is_some() {
            return;
        }
        // Where it cannot be started now, the step that wants one tries again, and says why not.
        let started = Supervised::start(program).ok();
        // One that another has started meanwhile is let go of.
        *self.lock() = started;
    }

    /// Ends it, where there is one: no step is expected.
    pub(crate) fn let_go(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Supervised>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Spare {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Spare").finish_non_exhaustive()
    }
}
