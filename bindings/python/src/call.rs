//! A call of the network that was prepared and has not begun: it is waited for, or awaited.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use attest_bindings_support::{
    ArtifactReport, Error, ErrorKind, Pending, Verdict, failure, guard, runtime,
};
use futures::{FutureExt as _, TryFutureExt as _};
use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3_async_runtimes::generic;

use crate::ending;
use crate::event_loop::EventLoop;
use crate::failure::exception;
use crate::home::Home;
use crate::receipt::Receipt;
use crate::runtime::Shared;

/// How long a waiting thread goes without looking at signals: Ctrl-C works within this.
const SLICE: Duration = Duration::from_millis(100);

/// A call that has not begun. Exactly one of its methods is called, once.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct Call {
    work: Mutex<Option<Home<Pending<Outcome>>>>,
}

/// What a call results in.
pub(crate) enum Outcome {
    Text(String),
    /// Whether there is something to take.
    More(bool),
    Receipt(attest_bindings_support::Receipt),
    /// Each receipt's report, or why there is none.
    Batch(Vec<Verdict>),
    /// The verdict on a file without its report, and the report.
    Artifact(Box<ArtifactReport>),
}

impl Call {
    pub(crate) fn new<T: Into<Outcome> + Send + 'static>(pending: Pending<T>) -> Self {
        Self {
            work: Mutex::new(Some(Home::new(pending.map_ok(Into::into).boxed()))),
        }
    }

    /// Begins, on this thread: what is there already, such as the next line of a page that was read, never changes threads.
    fn begin(&self, py: Python<'_>) -> Result<Begun, Error> {
        let work = self.take()?;
        let runtime = runtime::handle()?;
        py.detach(|| {
            let mut work = work;
            let _entered = runtime.enter();
            let at_once = guard::call(|| Ok((&mut work).now_or_never()))?;
            Ok(at_once.map_or_else(|| Begun::UnderWay(work), Begun::Over))
        })
    }

    fn take(&self) -> Result<Pending<Outcome>, Error> {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        match work.take() {
            Some(work) => work.into_inner(),
            None => Err(Error::new(
                ErrorKind::Internal,
                "a call was begun twice: please report it",
            )),
        }
    }
}

#[pymethods]
impl Call {
    /// Blocks this thread, not the others, until the call is over; a signal's handler runs meanwhile, and may end it.
    fn wait(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let work = match self.begin(py) {
            Ok(Begun::UnderWay(work)) => work,
            Ok(Begun::Over(result)) => return Answer(result).into_py_any(py),
            Err(error) => return Err(exception(py, &error)),
        };
        let mut running = runtime::spawn(work).map_err(|error| exception(py, &error))?;
        loop {
            let result;
            (running, result) = py.detach(move || {
                let result = running.wait(SLICE);
                (running, result)
            });
            match result {
                Some(result) => return Answer(result).into_py_any(py),
                None => py.check_signals()?,
            }
        }
    }

    /// A future of the running event loop. Cancelling it calls the request off.
    fn future<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let locals = EventLoop::locals(py)?;
        match ending::not_yet().and_then(|()| self.begin(py)) {
            Ok(Begun::UnderWay(work)) => {
                generic::future_into_py_with_locals::<Shared, _, _>(py, locals, async move {
                    Ok(Answer(guard::future(work).await))
                })
            }
            Ok(Begun::Over(result)) => {
                let future = locals.event_loop(py).call_method0("create_future")?;
                future.call_method1("set_result", (Answer(result),))?;
                Ok(future)
            }
            Err(error) => Err(exception(py, &error)),
        }
    }
}

/// A call that was looked at once.
enum Begun {
    Over(Result<Outcome, Error>),
    UnderWay(Pending<Outcome>),
}

/// A result on its way to Python: an error is raised where the interpreter's lock is held anyway.
struct Answer(Result<Outcome, Error>);

impl<'py> IntoPyObject<'py> for Answer {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.0 {
            Ok(Outcome::Text(text)) => text.into_bound_py_any(py),
            Ok(Outcome::More(more)) => more.into_bound_py_any(py),
            Ok(Outcome::Receipt(receipt)) => Receipt::of(receipt).into_bound_py_any(py),
            Ok(Outcome::Batch(verdicts)) => {
                let told = |verdict: Verdict| match verdict {
                    Ok(report) => (true, report),
                    Err(error) => (false, failure::json(&error)),
                };
                let all: Vec<_> = verdicts.into_iter().map(told).collect();
                all.into_bound_py_any(py)
            }
            Ok(Outcome::Artifact(verdict)) => match verdict.parts() {
                Ok([verdict, report]) => (verdict, report).into_bound_py_any(py),
                Err(error) => Err(exception(py, &error)),
            },
            Err(error) => Err(exception(py, &error)),
        }
    }
}

impl From<String> for Outcome {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<attest_bindings_support::Receipt> for Outcome {
    fn from(receipt: attest_bindings_support::Receipt) -> Self {
        Self::Receipt(receipt)
    }
}

impl From<Vec<Verdict>> for Outcome {
    fn from(verdicts: Vec<Verdict>) -> Self {
        Self::Batch(verdicts)
    }
}

impl From<ArtifactReport> for Outcome {
    fn from(verdict: ArtifactReport) -> Self {
        Self::Artifact(Box::new(verdict))
    }
}
