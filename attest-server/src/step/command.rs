//! The command of a step, from the order to its supervisor to the supervisor's report.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::outcome::Reason;
use super::pump::{Pumped, pump};
use super::supervised::{self, Supervised};
use super::{LogSink, StepError, StepRequest, StepRunner};
use crate::supervisor::{Ending, Order, Report};

/// How the command ended, and what it said.
pub(super) struct Command {
    pub(super) ending: Result<i32, (Reason, String)>,
    pub(super) duration: Duration,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Command {
    pub(super) const fn not_started(message: String) -> Self {
        Self {
            ending: Err((Reason::NotStarted, message)),
            duration: Duration::ZERO,
            stdout: String::new(),
            stderr: String::new(),
        }
    }
}

/// Lets the supervisor run the command, and reads what it says until everything of the step has ended.
pub(super) async fn execute(
    runner: &StepRunner,
    request: &StepRequest,
    (supervisor, scratch): (Supervised, &Path),
    order: &Order,
    mut sink: impl LogSink,
    cancel: impl Future<Output = ()> + Send,
) -> Result<Command, StepError> {
    let identity = supervisor
        .identity(scratch.to_path_buf())
        .map_err(StepError::io("start the supervisor of a step"))?;
    let Supervised {
        stdout,
        stderr,
        // It ends by itself after its report, or with its socket, and the runtime waits for it.
        child: _,
        reports,
        mut orders,
    } = supervisor;
    sink.started(&identity).await.map_err(StepError::Log)?;
    // A supervisor that is gone already shows as a missing report.
    let _ = supervised::order(&mut orders, order).await;
    if request.followed {
        tokio::task::spawn_blocking(runner.spare.filling(runner.supervisor.clone()));
    }

    let mut cancel = pin!(cancel);
    let mut orders = Some(orders);
    let mut reported = pin!(supervised::report(reports));
    let mut pumped = pin!(pump(stdout, stderr, &mut sink, Arc::clone(&runner.clock)));
    let mut report: Option<Option<Report>> = None;
    let mut output: Option<Pumped> = None;
    let mut patience = pin!(tokio::time::sleep(Duration::ZERO));
    while report.is_none() || output.is_none() {
        tokio::select! {
            () = &mut cancel, if orders.is_some() => {
                if let Some(orders) = orders.take() {
                    supervised::cancel(orders);
                }
            }
            // On an error the socket closes as this returns, and the supervisor ends the step.
            done = &mut pumped, if output.is_none() => output = Some(done.map_err(StepError::Log)?),
            said = &mut reported, if report.is_none() => {
                report = Some(said);
                patience.as_mut().reset(tokio::time::Instant::now() + STRAGGLERS);
            }
            // The step has ended, yet something holds its pipes open.
            () = &mut patience, if report.is_some() && output.is_none() => break,
        }
    }
    let cancelled = orders.is_none();
    let (duration, ending) = match report.flatten() {
        Some(report) => (
            Duration::from_millis(report.duration_ms),
            Some(report.ending),
        ),
        None => (Duration::ZERO, None),
    };
    let Pumped { stdout, stderr } = output.unwrap_or_default();
    Ok(Command {
        ending: judge(ending, cancelled, order),
        duration,
        stdout,
        stderr,
    })
}

/// How long output may still come after everything of the step has ended. Only something outside the step that was handed
/// one of its pipes can make this matter.
const STRAGGLERS: Duration = Duration::from_secs(5);

fn judge(ending: Option<Ending>, cancelled: bool, order: &Order) -> Result<i32, (Reason, String)> {
    match ending {
        Some(Ending::Exited { code }) => Ok(code),
        Some(Ending::Signalled { signal }) => Ok(128 + signal),
        Some(Ending::TimedOut) => Err((
            Reason::Timeout,
            format!(
                "the step was ended at its time limit of {} s",
                order.timeout_ms.unwrap_or_default() / 1000
            ),
        )),
        Some(Ending::NotStarted { message }) => Err((Reason::NotStarted, message)),
        Some(Ending::Cancelled) => Err((Reason::Cancelled, "the step was cancelled".to_owned())),
        None if cancelled => Err((Reason::Cancelled, "the step was cancelled".to_owned())),
        None => Err((
            Reason::SupervisorLost,
            "the step's supervisor was killed; run the pipeline again".to_owned(),
        )),
    }
}
