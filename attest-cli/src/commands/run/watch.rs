//! Watching an execution: its log as it comes, its steps as they change, until it is over or the user leaves.

use attest_sdk::{Error, Execution};

use crate::output::progress::Progress;

/// Shows the execution until it is over; `None` where the user left with Ctrl-C, and it goes on.
pub(super) async fn until_over(
    execution: &Execution,
    progress: &mut Progress,
) -> Result<Option<Execution>, Error> {
    let mut watch = execution.watch();
    let mut latest = execution.clone();
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        let update = tokio::select! {
            biased;
            _ = &mut interrupted => return Ok(None),
            update = watch.next() => update?,
        };
        let Some(update) = update else {
            return Ok(Some(latest));
        };
        progress.news(
            &update.lines,
            update.execution.as_ref().map(Execution::state),
        );
        if let Some(execution) = update.execution {
            latest = execution;
        }
    }
}
