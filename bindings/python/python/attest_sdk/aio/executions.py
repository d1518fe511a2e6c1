"""Executions, awaited. Cancelling the task calls a request off, and loses nothing of a stream."""

from __future__ import annotations

from typing import AsyncIterator, Optional

from attest_sdk import _given, _native, _request
from attest_sdk._streams import AsyncStream
from attest_sdk._view import ExecutionView, Unpicklable
from attest_sdk.models import ExecutionEvent, LogEntry
from attest_sdk.receipts import AsyncReceipt

__all__ = ["AsyncExecution", "AsyncExecutions"]


class AsyncExecutions(Unpicklable):
    """The executions of a server, of any pipeline.

    >>> async def status(execution_id: str) -> str:
    ...     return (await client.executions.get(execution_id)).status
    >>> asyncio.run(status(execution.id))
    'completed'
    """

    def __init__(self, client: _native.Client) -> None:
        self._client = client

    async def get(self, execution_id: str) -> AsyncExecution:
        """The execution of that id.

        :raises ResourceNotFound: where there is none.
        """
        text = await self._client.get_execution(_given.identifier("execution_id", execution_id)).future()
        return AsyncExecution(self._client, text)


class AsyncExecution(ExecutionView):
    """One run of one version of a pipeline, as the server last described it: see :meth:`refresh`.

    >>> async def show(execution_id: str) -> None:
    ...     execution = await client.executions.get(execution_id)
    ...     async for line in execution.stream_logs():
    ...         print(f"[{line.step}] {line.message}")
    >>> asyncio.run(show(execution.id))
    [greet] hello
    """

    def __init__(self, client: _native.Client, text: str) -> None:
        self._client = client
        self._show(text)

    async def refresh(self) -> AsyncExecution:
        """Asks the server how it stands now. Updates this object, and returns it."""
        self._show(await self._client.get_execution(self.id).future())
        return self

    async def wait_for_completion(self, timeout: Optional[float] = None) -> AsyncExecution:
        """Waits until it is over. Updates this object, and returns it.

        A failed execution is a result and not an exception: see :meth:`raise_for_status`.

        :param timeout: seconds to wait at most; for as long as it takes where ``None``.
        :raises WaitTimeoutError: when the time is up, with the execution as it was last seen. Nothing is cancelled, and this
            object is not updated.
        """
        limit = None if timeout is None else _given.seconds("timeout", timeout)
        self._show(await self._client.wait_for_completion(self.id, limit).future())
        return self

    async def cancel(self) -> AsyncExecution:
        """Ends it. Harmless where it is over already. Updates this object, and returns it."""
        self._show(await self._client.cancel_execution(self.id).future())
        return self

    def stream_logs(
        self,
        *,
        step: Optional[str] = None,
        level: Optional[str] = None,
        stream: Optional[str] = None,
        after: int = 0,
    ) -> AsyncIterator[LogEntry]:
        """Its log, line after line as they come, until it is over.

        An ask that is cancelled, by ``asyncio.wait_for`` say, loses nothing: ask the same iterator again.

        :param step: only lines of that step.
        :param level: only ``info``, ``warning`` or ``error``.
        :param stream: only ``stdout`` or ``stderr``.
        :param after: only what follows the line of that ``seq``.
        :raises AttestError: from the iterator, never silently, where the rest cannot be had.
        """
        lines = self._client.stream_logs(self.id, _request.log_filter(step, level, stream, after))
        return AsyncStream(lines, LogEntry)

    def events(self) -> AsyncIterator[ExecutionEvent]:
        """What happens to it, each change once and in order, until it is over.

        As with :meth:`stream_logs`, an ask that is cancelled loses nothing.
        Steps that are over already come first, then whatever differs from the :attr:`status` this object has now.
        """
        return AsyncStream(self._client.stream_events(self.id, self.status), ExecutionEvent)

    async def get_receipt(self, *, allow_failed: bool = False) -> AsyncReceipt:
        """Its receipt, ready to be verified.

        :param allow_failed: whether the receipt of a failed run may be valid. By default it is not: a red build must never
            pass a gate.
        :raises ResourceNotFound: where it has none, with ``details["reason"]``.
        """
        call = self._client.get_receipt(self.id, _given.boolean("allow_failed", allow_failed))
        return AsyncReceipt._of(await call.future())
