//! Running one step.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use attest_core::digest::Digest;
use attest_core::manifest::Manifest;

use super::collect::{Failure, Outputs, collect};
use super::inputs::{Inputs, change};
use super::outcome::{Reason, StepOutcome};
use super::pump::{Pumped, pump};
use super::supervised::{self, Supervised};
use super::{GRACE, LogSink, StepError, StepRequest, StepRunner};
use crate::supervisor::{Ending, Order, Report};
use crate::view::{self, Layers, Scratch};

/// Runs a step to its end, or until `cancel` is ready.
///
/// Must be polled on a tokio runtime with I/O and time. Dropped before it is done, the step is ended all the same.
///
/// # Errors
/// [`StepError`] where the machine, the store or the log failed and nothing can be said of the step. What the step did
/// wrong is in the outcome.
pub async fn run(
    runner: &StepRunner,
    request: StepRequest,
    sink: impl LogSink,
    cancel: impl Future<Output = ()> + Send,
) -> Result<StepOutcome, StepError> {
    let started_at = (runner.clock)();
    let request = Arc::new(request);
    // A process starts while files are copied. It does nothing before it has its order, and ends where it gets none.
    let (spare, program) = (runner.spare.clone(), runner.supervisor.clone());
    let supervisor = async {
        match spare.take() {
            Some(supervisor) => Ok(Ok(supervisor)),
            None => blocking(move || Supervised::start(&program)).await,
        }
    };
    let (prepared, supervisor) = tokio::join!(prepare(runner, &request), supervisor);
    let (prepared, supervisor) = (prepared?, supervisor?);
    let scratch = Arc::clone(&prepared.scratch);
    let finished = match prepared.inputs {
        Inputs::Unreadable { digest, message } => Finished::not_run(&request, digest, message),
        Inputs::Hashed(inputs) => {
            let command = match order(runner, &request, &scratch) {
                Ok(order) => {
                    let supervisor =
                        supervisor.map_err(StepError::io("start the supervisor of a step"))?;
                    let ready = (supervisor, scratch.path());
                    execute(runner, &request, ready, &order, sink, cancel).await?
                }
                Err(message) => Command::not_started(message),
            };
            conclude(runner, &request, &scratch, inputs, command).await?
        }
    };
    // Removing a view is work for the disk, not for the runtime.
    blocking(move || drop(scratch)).await?;
    Ok(finished.outcome(started_at, (runner.clock)()))
}

struct Prepared {
    scratch: Arc<Scratch>,
    inputs: Inputs,
}

async fn prepare(runner: &StepRunner, request: &Arc<StepRequest>) -> Result<Prepared, StepError> {
    let (parent, blobs) = (runner.scratch.clone(), runner.blobs.clone());
    let request = Arc::clone(request);
    blocking(move || {
        let scratch =
            Scratch::create(&parent).map_err(StepError::io("make the directory of a step"))?;
        let strict = request.strict_inputs.then_some(request.inputs.as_slice());
        let layers = Layers::compose(&request.source, &request.upstream, &request.outputs, strict);
        view::build(&scratch, &layers, &blobs)?;
        let inputs = Inputs::hash(&scratch.workspace(), &request.run, &request.inputs);
        Ok(Prepared {
            scratch: Arc::new(scratch),
            inputs,
        })
    })
    .await?
}

/// What the supervisor is told; an error says why the step cannot start.
fn order(runner: &StepRunner, request: &StepRequest, scratch: &Scratch) -> Result<Order, String> {
    let directory = super::directory::Directory::find(request, &scratch.workspace())?;
    let network = request.network && runner.sandbox.network();
    if !network && !runner.sandbox.can_deny_network() {
        return Err(
            "the step must not have the network, which cannot be taken away with --isolation none"
                .to_owned(),
        );
    }
    let (environment, sandbox) =
        runner
            .sandbox
            .enter(scratch, &directory.inside, &request.env, network);
    Ok(Order {
        run: request.run.clone(),
        directory: directory.outside,
        environment,
        sandbox,
        timeout_ms: request
            .timeout
            .map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)),
        grace_ms: u64::try_from(GRACE.as_millis()).unwrap_or(u64::MAX),
    })
}

/// How the command ended, and what it said.
struct Command {
    ending: Result<i32, (Reason, String)>,
    duration: Duration,
    stdout: String,
    stderr: String,
}

impl Command {
    const fn not_started(message: String) -> Self {
        Self {
            ending: Err((Reason::NotStarted, message)),
            duration: Duration::ZERO,
            stdout: String::new(),
            stderr: String::new(),
        }
    }
}

async fn execute(
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
        let (spare, program) = (runner.spare.clone(), runner.supervisor.clone());
        tokio::task::spawn_blocking(move || spare.fill(&program));
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

async fn conclude(
    runner: &StepRunner,
    request: &Arc<StepRequest>,
    scratch: &Arc<Scratch>,
    inputs: Manifest,
    command: Command,
) -> Result<Finished, StepError> {
    let (blobs, request, scratch) = (
        runner.blobs.clone(),
        Arc::clone(request),
        Arc::clone(scratch),
    );
    blocking(move || {
        let workspace = scratch.workspace();
        scratch
            .unlock()
            .map_err(StepError::io("open the directory of a step again"))?;
        let (exit_code, mut reason, mut message) = match command.ending {
            Ok(code) => (Some(code), None, None),
            Err((reason, message)) => (reason.exit_code(), Some(reason), Some(message)),
        };
        let succeeded = exit_code == Some(0);
        if succeeded && let Some(changed) = change(&workspace, &inputs) {
            (reason, message) = (Some(Reason::InputChanged), Some(changed));
        }
        let outputs = match collect(&workspace, &request.outputs, &blobs) {
            Ok(outputs) => outputs,
            Err(Failure::Blob(error)) => return Err(StepError::Blob(error)),
            Err(Failure::Unreadable(why)) => {
                if succeeded && reason.is_none() {
                    reason = Some(Reason::OutputUnreadable);
                }
                message =
                    Some(message.map_or_else(|| why.clone(), |first| format!("{first}; {why}")));
                Outputs::none(Vec::new())
            }
        };
        if succeeded && reason.is_none() && !outputs.missing.is_empty() {
            reason = Some(Reason::MissingOutput);
            message = Some(format!(
                "the command ended with 0 but did not make its declared output{} {}",
                if outputs.missing.len() == 1 { "" } else { "s" },
                outputs.missing.join(", ")
            ));
        }
        Ok(Finished {
            exit_code: reason.map_or(exit_code, Reason::exit_code),
            reason,
            message,
            input_hash: inputs.digest(),
            outputs,
            stdout: command.stdout,
            stderr: command.stderr,
            duration: command.duration,
        })
    })
    .await?
}

/// An outcome without its times.
struct Finished {
    exit_code: Option<i32>,
    reason: Option<Reason>,
    message: Option<String>,
    input_hash: Digest,
    outputs: Outputs,
    stdout: String,
    stderr: String,
    duration: Duration,
}

impl Finished {
    fn not_run(request: &StepRequest, input_hash: Digest, message: String) -> Self {
        Self {
            exit_code: Reason::InputUnreadable.exit_code(),
            reason: Some(Reason::InputUnreadable),
            message: Some(message),
            input_hash,
            outputs: Outputs::none(request.outputs.clone()),
            stdout: String::new(),
            stderr: String::new(),
            duration: Duration::ZERO,
        }
    }

    fn outcome(
        self,
        started_at: chrono::DateTime<chrono::Utc>,
        completed_at: chrono::DateTime<chrono::Utc>,
    ) -> StepOutcome {
        StepOutcome {
            exit_code: self.exit_code,
            reason: self.reason,
            message: self.message,
            input_hash: self.input_hash,
            output_hash: self.outputs.manifest.digest(),
            output_manifest: self.outputs.manifest.lines,
            output_tree: self.outputs.tree,
            stdout: self.stdout,
            stderr: self.stderr,
            duration: self.duration,
            started_at,
            completed_at,
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StepError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StepError::Task(error.to_string()))
}
