//! Running one step.

use std::future::Future;
use std::sync::Arc;

use super::command::{self, Command};
use super::conclude::{Finished, conclude};
use super::inputs::Inputs;
use super::outcome::StepOutcome;
use super::supervised::Supervised;
use super::{GRACE, LogSink, StepError, StepRequest, StepRunner};
use crate::supervisor::Order;
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
                    command::execute(runner, &request, ready, &order, sink, cancel).await?
                }
                Err(message) => Command::not_started(message),
            };
            let (blobs, request) = (runner.blobs.clone(), Arc::clone(&request));
            let scratch = Arc::clone(&scratch);
            blocking(move || conclude(&request, &scratch, &blobs, &inputs, command)).await??
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

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StepError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StepError::Task(error.to_string()))
}
