//! A machine that is asked for one result after another, whoever gives up in between.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use attest_core::client::{Driver, Machine};
use futures::future::{BoxFuture, FutureExt};
use futures::lock::Mutex;

use crate::Error;

/// The machine, and what is under way for its next result.
pub(crate) struct Repeated<M: Machine> {
    driver: Driver,
    machine: Arc<Mutex<M>>,
    asking: Option<BoxFuture<'static, Result<M::Output, Error>>>,
}

impl<M> Repeated<M>
where
    M: Machine + Send + 'static,
    M::Output: Send,
{
    pub(crate) fn new(driver: Driver, machine: M) -> Self {
        Self {
            driver,
            machine: Arc::new(Mutex::new(machine)),
            asking: None,
        }
    }

    /// The next result. Who stops polling and begins again finds what was under way.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<M::Output, Error>> {
        let asking = self.asking.get_or_insert_with(|| {
            let (driver, machine) = (self.driver.clone(), self.machine.clone());
            async move { driver.run(&mut *machine.lock().await).await }.boxed()
        });
        let result = ready!(asking.poll_unpin(context));
        self.asking = None;
        Poll::Ready(result)
    }

    /// Lets go of what is under way. The machine stays as it is and goes on from there.
    pub(crate) fn let_go(&mut self) {
        self.asking = None;
    }
}
