/** Run pipelines on an Attest server, and verify the signed receipts of what they did. Start from {@link AttestClient}, or,
 * to judge a receipt that came from elsewhere, from {@link Verifier}. */

export type { Cache } from './cache.js';
export type { CallOptions } from './call.js';
export { AttestClient } from './client.js';
export {
  APIConnectionError,
  APIError,
  APITimeoutError,
  AttestError,
  AttestIOError,
  AuthenticationFailed,
  AuthorizationFailed,
  CancelledError,
  ClosedError,
  ConfigError,
  ConflictError,
  DecodeError,
  type ErrorProperties,
  InternalError,
  InternalFault,
  KeyFormatError,
  RateLimitExceeded,
  ReceiptFormatError,
  ResourceNotFound,
  ValidationError,
  WaitTimeoutError,
  WebhookSignatureError,
} from './errors.js';
export type { Evidence } from './evidence.js';
export type { Execution, LogOptions, ReceiptOptions, WaitOptions } from './execution.js';
export type { Executions } from './executions.js';
export { digest, hashInputs, hashOutputs, type InputsToHash, type OutputsToHash } from './manifest.js';
export type {
  BulkItem,
  CacheBackend,
  CacheStats,
  ClientOptions,
  Config,
  CreatePipeline,
  DsseOptions,
  ExecuteOptions,
  ExecutionEvent,
  ExecutionStatus,
  ExecutionStep,
  Expect,
  Failure,
  LogEntry,
  LogFilter,
  LogLevel,
  LogStream,
  ManifestHash,
  PipelineQuery,
  PipelineStatus,
  RunOptions,
  ServerVerification,
  SourceInfo,
  Step,
  StepStatus,
  TrustedKey,
  VerifierOptions,
} from './models.js';
export type { Pipeline } from './pipeline.js';
export type { PipelineList, PipelinePage } from './pipeline-list.js';
export type { BulkResult, Pipelines } from './pipelines.js';
export { Receipt } from './receipt.js';
export { type Recomputed, type RecomputeOptions, recompute } from './recompute.js';
export type { ArtifactReport, AttestedFile, BatchResult, Check, Report, Violation } from './report.js';
export type { Signal } from './signal.js';
export { SigningKey } from './signing-key.js';
export { Verifier } from './verifier.js';
export type { EventName, ExecutionListeners } from './watch.js';
export { verifyWebhook } from './webhook.js';
