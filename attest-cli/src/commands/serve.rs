//! `attest serve`: the v1 API and the engine in one process.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;

use attest_server::{Config, IsolationMode, Server};
use clap::{Args, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::output::{Console, shortest};
use crate::project;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where everything is kept: database, files, keys. Made where there is none
    #[arg(
        long,
        value_name = "DIR",
        env = "ATTEST_DATA_DIR",
        default_value = "attest-data"
    )]
    data_dir: PathBuf,
    /// Where to listen; port 0 takes a free one, and <data-dir>/address says which
    #[arg(long, value_name = "ADDR:PORT", env = "ATTEST_LISTEN", value_parser = address)]
    listen: Option<SocketAddr>,
    /// Listens beyond loopback without TLS: anybody on the way can read the API keys
    #[arg(long)]
    insecure: bool,
    /// What executions run on whose caller uploads nothing: a snapshot of DIR at that moment. An empty workspace without it
    #[arg(long, value_name = "DIR", env = "ATTEST_SOURCE")]
    source: Option<PathBuf>,
    /// A variable of the server's own environment that steps get, the way for secrets; may be repeated
    #[arg(long, value_name = "NAME")]
    pass_env: Vec<String>,
    /// A variable that steps get; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = project::variable)]
    step_env: Vec<(String, String)>,
    /// Part of the name of everything that is cached: change it when this machine's tools change. Not a secret
    #[arg(long, value_name = "TEXT", env = "ATTEST_CACHE_SALT")]
    cache_salt: Option<String>,
    /// A path that steps may read beside the system's own, for toolchains; may be repeated
    #[arg(long, value_name = "PATH")]
    allow_read: Vec<PathBuf>,
    /// How steps are kept away from the server's keys and this machine
    #[arg(
        long,
        value_enum,
        env = "ATTEST_ISOLATION",
        default_value = "bubblewrap"
    )]
    isolation: Isolation,
    /// Whether steps may use the network
    #[arg(long, value_enum, env = "ATTEST_NETWORK", default_value = "on")]
    network: Switch,
    /// Steps at once; 0 accepts executions and runs none [default: one per core]
    #[arg(long, value_name = "N", env = "ATTEST_WORKERS", value_parser = count)]
    workers: Option<usize>,
    /// Bytes of stored files that `attest cache gc` aims for a share of [default: 10 GiB]
    #[arg(long, value_name = "BYTES", env = "ATTEST_CACHE_MAX_BYTES")]
    cache_max_bytes: Option<u64>,
    /// The name that is published with the key that signs
    #[arg(long, value_name = "NAME", env = "ATTEST_SIGNER")]
    signer: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Isolation {
    /// Namespaces of their own for each step
    Bubblewrap,
    /// None at all: steps can read whatever the server can, its signing key too
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

pub(crate) async fn run(arguments: Arguments, console: &Console) -> Result<u8, Failure> {
    let filter = EnvFilter::try_from_env("ATTEST_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let source = arguments.source.clone();
    for name in &arguments.pass_env {
        if std::env::var_os(name).is_none() {
            console.warn(&format!(
                "--pass-env {name}: not set here, so the steps do not get it"
            ));
        }
    }
    let config = configuration(arguments)?;
    // Before anything starts: a signal that comes early must not be lost.
    let shutdown = shutdown()?;
    attest_server::serve(
        config,
        |server| announce(server, source.as_deref(), console),
        shutdown,
    )
    .await
    .map_err(|error| Failure::new(error.to_string()))?;
    Ok(0)
}

fn configuration(arguments: Arguments) -> Result<Config, Failure> {
    let mut config = Config::new(arguments.data_dir);
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    config.insecure = arguments.insecure;
    config.source = arguments.source;
    config.pass_env = arguments.pass_env;
    config.step_env = step_env(arguments.step_env)?;
    config.cache_salt = arguments.cache_salt.unwrap_or_default();
    config.allow_read = arguments.allow_read;
    config.isolation = match arguments.isolation {
        Isolation::Bubblewrap => IsolationMode::Bubblewrap,
        Isolation::None => IsolationMode::None,
    };
    config.network = arguments.network == Switch::On;
    if let Some(workers) = arguments.workers {
        config.workers = workers;
    }
    if let Some(bytes) = arguments.cache_max_bytes {
        config.cache_max_bytes = bytes;
    }
    if let Some(signer) = arguments.signer {
        config.signer = signer;
    }
    Ok(config)
}

fn step_env(given: Vec<(String, String)>) -> Result<BTreeMap<String, String>, Failure> {
    let mut variables = BTreeMap::new();
    for (name, value) in given {
        if variables.insert(name.clone(), value).is_some() {
            return Err(Failure::new(format!("--step-env {name} is given twice")));
        }
    }
    Ok(variables)
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "give an address and a port, like 127.0.0.1:8080 or [::1]:0".to_owned())
}

fn count(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| "give a whole number, 0 or more".to_owned())
}

/// Ready at Ctrl-C or SIGTERM.
fn shutdown() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::new(format!("cannot listen for signals: {error}")))
    };
    let (mut interrupt, mut terminate) = (
        listen(SignalKind::interrupt())?,
        listen(SignalKind::terminate())?,
    );
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// What whoever started it wants to know. The admin key is shown once, to a person: a log must not hold it.
fn announce(server: &Server, source: Option<&std::path::Path>, console: &Console) {
    let key = server.signing_key();
    let data = shortest(server.data_dir());
    let admin_key = data.join("admin-key");
    console.note(&format!("listening on {}", server.url()));
    console.note(&format!("  data       {}", data.display()));
    match source {
        Some(source) => console.note(&format!("  source     {}", source.display())),
        None => console.note(
            "  source     what callers upload (--source DIR is for calls that upload nothing)",
        ),
    }
    console.note(&format!("  isolation  {}", server.isolation().as_str()));
    console.note(&format!(
        "  signs as   {}, key {}",
        key.signer.as_deref().unwrap_or("nobody"),
        key.id
    ));
    match server.new_admin_key() {
        Some(new) if std::io::stderr().is_terminal() => {
            console.note(&format!(
                "  admin key  {new} (shown once; kept in {})",
                admin_key.display()
            ));
        }
        _ => console.note(&format!("  admin key  in {}", admin_key.display())),
    }
    if server.isolation() == IsolationMode::None {
        console.warn(
            "--isolation none: a step can read whatever this server can, the signing key among it",
        );
    }
}
