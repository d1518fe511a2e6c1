//! One client of a server. Each method prepares a [`Call`]; JSON in, JSON out.

use std::time::Duration;

use attest_bindings_support as support;
use attest_bindings_support::Error;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::call::Call;
use crate::failure::exception;
use crate::home::Home;
use crate::stream::{EventStream, LogStream};
use crate::work;

const BINDING: &str = concat!("attest-python/", env!("CARGO_PKG_VERSION"));

/// A client.
#[pyclass(frozen, module = "attest_sdk._native")]
pub(crate) struct Client {
    client: Home<support::Client>,
}

impl Client {
    fn here(&self, py: Python<'_>) -> PyResult<&support::Client> {
        self.client.get().map_err(|error| exception(py, &error))
    }
}

#[pymethods]
impl Client {
    #[new]
    fn new(py: Python<'_>, options: &[u8]) -> PyResult<Self> {
        // With the interpreter's lock, which costs the other threads some 40 ms: beneath, the proxies and the system's
        // certificates are looked for by the environment, and another thread's `os.environ[…] = …`, which holds the lock too,
        // would pull it from under the reading: a crash.
        let client = work::on(py, 0, || support::Client::new(options, BINDING))?;
        Ok(Self {
            client: Home::new(client),
        })
    }

    /// Ends every call that is under way. Harmless more than once, and in a forked child.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        work::on(py, 0, || {
            if let Ok(client) = self.client.get() {
                client.close();
            }
            Ok(())
        })
    }

    #[getter]
    fn closed(&self, py: Python<'_>) -> PyResult<bool> {
        work::on(py, 0, || {
            Ok(self.client.get().map_or(true, support::Client::is_closed))
        })
    }

    fn create_pipeline(&self, py: Python<'_>, body: &[u8]) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.create_pipeline(body, None)))
    }

    fn get_pipeline(&self, py: Python<'_>, id: &str) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.get_pipeline(id, None)))
    }

    fn list_pipelines(&self, py: Python<'_>, query: &[u8]) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.list_pipelines(query, None)))
    }

    fn execute_pipeline(&self, py: Python<'_>, id: &str, body: &[u8]) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.execute_pipeline(id, body, None)))
    }

    fn bulk_execute(&self, py: Python<'_>, body: &[u8]) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.bulk_execute(body, None)))
    }

    fn get_execution(&self, py: Python<'_>, id: &str) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.get_execution(id, None)))
    }

    fn cancel_execution(&self, py: Python<'_>, id: &str) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.cancel_execution(id, None)))
    }

    /// `timeout` in seconds.
    fn wait_for_completion(
        &self,
        py: Python<'_>,
        id: &str,
        timeout: Option<f64>,
    ) -> PyResult<Call> {
        let timeout = timeout.map(seconds).transpose()?;
        Ok(Call::new(
            self.here(py)?.wait_for_completion(id, timeout, None),
        ))
    }

    fn get_receipt(&self, py: Python<'_>, id: &str, allow_failed: bool) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.get_receipt(
            id,
            allow_failed,
            None,
        )))
    }

    fn stream_logs(&self, py: Python<'_>, id: &str, filter: &[u8]) -> PyResult<LogStream> {
        let client = self.here(py)?;
        work::on(py, 0, || client.stream_logs(id, filter)).map(LogStream::of)
    }

    fn stream_events(
        &self,
        py: Python<'_>,
        id: &str,
        known_status: Option<&str>,
    ) -> PyResult<EventStream> {
        let client = self.here(py)?;
        let stream = work::on(py, 0, || {
            Ok::<_, Error>(client.stream_events(id, known_status))
        })?;
        Ok(EventStream::of(stream))
    }

    fn cache_stats(&self, py: Python<'_>) -> PyResult<Call> {
        Ok(Call::new(self.here(py)?.cache_stats(None)))
    }
}

fn seconds(given: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(given).map_err(|_| {
        PyValueError::new_err(format!(
            "timeout is {given}: pass seconds, 0 or more, or None to wait for as long as it takes"
        ))
    })
}
