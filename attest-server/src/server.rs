//! Putting a server together, and running it until it is told to stop.

use std::fs::DirBuilder;
use std::future::Future;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use attest_core::v1;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{RwLock, oneshot, watch};

use crate::api::{self, App, Limits};
use crate::auth::Authenticator;
use crate::blob::BlobStore;
use crate::config::{Config, IsolationMode};
use crate::data_dir::DataDir;
use crate::execution::{Executor, LastAsked, OperatorEnvironment, Parts};
use crate::gc::Collector;
use crate::host::Host;
use crate::identity::{self, Identities};
use crate::sandbox::{Isolation, SandboxPolicy};
use crate::serve_error::ServeError;
use crate::step::{Spare, StepRunner};
use crate::store::{Store, StoreError};
use crate::view;

/// How long open connections may take to end once the server is told to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// A server that listens and has not begun to answer.
pub struct Server {
    config: Config,
    data_dir: DataDir,
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
    admin_key: Option<String>,
    signing_key: v1::PublishedKey,
}

impl Server {
    /// Takes the data directory, makes on first start what is missing there, puts right what an earlier server left,
    /// and begins to listen and to run what is queued.
    ///
    /// # Errors
    /// [`ServeError`], which says what to do about it.
    pub async fn start(config: Config) -> Result<Self, ServeError> {
        config.check()?;
        // A step with the same user could otherwise read keys from this process's memory.
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
            .map_err(|error| ServeError::System {
                action: "making the server not dumpable",
                source: error.into(),
            })?;
        let data_dir = DataDir::open(&config.data_dir)?;
        let host = config.host.clone();
        let sandbox = sandbox(&config, &data_dir).await?;
        let database = data_dir.database();
        let store = Store::open(&database).map_err(|error| unusable(&data_dir, &error))?;
        let blobs = BlobStore::open_with(&data_dir.blobs(), host.clone())?;
        let Identities {
            pepper,
            signing_key,
            admin_key,
            published,
        } = identity::establish(&data_dir, &store, &host, &config.signer).await?;
        let environment = OperatorEnvironment::new(
            |name| std::env::var_os(name),
            &config.pass_env,
            &config.step_env,
        )?;

        // Before recovery, which may take a while: a busy port is told at once.
        let listener =
            TcpListener::bind(config.listen)
                .await
                .map_err(|source| ServeError::Listen {
                    address: config.listen,
                    source,
                })?;
        let address = listener.local_addr().map_err(|source| ServeError::Listen {
            address: config.listen,
            source,
        })?;

        let executor = Executor::new(Parts {
            host: host.clone(),
            store: store.clone(),
            blobs: blobs.clone(),
            runner: StepRunner {
                blobs: blobs.clone(),
                scratch: scratch(&config, &data_dir)?,
                sandbox,
                supervisor: config.supervisor.clone(),
                spare: Spare::default(),
                clock: clock(&host),
            },
            environment,
            cache_salt: config.cache_salt.clone(),
            source: config.source.clone(),
            data_dir: data_dir.path().to_owned(),
            signing_key,
            workers: config.workers,
            steps_per_execution: config.steps_per_execution,
        });
        executor
            .begin()
            .await
            .map_err(|error| unusable(&data_dir, &error))?;
        let collector = Collector::new(
            host.clone(),
            store.clone(),
            blobs.clone(),
            config.cache_max_bytes,
        );
        let app = Arc::new(App {
            authenticator: Authenticator::new(store.clone(), pepper, host.clone()),
            host,
            store,
            blobs,
            limits: Limits::default(),
            executor,
            system: system(&config),
            collector,
            artifacts: LastAsked::default(),
            admission: RwLock::default(),
            verifications: App::verifications(),
            uploads: App::uploads(),
            sources: App::sources(),
            waits: App::waits(),
            stopping: watch::Sender::new(false),
        });
        Ok(Self {
            config,
            data_dir,
            listener,
            address,
            app,
            admin_key,
            signing_key: published,
        })
    }

    /// Where the server listens; the port is the real one.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL for clients on this machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The administrator's API key, where it was made by this start. It is also in the data directory's `admin-key`.
    #[must_use]
    pub fn new_admin_key(&self) -> Option<&str> {
        self.admin_key.as_deref()
    }

    /// The isolation in force.
    #[must_use]
    pub fn isolation(&self) -> IsolationMode {
        self.config.isolation
    }

    /// The public half of the key that signs receipts.
    #[must_use]
    pub fn signing_key(&self) -> &v1::PublishedKey {
        &self.signing_key
    }

    /// The data directory, absolute.
    #[must_use]
    pub fn data_dir(&self) -> &std::path::Path {
        self.data_dir.path()
    }

    /// Answers until `shutdown` is ready, then lets open connections end for a few seconds. Executions that still run
    /// are recovered at the next start.
    ///
    /// # Errors
    /// [`ServeError`] where the address cannot be published or connections can no longer be accepted.
    pub async fn run(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        self.data_dir.publish_address(&self.url())?;
        let (app, executor) = (Arc::clone(&self.app), self.app.executor.clone());
        let service =
            api::router(Arc::clone(&self.app)).into_make_service_with_connect_info::<SocketAddr>();
        let (stopping, stopped) = oneshot::channel();
        let serving = axum::serve(self.listener, service).with_graceful_shutdown(async move {
            shutdown.await;
            app.stopping.send_replace(true);
            let _nobody_waits = stopping.send(());
        });
        let served = tokio::select! {
            served = serving.into_future() => served,
            () = async { let _sent = stopped.await; tokio::time::sleep(FAREWELL).await } => Ok(()),
        };
        executor.abandon();
        self.data_dir.withdraw_address();
        served.map_err(|source| ServeError::System {
            action: "serving",
            source,
        })
    }
}

/// [`Server::start`] and [`Server::run`] in one; `started` is called between the two.
///
/// # Errors
/// As those two.
pub async fn serve(
    config: Config,
    started: impl FnOnce(&Server),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let server = Server::start(config).await?;
    started(&server);
    server.run(shutdown).await
}

async fn sandbox(config: &Config, data_dir: &DataDir) -> Result<SandboxPolicy, ServeError> {
    let hidden = [data_dir.path().to_owned()]
        .into_iter()
        .chain(client_configuration())
        .collect::<Vec<_>>();
    let isolation = match config.isolation {
        IsolationMode::None => Isolation::None,
        IsolationMode::Bubblewrap => {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let probe = std::env::temp_dir();
            tokio::task::spawn_blocking(move || Isolation::bubblewrap(&path, &probe))
                .await
                .map_err(|error| ServeError::System {
                    action: "probing bubblewrap",
                    source: error.into(),
                })??
        }
    };
    Ok(SandboxPolicy::new(
        isolation,
        &config.allow_read,
        &hidden,
        config.network,
    )?)
}

/// Where the command-line tool keeps URL and key.
fn client_configuration() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let config = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    config.or_else(home).map(|config| config.join("attest"))
}

/// In a sandbox, next to the blobs, where copies may share their blocks; without one, away from the data directory and
/// every project, since tools look upwards.
fn scratch(config: &Config, data_dir: &DataDir) -> Result<PathBuf, ServeError> {
    match config.isolation {
        IsolationMode::None => Ok(std::env::temp_dir()),
        IsolationMode::Bubblewrap => {
            let path = data_dir.path().join("views");
            let failed = |action| move |source| ServeError::System { action, source };
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&path)
                .map_err(failed("making the directory of views"))?;
            if let Err(error) = view::sweep(&path) {
                tracing::warn!(%error, "views of an earlier server could not be removed");
            }
            Ok(path)
        }
    }
}

fn clock(host: &Host) -> Arc<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync> {
    let host = host.clone();
    Arc::new(move || host.now())
}

fn unusable(data_dir: &DataDir, error: &StoreError) -> ServeError {
    ServeError::Store {
        path: data_dir.database(),
        message: error.to_string(),
    }
}

fn system(config: &Config) -> v1::System {
    let limits = json!({
        "body_bytes": 8 << 20,
        "receipt_bytes": 16 << 20,
        "source_bytes": 64 << 20,
        "log_line_bytes": crate::step::LINE_LIMIT,
        "log_step_bytes": crate::step::LOG_LIMIT,
        "steps_per_execution": config.steps_per_execution,
    });
    v1::System {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        isolation: config.isolation.as_str().to_owned(),
        workers: u64::try_from(config.workers).unwrap_or(u64::MAX),
        own_source: Some(config.source.is_some()),
        limits: limits.as_object().cloned().unwrap_or_default(),
    }
}
