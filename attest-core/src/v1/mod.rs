//! The wire types of the v1 API, used by the client and by the server, so that the two cannot drift apart.
//!
//! They are lenient on purpose: a response may hold fields this version does not know, and an enumeration may hold a
//! value it has never heard of, which is kept as it is. A server finds unknown fields of a *request* beside these types
//! (with `serde_ignored`), and judges what the types let through. Receipts are not here: they are strict, and travel
//! through these types as untouched JSON text.
//!
//! Times are [`Timestamp`]s (RFC 3339, UTC), durations are seconds, digests are the prefixed text `blake3:<hex>`.

mod artifact;
mod bulk;
mod cache;
mod error;
mod execution;
mod key;
mod log;
mod open_enum;
mod pipeline;
mod receipt;
mod source;
mod system;
mod timestamp;
mod verify;

pub use artifact::{Artifact, ArtifactList};
pub use bulk::{BulkItem, BulkRequest, BulkResponse, BulkResult};
pub use cache::{
    CacheBackend, CacheStats, GcReport, GcRequest, Missing, MissingRequest, StoredObjects,
};
pub use error::{ErrorBody, ErrorEnvelope};
pub use execution::{
    ExecuteOptions, ExecuteRequest, Execution, ExecutionList, ExecutionStarted, ExecutionStatus,
    ExecutionStep, Failure, SourceInfo, StepStatus,
};
pub use key::{KeyList, KeyStatus, PublishedKey};
pub use log::{LogEntry, LogLevel, LogPage, LogStream};
pub use pipeline::{
    Config, CreatePipeline, Pipeline, PipelineList, PipelineStatus, StepConfig, UpdatePipeline,
};
pub use receipt::{ChainOfTrust, ReceiptResponse, ServerVerification};
pub use source::{CreateSource, Source, SourceEntry};
pub use system::System;
pub use timestamp::Timestamp;
pub use verify::{TrustedKey, VerifyRequest};
