//! Telling whoever waits for an execution that it has changed, or that it is over.
//!
//! What is new is in the database and nowhere else: a waiter hears *that* there is something and looks. An execution that
//! nobody waits for has no entry here, and a change of it costs one look at a map.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// The executions that somebody waits for, by their rows' numbers.
#[derive(Default)]
pub(crate) struct News {
    waited_for: Mutex<HashMap<i64, watch::Sender<Over>>>,
}

/// Whether it has ended. Every change is sent, also where this stays as it is.
type Over = bool;

impl News {
    /// Begins to listen. What changes from now on is heard of, so look at the database after this call.
    pub(crate) fn of(self: &Arc<Self>, execution: i64) -> Waiter {
        let mut waited_for = self.lock();
        let sender = waited_for
            .entry(execution)
            .or_insert_with(|| watch::Sender::new(false));
        Waiter {
            execution,
            receiver: sender.subscribe(),
            news: Arc::clone(self),
        }
    }

    /// Something that is shown of it is other than it was. Call it after the commit.
    pub(crate) fn changed(&self, execution: i64) {
        if let Some(sender) = self.lock().get(&execution) {
            sender.send_modify(|_| ());
        }
    }

    /// It has ended. Call it after the commit.
    pub(crate) fn ended(&self, execution: i64) {
        if let Some(sender) = self.lock().get(&execution) {
            sender.send_replace(true);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, watch::Sender<Over>>> {
        self.waited_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who listens.
pub(crate) struct Waiter {
    execution: i64,
    receiver: watch::Receiver<Over>,
    news: Arc<News>,
}

impl Waiter {
    /// Ready once something has changed since it began to listen, or since this was ready last.
    pub(crate) async fn change(&mut self) {
        // The sender stays as long as somebody listens.
        let _kept = self.receiver.changed().await;
    }

    /// Ready once the execution has ended after it began to listen.
    pub(crate) async fn end(&mut self) {
        let _kept = self.receiver.wait_for(|over| *over).await;
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waited_for = self.news.lock();
        let last = waited_for
            .get(&self.execution)
            .is_some_and(|sender| sender.receiver_count() <= 1);
        if last {
            waited_for.remove(&self.execution);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn each_waiter_hears_of_a_change_of_its_execution_and_of_no_other() {
        let news = Arc::new(News::default());
        let (mut one, mut other, mut stranger) = (news.of(1), news.of(1), news.of(2));
        assert_eq!(one.change().now_or_never(), None);
        news.changed(1);
        assert_eq!(one.change().now_or_never(), Some(()));
        assert_eq!(one.change().now_or_never(), None, "it was told once");
        assert_eq!(one.end().now_or_never(), None, "it goes on");
        news.ended(1);
        assert_eq!(one.end().now_or_never(), Some(()));
        assert_eq!(other.change().now_or_never(), Some(()));
        assert_eq!(stranger.change().now_or_never(), None);
    }

    #[test]
    fn nothing_is_kept_of_an_execution_that_nobody_waits_for() {
        let news = Arc::new(News::default());
        let (one, other) = (news.of(1), news.of(1));
        drop(one);
        assert_eq!(news.lock().len(), 1);
        drop(other);
        news.changed(1);
        news.ended(1);
        assert_eq!(news.lock().len(), 0);
    }
}
