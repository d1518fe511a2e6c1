"""The client for asyncio."""

from attest_sdk.aio.cache import AsyncCache
from attest_sdk.aio.client import AsyncAttestClient
from attest_sdk.aio.executions import AsyncExecution, AsyncExecutions
from attest_sdk.aio.pipelines import AsyncBulkResult, AsyncPipeline, AsyncPipelinePage, AsyncPipelines

__all__ = [
    "AsyncAttestClient",
    "AsyncBulkResult",
    "AsyncCache",
    "AsyncExecution",
    "AsyncExecutions",
    "AsyncPipeline",
    "AsyncPipelinePage",
    "AsyncPipelines",
]
