"""Pipelines: create, find, execute."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Iterator, List, Mapping, Optional, Sequence, Union

from attest_sdk import _given, _native, _request
from attest_sdk._decode import decode, decode_text
from attest_sdk._failure import exception_of_parts
from attest_sdk._view import PipelineView, Unpicklable
from attest_sdk.exceptions import AttestError
from attest_sdk.executions import Execution
from attest_sdk.models import Config, ExecuteOptions, ExecuteRequest, PipelineState, SourceInfo

__all__ = ["BulkResult", "Pipeline", "PipelinePage", "Pipelines"]


class Pipelines(Unpicklable):
    """The pipelines of a server.

    >>> for pipeline in client.pipelines.iter(name="greeting", limit=1):
    ...     print(pipeline.name)
    ...     break
    greeting
    """

    def __init__(self, client: _native.Client) -> None:
        self._client = client

    def create(
        self, *, name: str, config: Union[Config, Mapping[str, Any]], description: Optional[str] = None
    ) -> Pipeline:
        """Creates a pipeline. Names need not be unique.

        :param config: what it runs: ``{"version": "0.1", "steps": [{"name": …, "run": …, "inputs": […], "outputs": […]}]}``.
        :raises ValidationError: where the configuration is wrong; ``details`` name the field.
        """
        text = self._client.create_pipeline(_request.pipeline(name, config, description)).wait()
        return Pipeline(self._client, decode_text(PipelineState, text))

    def get(self, pipeline_id: str) -> Pipeline:
        """The pipeline of that id.

        :raises ResourceNotFound: where there is none.
        """
        text = self._client.get_pipeline(_given.identifier("pipeline_id", pipeline_id)).wait()
        return Pipeline(self._client, decode_text(PipelineState, text))

    def list(
        self,
        *,
        name: Optional[str] = None,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        sort: Optional[str] = None,
        cursor: Optional[str] = None,
    ) -> PipelinePage:
        """One page of pipelines; :meth:`iter` walks over all.

        :param name: only those of that name.
        :param status: only ``active`` or ``archived``.
        :param limit: how many a page holds at most.
        :param offset: how many to leave out first.
        :param sort: such as ``created_at:desc``.
        :param cursor: the ``next_cursor`` of the page before.
        """
        query = _request.query(name=name, status=status, limit=limit, offset=offset, sort=sort, cursor=cursor)
        page = json.loads(self._client.list_pipelines(query).wait())
        return PipelinePage(
            pipelines=[Pipeline(self._client, decode(PipelineState, one)) for one in page["pipelines"]],
            total=page["total"],
            has_more=page["has_more"],
            next_cursor=page.get("next_cursor"),
        )

    def iter(
        self,
        *,
        name: Optional[str] = None,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        sort: Optional[str] = None,
        cursor: Optional[str] = None,
    ) -> Iterator[Pipeline]:
        """All pipelines that are selected, each once, page after page by the server's cursor: as :meth:`list`."""
        page = self.list(name=name, status=status, limit=limit, offset=offset, sort=sort, cursor=cursor)
        yield from page.pipelines
        while page.has_more and page.next_cursor is not None:
            page = self.list(name=name, status=status, limit=limit, sort=sort, cursor=page.next_cursor)
            yield from page.pipelines

    def execute(
        self,
        pipeline_id: str,
        *,
        environment: Optional[str] = None,
        variables: Optional[Mapping[str, str]] = None,
        options: Optional[Union[ExecuteOptions, Mapping[str, bool]]] = None,
        source: Optional[str] = None,
        source_info: Optional[Union[SourceInfo, Mapping[str, Any]]] = None,
        version: Optional[int] = None,
    ) -> Execution:
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
        return Execution(self._client, self._client.execute_pipeline(pipeline_id, body).wait())

    def bulk_execute(self, executions: Sequence[Union[ExecuteRequest, Mapping[str, Any]]]) -> List[BulkResult]:
        """Starts many executions by one call.

        :param executions: a dict for each, with ``pipeline_id`` and what :meth:`execute` takes.
        :returns: one result for each, in their order: an ``execution``, or the ``error`` why there is none.
        """
        answer = json.loads(self._client.bulk_execute(_request.executions(executions)).wait())
        return [self._result(one) for one in answer["results"]]

    def _result(self, result: Mapping[str, Any]) -> BulkResult:
        if "error" in result:
            return BulkResult(index=result["index"], error=exception_of_parts(result["error"]))
        return BulkResult(index=result["index"], execution=Execution(self._client, json.dumps(result["execution"])))


class Pipeline(PipelineView):
    """A pipeline, as the server described it.

    >>> pipeline = client.pipelines.get(pipeline.id)
    >>> execution = pipeline.execute(environment="staging", variables={"VERSION": "1.4.0"})
    >>> execution.pipeline_id == pipeline.id
    True
    """

    def __init__(self, client: _native.Client, state: PipelineState) -> None:
        self._client = client
        self._state = state

    def execute(
        self,
        *,
        environment: Optional[str] = None,
        variables: Optional[Mapping[str, str]] = None,
        options: Optional[Union[ExecuteOptions, Mapping[str, bool]]] = None,
        source: Optional[str] = None,
        source_info: Optional[Union[SourceInfo, Mapping[str, Any]]] = None,
        version: Optional[int] = None,
    ) -> Execution:
        """Executes it: as :meth:`Pipelines.execute`."""
        return Pipelines(self._client).execute(
            self.id,
            environment=environment,
            variables=variables,
            options=options,
            source=source,
            source_info=source_info,
            version=version,
        )


@dataclass(frozen=True)
class PipelinePage:
    """One page of pipelines.

    >>> page = client.pipelines.list(name="never created")
    >>> len(page.pipelines), page.total, page.has_more
    (0, 0, False)
    """

    pipelines: List[Pipeline]
    total: int
    """How many are selected in all."""
    has_more: bool
    """Whether a further page exists."""
    next_cursor: Optional[str] = None
    """Where the next page starts, for a walk that neither skips nor repeats."""


@dataclass(frozen=True)
class BulkResult:
    """What became of one execution of :meth:`Pipelines.bulk_execute`.

    >>> for result in client.pipelines.bulk_execute([{"pipeline_id": pipeline.id}, {"pipeline_id": "pip_unknown"}]):
    ...     print(result.index, type(result.error).__name__ if result.error else "started")
    0 started
    1 ResourceNotFound
    """

    index: int
    """Its position in the list that was given."""
    execution: Optional[Execution] = None
    error: Optional[AttestError] = None
    """Why there is no execution: an exception, not raised."""
