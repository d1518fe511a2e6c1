//! The Rust SDK of Attest: run build pipelines on an Attest server, fetch their signed receipts, verify them offline.
//!
//! Start from [`AttestClient`]. Its [`pipelines`](AttestClient::pipelines) create and execute pipelines; an [`Execution`]
//! streams its log, waits for its end and hands out its [`Receipt`].
//!
//! ```no_run
//! use attest_sdk::{AttestClient, Config, ExecuteOptions, PipelineConfig, Step};
//!
//! # async fn run() -> Result<(), attest_sdk::Error> {
//! let client = AttestClient::from_env()?;
//! let step = Step {
//!     name: "build".to_owned(),
//!     run: "make".to_owned(),
//!     inputs: vec!["src/".to_owned()],
//!     outputs: vec!["app".to_owned()],
//!     needs: vec![],
//! };
//! let config = Config { version: "0.1".to_owned(), steps: vec![step] };
//! let pipeline = client.pipelines().create(PipelineConfig { name: "app".to_owned(), config }).await?;
//!
//! let execution = pipeline.execute(ExecuteOptions::default()).await?;
//! let mut log = execution.stream_logs().await?;
//! while let Some(entry) = log.next().await {
//!     println!("[{}] {}", entry.step, entry.message);
//! }
//! let receipt = execution.get_receipt().await?;
//! assert!(receipt.verify().await?);
//! # Ok(())
//! # }
//! ```
//!
//! Everything runs on tokio. What the SDK does over the network is decided in `attest-core`; nothing is decided here.

mod bulk;
mod cache;
mod client;
mod dsse;
mod events;
mod executions;
mod keys;
mod logs;
mod options;
mod outputs;
mod pipelines;
mod receipts;
mod repeated;
mod sources;
mod trusting;
mod watch;

pub use attest_core::client::upload::{Progress as UploadProgress, Uploaded};
pub use attest_core::client::{
    ClientBuilder, ClientConfig, Download, Downloaded, ExecutionEvent, Fetched as DownloadProgress,
    LogFilter, Page, RateLimit, Timeouts,
};
pub use attest_core::digest::Digest;
pub use attest_core::error::{Error, ErrorKind};
pub use attest_core::key::{KeyId, PublicKey, SigningKey};
pub use attest_core::recompute::{recompute, recompute_while};
pub use attest_core::trust::TrustStore;
pub use attest_core::v1::{
    Artifact, CacheStats, CreatePipeline, ExecutionStatus, GcReport, GcRequest, LogEntry, LogPage,
    PublishedKey, SourceInfo, StepConfig, StepStatus, TrustedKey, UpdatePipeline,
};
pub use attest_core::verify::{Report, Verifier};
pub use attest_core::{
    export, held, key, manifest, pipeline, receipt, source, trust, v1, verify, webhook,
};

pub use bulk::{BulkExecution, BulkOutcome};
pub use cache::Cache;
pub use client::AttestClient;
pub use dsse::DsseOptions;
pub use events::EventStream;
pub use executions::{Execution, ExecutionPage, Executions};
pub use keys::Keys;
pub use logs::LogStream;
pub use options::{Config, ExecuteOptions, PipelineConfig, Step};
pub use outputs::DownloadOutputs;
pub use pipelines::{Pipeline, PipelinePage, PipelineQuery, Pipelines};
pub use receipts::{Receipt, ReceiptOptions};
pub use sources::{Sources, Upload};
pub use watch::{Update, Watch};
