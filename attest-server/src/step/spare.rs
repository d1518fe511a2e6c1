//! A supervisor that is started before its step: while one step runs, the process of the next one loads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::supervised::Supervised;
use crate::supervisor::Program;

/// At most one supervisor that has no order yet. Clones share it.
///
/// It does nothing, and ends with the server, or when it is let go of.
#[derive(Clone, Default)]
pub struct Spare {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    supervisor: Option<Supervised>,
    /// How often it was let go of.
    rounds: u64,
}

impl Spare {
    /// Takes it, where there is one and it still lives.
    pub(super) fn take(&self) -> Option<Supervised> {
        self.lock().supervisor.take().filter(Supervised::lives)
    }

    /// The work of starting one where there is none, for a thread that may block, within a runtime. What is started after
    /// the next [`Spare::let_go`] is not kept.
    pub(super) fn filling(&self, program: Program) -> impl FnOnce() + Send + 'static {
        let (spare, round) = (self.clone(), self.lock().rounds);
        move || {
            if spare.lock().supervisor.is_some() {
                return;
            }
            // Where it cannot be started now, the step that wants one tries again, and says why not.
            let started = Supervised::start(&program).ok();
            let mut kept = spare.lock();
            if kept.rounds == round {
                // One that another has started meanwhile is let go of.
                kept.supervisor = started;
            }
        }
    }

    /// Ends it, where there is one or one is about to be: no step is expected.
    pub(crate) fn let_go(&self) {
        let mut kept = self.lock();
        kept.supervisor = None;
        kept.rounds += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Spare {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Spare").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_was_started_after_it_was_let_go_of_is_not_kept() {
        let spare = Spare::default();
        // It reads from its socket until that is closed, as a supervisor does that gets no order.
        let program = || Program {
            executable: "cat".into(),
            arguments: Vec::new(),
        };
        spare.filling(program())();
        assert!(spare.take().is_some());
        let late = spare.filling(program());
        spare.let_go();
        late();
        assert!(spare.take().is_none());
    }
}
