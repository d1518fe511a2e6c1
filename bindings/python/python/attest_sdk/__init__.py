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
goes wrong, :mod:`attest_sdk.models` the values, :mod:`attest_sdk.manifest` the hashing, :mod:`attest_sdk.webhooks` the
receiving end of webhooks.
"""

from attest_sdk import exceptions, manifest, models, webhooks
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
from attest_sdk.executions import Execution, Executions
from attest_sdk.keys import SigningKey
from attest_sdk.pipelines import BulkResult, Pipeline, PipelinePage, Pipelines
from attest_sdk.receipts import AsyncReceipt, Receipt
from attest_sdk.verifier import Report, Verifier

__all__ = [
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
    "BulkResult",
    "Cache",
    "Execution",
    "Executions",
    "Pipeline",
    "PipelinePage",
    "Pipelines",
    "Receipt",
    "Report",
    "SigningKey",
    "Verifier",
    "exceptions",
    "manifest",
    "models",
    "webhooks",
]
