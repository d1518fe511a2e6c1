"""Pipelines, awaited. Cancelling the task calls the request off."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, AsyncIterator, List, Mapping, Optional, Sequence, Union

from attest_sdk import _given, _native, _request
from attest_sdk._decode import decode, decode_text
from attest_sdk._failure import exception_of_parts
from attest_sdk._view import PipelineView, Unpicklable
from attest_sdk.aio.executions import AsyncExecution
from attest_sdk.exceptions import AttestError
from attest_sdk.models import Config, ExecuteOptions, ExecuteRequest, PipelineState, SourceInfo

__all__ = ["AsyncBulkResult", "AsyncPipeline", "AsyncPipelinePage", "AsyncPipelines"]


class AsyncPipelines(Unpicklable):
    """The pipelines of a server.

    >>> async def count(name: str) -> int:
    ...     return len([pipeline async for pipeline in client.pipelines.iter(name=name)])
    >>> asyncio.run(count("never created"))
    0
    """

    def __init__(self, client: _native.Client) -> None:
        self._client = client

    async def create(
        self, *, name: str, config: Union[Config, Mapping[str, Any]], description: Optional[str] = None
    ) -> AsyncPipeline:
        """Creates a pipeline. Names need not be unique.

        :param config: what it runs: ``{"version": "0.1", "steps": [{"name": …, "run": …, "inputs": […], "outputs": […]}]}``.
        :raises ValidationError: where the configuration is wrong; ``details`` name the field.
        """
        text = await self._client.create_pipeline(_request.pipeline(name, config, description)).future()
        return AsyncPipeline(self._client, decode_text(PipelineState, text))

    async def get(self, pipeline_id: str) -> AsyncPipeline:
        """The pipeline of that id.

        :raises ResourceNotFound: where there is none.
        """
        text = await self._client.get_pipeline(_given.identifier("pipeline_id", pipeline_id)).future()
        return AsyncPipeline(self._client, decode_text(PipelineState, text))

    async def list(
        self,
        *,
        name: Optional[str] = None,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        sort: Optional[str] = None,
        cursor: Optional[str] = None,
    ) -> AsyncPipelinePage:
        """One page of pipelines; :meth:`iter` walks over all.

        :param name: only those of that name.
        :param status: only ``active`` or ``archived``.
        :param limit: how many a page holds at most.
        :param offset: how many to leave out first.
        :param sort: such as ``created_at:desc``.
        :param cursor: the ``next_cursor`` of the page before.
        """
        query = _request.query(name=name, status=status, limit=limit, offset=offset, sort=sort, cursor=cursor)
        page = json.loads(await self._client.list_pipelines(query).future())
        return AsyncPipelinePage(
            pipelines=[AsyncPipeline(self._client, decode(PipelineState, one)) for one in page["pipelines"]],
            total=page["total"],
            has_more=page["has_more"],
            next_cursor=page.get("next_cursor"),
        )

    async def iter(
        self,
        *,
        name: Optional[str] = None,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        sort: Optional[str] = None,
        cursor: Optional[str] = None,
    ) -> AsyncIterator[AsyncPipeline]:
        """All pipelines that are selected, each once, page after page by the server's cursor: as :meth:`list`."""
        page = await self.list(name=name, status=status, limit=limit, offset=offset, sort=sort, cursor=cursor)
        for pipeline in page.pipelines:
            yield pipeline
        while page.has_more and page.next_cursor is not None:
            page = await self.list(name=name, status=status, limit=limit, sort=sort, cursor=page.next_cursor)
            for pipeline in page.pipelines:
                yield pipeline

    async def execute(
        self,
        pipeline_id: str,
        *,
        environment: Optional[str] = None,
        variables: Optional[Mapping[str, str]] = None,
        options: Optional[Union[ExecuteOptions, Mapping[str, bool]]] = None,
        source: Optional[str] = None,
        source_info: Optional[Union[SourceInfo, Mapping[str, Any]]] = None,
        version: Optional[int] = None,
    ) -> AsyncExecution:
        """Executes the pipeline of that id. What is not passed is the server's default.

        :param environment: name of the environment, ``ATTEST_ENVIRONMENT`` to the steps.
        :param variables: environment variables of every step. They are attested and public: never secrets.
        :param options: ``sign``, ``verify`` and ``cache``, each true where absent.
        :param source: an uploaded source, ``tree:blake3:…``; the server's own directory where absent.
        :param source_info: where the source comes from, in the caller's words.
        :param version: the version of the pipeline; the newest where absent.
        """
        body = _request.execution(
            environment=environment,
            variables=variables,
            options=options,
            source=source,
            source_info=source_info,
            version=version,
        )
        pipeline_id = _given.identifier("pipeline_id", pipeline_id)
        return AsyncExecution(self._client, await self._client.execute_pipeline(pipeline_id, body).future())

    async def bulk_execute(
        self, executions: Sequence[Union[ExecuteRequest, Mapping[str, Any]]]
    ) -> List[AsyncBulkResult]:
        """Starts many executions by one call.

        :param executions: a dict for each, with ``pipeline_id`` and what :meth:`execute` takes.
        :returns: one result for each, in their order: an ``execution``, or the ``error`` why there is none.
        """
        answer = json.loads(await self._client.bulk_execute(_request.executions(executions)).future())
        return [self._result(one) for one in answer["results"]]

    def _result(self, result: Mapping[str, Any]) -> AsyncBulkResult:
        if "error" in result:
            return AsyncBulkResult(index=result["index"], error=exception_of_parts(result["error"]))
        return AsyncBulkResult(
            index=result["index"], execution=AsyncExecution(self._client, json.dumps(result["execution"]))
        )


class AsyncPipeline(PipelineView):
    """A pipeline, as the server described it.

    >>> async def run(pipeline_id: str) -> str:
    ...     pipeline = await client.pipelines.get(pipeline_id)
    ...     execution = await pipeline.execute(environment="staging")
    ...     return (await execution.wait_for_completion(timeout=300)).status
    >>> asyncio.run(run(pipeline.id))
    'completed'
    """

    def __init__(self, client: _native.Client, state: PipelineState) -> None:
        self._client = client
        self._state = state

    async def execute(
        self,
        *,
        environment: Optional[str] = None,
        variables: Optional[Mapping[str, str]] = None,
        options: Optional[Union[ExecuteOptions, Mapping[str, bool]]] = None,
        source: Optional[str] = None,
        source_info: Optional[Union[SourceInfo, Mapping[str, Any]]] = None,
        version: Optional[int] = None,
    ) -> AsyncExecution:
        """Executes it: as :meth:`Pipelines.execute`."""
        return await AsyncPipelines(self._client).execute(
            self.id,
            environment=environment,
            variables=variables,
            options=options,
            source=source,
            source_info=source_info,
            version=version,
        )


@dataclass(frozen=True)
class AsyncPipelinePage:
    """One page of pipelines.

    >>> async def first(name: str) -> str:
    ...     page = await client.pipelines.list(name=name, limit=1)
    ...     return page.pipelines[0].name
    >>> asyncio.run(first("greeting"))
    'greeting'
    """

    pipelines: List[AsyncPipeline]
    total: int
    """How many are selected in all."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page starts, for a walk that neither skips nor repeats."""


@dataclass(frozen=True)
class AsyncBulkResult:
    """What became of one execution of :meth:`Pipelines.bulk_execute`.

    >>> async def start(*pipeline_ids: str) -> List[str]:
    ...     results = await client.pipelines.bulk_execute([{"pipeline_id": each} for each in pipeline_ids])
    ...     return [type(result.error).__name__ if result.error else "started" for result in results]
    >>> asyncio.run(start(pipeline.id, "pip_unknown"))
    ['started', 'ResourceNotFound']
    """

    index: int
    """Its position in the list that was given."""
    execution: Optional[AsyncExecution] = None
    error: Optional[AttestError] = None
    """Why there is no execution: an exception, not raised."""
