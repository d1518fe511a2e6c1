//! Watching an execution: its log as it comes, its steps as they change, until it is over or the user leaves.

use std::time::Duration;

use attest_sdk::{Error, Execution};
use tokio::time::{MissedTickBehavior, interval};

use crate::output::progress::Progress;

/// How often the steps are looked at.
const LOOK: Duration = Duration::from_millis(400);

/// Shows the execution until it is over; `None` where the user left with Ctrl-C, and it goes on.
pub(super) async fn until_over(
    execution: &Execution,
    progress: &mut Progress,
) -> Result<Option<Execution>, Error> {
    let mut log = execution.stream_logs().await?;
    let mut now = execution.clone();
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            biased;
            _ = &mut interrupted => return Ok(None),
            entry = log.try_next() => match entry? {
                Some(entry) => progress.log(&entry),
                None => break,
            },
            _ = looks.tick() => {
                // A failed look costs a line of progress, no more: the log stream decides whether the server is lost.
                if now.refresh().await.is_ok() {
                    progress.look(now.state());
                }
            }
        }
    }
    let over = tokio::select! {
        over = execution.wait_for_completion() => over?,
        _ = &mut interrupted => return Ok(None),
    };
    progress.look(over.state());
    Ok(Some(over))
}
