//! What the operator decides. Values only: files are touched by `data_dir`, sockets by `Server::start`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::host::Host;
use crate::supervisor::Program;

/// How a server is run. [`Config::new`] has the defaults; change what differs.
#[derive(Clone)]
pub struct Config {
    /// Where everything is kept. Made (mode 0700) where there is none.
    pub data_dir: PathBuf,
    /// Where to listen; port 0 takes a free one. Loopback only, unless [`Config::insecure`].
    pub listen: SocketAddr,
    /// Whether plain HTTP beyond loopback is wanted.
    pub insecure: bool,
    /// The directory whose snapshot is the source of executions that name none; an empty workspace where absent.
    pub source: Option<PathBuf>,
    /// Names of variables that steps get from the server's own environment. Secrets go this way: they are not attested.
    pub pass_env: Vec<String>,
    /// Variables that steps get, by name. Not attested either.
    pub step_env: BTreeMap<String, String>,
    /// Part of the name of everything that is cached: another salt begins an empty cache. Not a secret.
    pub cache_salt: String,
    /// Paths that steps may read beyond the system's own. Only meaningful in a sandbox.
    pub allow_read: Vec<PathBuf>,
    /// How steps are kept apart from the server.
    pub isolation: IsolationMode,
    /// Whether steps may have the network at all.
    pub network: bool,
    /// Steps at once, over all executions; 0 accepts executions and runs none.
    pub workers: usize,
    /// Steps at once within one execution.
    pub steps_per_execution: usize,
    /// Bytes of stored files that a collection aims for a share of. Nothing is collected before somebody asks.
    pub cache_max_bytes: u64,
    /// The identity that the published signing key stands for.
    pub signer: String,
    /// How the supervisor of a step is started: this very program, unless its `main` does not know how.
    pub supervisor: Program,
    /// Clock and randomness.
    pub host: Host,
}

/// How steps are kept apart from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IsolationMode {
    /// Namespaces, by bubblewrap. The server does not start where it does not work.
    Bubblewrap,
    /// Not at all: a step can reach whatever the server can, its keys included.
    None,
}

impl IsolationMode {
    /// The word on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bubblewrap => "bubblewrap",
            Self::None => "none",
        }
    }
}

/// A configuration value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {value}: {problem}")]
pub struct ConfigError {
    /// The flag.
    pub name: &'static str,
    /// What was given.
    pub value: String,
    /// What is wrong with it and what to do.
    pub problem: String,
}

impl Config {
    /// The defaults: a free choice of nothing but where the data is. One worker per core.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            data_dir: data_dir.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            insecure: false,
            source: None,
            pass_env: Vec::new(),
            step_env: BTreeMap::new(),
            cache_salt: String::new(),
            allow_read: Vec::new(),
            isolation: IsolationMode::Bubblewrap,
            network: true,
            workers,
            steps_per_execution: 64,
            cache_max_bytes: 10 << 30,
            signer: "attest-server".to_owned(),
            supervisor: Program::current(),
            host: Host::system(),
        }
    }

    /// Says what cannot work, before anything is touched.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        let refuse = |name, value: &dyn ToString, problem: &str| {
            Err(ConfigError {
                name,
                value: value.to_string(),
                problem: problem.to_owned(),
            })
        };
        if !self.listen.ip().is_loopback() && !self.insecure {
            return refuse(
                "--listen",
                &self.listen,
                "without TLS the server listens on loopback only; put a TLS proxy before it, or add --insecure",
            );
        }
        if self.signer.trim().is_empty() {
            return refuse(
                "--signer",
                &"\"\"",
                "give the identity that receipts are signed as",
            );
        }
        if self.steps_per_execution == 0 {
            return refuse("steps per execution", &0, "at least one step has to run");
        }
        for name in &self.pass_env {
            if let Err(problem) = variable_name(name) {
                return refuse("--pass-env", name, problem);
            }
        }
        for (name, value) in &self.step_env {
            if let Err(problem) = variable_name(name) {
                return refuse("--step-env", name, problem);
            }
            if value.contains('\0') {
                return refuse("--step-env", name, "a value cannot hold a NUL character");
            }
        }
        if let Some(source) = &self.source {
            match std::fs::read_dir(source) {
                Ok(_) => {}
                Err(error) => {
                    return refuse(
                        "--source",
                        &source.display(),
                        &format!("cannot be read: {error}"),
                    );
                }
            }
        }
        Ok(())
    }
}

/// Whether an operator may hand a variable of this name to steps.
fn variable_name(name: &str) -> Result<(), &'static str> {
    let mut bytes = name.bytes();
    let starts_well = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !starts_well || !bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err("a variable's name is a letter or _, then letters, digits and _");
    }
    if name.starts_with("ATTEST_") || name == "HOME" || name == "TMPDIR" {
        return Err("ATTEST_*, HOME and TMPDIR are the server's own to set");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::new("data");
        change(&mut config);
        config.check().unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_can_be_used() {
        assert_eq!(Config::new("data").check(), Ok(()));
    }

    #[test]
    fn a_refused_value_is_named_with_its_flag() {
        assert!(
            problem(|c| c.pass_env.push("ATTEST_KEY".into()))
                .starts_with("--pass-env ATTEST_KEY: ")
        );
        assert!(
            problem(|c| drop(c.step_env.insert("1A".into(), String::new())))
                .starts_with("--step-env 1A: ")
        );
        assert!(
            problem(|c| c.source = Some("/no/such/dir".into()))
                .starts_with("--source /no/such/dir: ")
        );
        assert!(
            problem(|c| c.listen = SocketAddr::from(([0, 0, 0, 0], 1)))
                .starts_with("--listen 0.0.0.0:1: ")
        );
    }
}
