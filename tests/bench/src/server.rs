//! What a server bears: calls and executions by many callers at once, its memory, and its start.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use attest_tests::server::Options;
use serde_json::{Value, json};

use crate::Failure;
use crate::load::{Caller, Load, at_once};
use crate::service::Service;
use crate::table::Table;
use crate::timing::{Runs, median};

/// Callers at once.
const CALLERS: usize = 16;
/// Calls of each in one run.
const CALLS: usize = 500;
/// Executions of each in one run.
const EXECUTIONS: usize = 10;
/// Between two looks whether a server has started.
const LOOK: Duration = Duration::from_micros(500);

pub(crate) fn rows(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let source = tempfile::tempdir()?;
    let service = Service::start(source.path(), "none")?;
    let step = |cache: bool| json!([{"name": "s", "run": "true", "inputs": [], "outputs": [], "cache": cache}]);
    let create = |steps: Value| service.create(&json!({"version": "1", "steps": steps}));
    let (run, cached) = (create(step(false))?, create(step(true))?);
    for (what, pipeline) in [("run", &run), ("taken from the cache", &cached)] {
        let load = |callers| at_once(callers, EXECUTIONS, |caller, _| execute(caller, pipeline));
        let what = format!("executions of one step, {what}");
        rated(table, runs, &service, &what, EXECUTIONS, load)?;
    }

    let mut caller = Caller::new(service.url(), service.key())?;
    let id = started(&mut caller, &run)?;
    over(&mut caller, &id)?;
    let look = caller.request("GET", &format!("/v1/executions/{id}"), "", "");
    let receipt = caller.request("GET", &format!("/v1/executions/{id}/receipt"), "", "");
    let answer: Value = serde_json::from_slice(&caller.call(&receipt)?)?;
    let receipt = answer.get("receipt").ok_or("no receipt")?;
    let body = json!({"receipt": receipt}).to_string();
    let verify = caller.request("POST", "/v1/receipts/verify", "", &body);
    let verdict: Value = serde_json::from_slice(&caller.call(&verify)?)?;
    if verdict.get("valid") != Some(&Value::Bool(true)) {
        return Err(format!("not valid: {verdict}").into());
    }
    for (what, request) in [
        ("GET /v1/executions/{id}", &look),
        ("POST /v1/receipts/verify", &verify),
    ] {
        let load = |callers| at_once(callers, CALLS, |caller, _| caller.call(request).map(drop));
        rated(table, runs, &service, what, CALLS, load)?;
    }
    table.figure("memory of a server after all that", &memory(service.pid())?);
    drop(service);
    start(table, runs)
}

/// A row of how many there are in a second, and one of how long the slowest but one of a hundred takes.
fn rated(
    table: &mut Table,
    runs: Runs,
    service: &Service,
    what: &str,
    each: usize,
    load: impl Fn(Vec<Caller>) -> Result<Load, Failure>,
) -> Result<(), Failure> {
    let mut slowest = Vec::new();
    let timed = || {
        let callers = (0..CALLERS).map(|_| Caller::new(service.url(), service.key()));
        let load = load(callers.collect::<Result<_, _>>()?)?;
        slowest.push(load.p99);
        Ok(load.whole)
    };
    let whole = median(runs, Box::new(timed))?;
    slowest.sort_unstable();
    let p99 = slowest.get(slowest.len() / 2).ok_or("nothing was timed")?;
    let count = u32::try_from(each * CALLERS)?;
    let rate = f64::from(count) / whole.as_secs_f64();
    table.figure(
        format!("{what}, by {CALLERS} callers"),
        &format!("{rate:.0}/s"),
    );
    table.add(format!("{what}, 99 of 100 within"), *p99, None);
    Ok(())
}

fn execute(caller: &mut Caller, pipeline: &str) -> Result<(), Failure> {
    let id = started(caller, pipeline)?;
    over(caller, &id)
}

fn started(caller: &mut Caller, pipeline: &str) -> Result<String, Failure> {
    let path = format!("/v1/pipelines/{pipeline}/executions");
    let request = caller.request("POST", &path, "", "{}");
    let started: Value = serde_json::from_slice(&caller.call(&request)?)?;
    let id = started.get("execution_id").and_then(Value::as_str);
    Ok(id.ok_or("no execution_id")?.to_owned())
}

/// Waits until the execution is over, which has to be well.
fn over(caller: &mut Caller, id: &str) -> Result<(), Failure> {
    let path = format!("/v1/executions/{id}");
    let request = caller.request("GET", &path, "Prefer: wait=50\r\n", "");
    let seen: Value = serde_json::from_slice(&caller.call(&request)?)?;
    match seen.get("status").and_then(Value::as_str) {
        Some("completed") => Ok(()),
        other => Err(format!("an execution is {other:?}").into()),
    }
}

/// Of a server that has nothing to do yet: its start, until it takes connections, and its memory.
fn start(table: &mut Table, runs: Runs) -> Result<(), Failure> {
    let data = tempfile::tempdir()?;
    let options = Options::default().isolation("none");
    let begin = || Started::new(&mut options.command(data.path()), data.path());
    // The first start makes keys and the database.
    let idle = begin()?;
    table.figure("memory of an idle server", &memory(idle.child.id())?);
    drop(idle);
    let time = median(runs, Box::new(|| Ok(begin()?.time)))?;
    table.add("start of a server, until it takes connections", time, None);
    Ok(())
}

/// A server that was started and is killed.
struct Started {
    child: Child,
    time: Duration,
}

impl Started {
    fn new(command: &mut Command, data: &Path) -> Result<Self, Failure> {
        let address = data.join("address");
        let _none = std::fs::remove_file(&address);
        let quiet = std::process::Stdio::null;
        let begin = Instant::now();
        let child = command.stdout(quiet()).stderr(quiet()).spawn()?;
        let mut this = Self {
            child,
            time: Duration::ZERO,
        };
        loop {
            let text = std::fs::read_to_string(&address).unwrap_or_default();
            if let Some(host) = text.trim().strip_prefix("http://")
                && TcpStream::connect(host).is_ok()
            {
                this.time = begin.elapsed();
                return Ok(this);
            }
            if let Some(status) = this.child.try_wait()? {
                return Err(format!("the server ended at its start: {status}").into());
            }
            std::thread::sleep(LOOK);
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// What of a process is in memory.
fn memory(pid: u32) -> Result<String, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    let kib: f64 = kib.ok_or("no VmRSS")?.parse()?;
    Ok(format!("{:.1} MiB", kib / 1024.0))
}
