"""Attest: run pipelines on a server, and verify the signed receipts of what they did.

Start from :class:`AttestClient`, or :class:`AsyncAttestClient` on asyncio::

    from attest_sdk import AttestClient

    with AttestClient() as client:  # ATTEST_BASE_URL and ATTEST_API_KEY say where, and who
        pipeline = client.pipelines.create(
            name="hello", config={"version": "0.1", "steps": [{"name": "hello", "run": "echo hello"}]}
        )
        execution = pipeline.execute(environment="staging")
        execution.wait_for_completion(timeout=300)
        print(execution.get_receipt().verify())

A receipt that came another way is judged by a :class:`Verifier`, without any network. :mod:`attest_sdk.exceptions` has what
goes wrong, :mod:`attest_sdk.models` the values, :mod:`attest_sdk.manifest` the hashing (all of them are here as well), and
:mod:`attest_sdk.webhooks` the receiving end of webhooks.
"""

import atexit

from attest_sdk import _native, exceptions, manifest, models, webhooks
from attest_sdk.aio import (
    AsyncAttestClient,
    AsyncBulkResult,
    AsyncCache,
    AsyncExecution,
    AsyncExecutions,
    AsyncPipeline,
    AsyncPipelinePage,
    AsyncPipelines,
)
from attest_sdk.cache import Cache
from attest_sdk.client import AttestClient
from attest_sdk.exceptions import (
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
    InternalError,
    InternalFault,
    KeyFormatError,
    RateLimitExceeded,
    ReceiptFormatError,
    ResourceNotFound,
    ValidationError,
    WaitTimeoutError,
    WebhookSignatureError,
)
from attest_sdk.executions import Execution, Executions
from attest_sdk.keys import SigningKey
from attest_sdk.manifest import digest, hash_inputs, hash_outputs
from attest_sdk.models import (
    AttestedFile,
    CacheBackend,
    CacheStats,
    Check,
    Config,
    ExecuteOptions,
    ExecuteRequest,
    ExecutionEvent,
    ExecutionReport,
    ExecutionState,
    ExecutionStep,
    Expect,
    Failure,
    LogEntry,
    ManifestHash,
    PipelineState,
    PolicyReport,
    Recomputed,
    ReportWarning,
    ServerVerification,
    SignatureReport,
    SourceInfo,
    Step,
    TimestampReport,
    TrustedKey,
    TrustReport,
    Violation,
)
from attest_sdk.pipelines import BulkResult, Pipeline, PipelinePage, Pipelines
from attest_sdk.receipts import AsyncReceipt, Receipt
from attest_sdk.recomputing import recompute, recompute_async
from attest_sdk.report import ArtifactReport, BatchResult, Report
from attest_sdk.verifier import Verifier

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "ArtifactReport",
    "AsyncAttestClient",
    "AsyncBulkResult",
    "AsyncCache",
    "AsyncExecution",
    "AsyncExecutions",
    "AsyncPipeline",
    "AsyncPipelinePage",
    "AsyncPipelines",
    "AsyncReceipt",
    "AttestClient",
    "AttestError",
    "AttestIOError",
    "AttestedFile",
    "AuthenticationFailed",
    "AuthorizationFailed",
    "BatchResult",
    "BulkResult",
    "Cache",
    "CacheBackend",
    "CacheStats",
    "CancelledError",
    "Check",
    "ClosedError",
    "Config",
    "ConfigError",
    "ConflictError",
    "DecodeError",
    "ExecuteOptions",
    "ExecuteRequest",
    "Execution",
    "ExecutionEvent",
    "ExecutionReport",
    "ExecutionState",
    "ExecutionStep",
    "Executions",
    "Expect",
    "Failure",
    "InternalError",
    "InternalFault",
    "KeyFormatError",
    "LogEntry",
    "ManifestHash",
    "Pipeline",
    "PipelinePage",
    "PipelineState",
    "Pipelines",
    "PolicyReport",
    "RateLimitExceeded",
    "Receipt",
    "ReceiptFormatError",
    "Recomputed",
    "Report",
    "ReportWarning",
    "ResourceNotFound",
    "ServerVerification",
    "SignatureReport",
    "SigningKey",
    "SourceInfo",
    "Step",
    "TimestampReport",
    "TrustReport",
    "TrustedKey",
    "ValidationError",
    "Verifier",
    "Violation",
    "WaitTimeoutError",
    "WebhookSignatureError",
    "digest",
    "exceptions",
    "hash_inputs",
    "hash_outputs",
    "manifest",
    "models",
    "recompute",
    "recompute_async",
    "webhooks",
]

atexit.register(_native.end)
