"""Executions: watch, wait, cancel, fetch what they made."""

from __future__ import annotations

from typing import Iterator, Optional

from attest_sdk import _given, _native, _request
from attest_sdk._streams import Stream
from attest_sdk._view import ExecutionView, Unpicklable
from attest_sdk.models import ExecutionEvent, LogEntry
from attest_sdk.receipts import Receipt

__all__ = ["Execution", "Executions"]


class Executions(Unpicklable):
    """The executions of a server, of any pipeline.

    >>> same = client.executions.get(execution.id)  # an id that was kept
    >>> same.status
    'completed'
    """

    def __init__(self, client: _native.Client) -> None:
        self._client = client

    def get(self, execution_id: str) -> Execution:
        """The execution of that id.

        :raises ResourceNotFound: where there is none.
        """
        text = self._client.get_execution(_given.identifier("execution_id", execution_id)).wait()
        return Execution(self._client, text)


class Execution(ExecutionView):
    """One run of one version of a pipeline, as the server last described it: see :meth:`refresh`.

    >>> execution = pipeline.execute(environment="staging", options={"cache": False})
    >>> for line in execution.stream_logs():
    ...     print(f"[{line.step}] {line.message}")
    [greet] hello
    >>> execution.wait_for_completion(timeout=300).raise_for_status()
    >>> execution.get_receipt().verify()
    True
    """

    def __init__(self, client: _native.Client, text: str) -> None:
        self._client = client
        self._show(text)

    def refresh(self) -> Execution:
        """Asks the server how it stands now. Updates this object, and returns it."""
        self._show(self._client.get_execution(self.id).wait())
        return self

    def wait_for_completion(self, timeout: Optional[float] = None) -> Execution:
        """Waits until it is over. Updates this object, and returns it.

        A failed execution is a result and not an exception: see :meth:`raise_for_status`.

        :param timeout: seconds to wait at most; for as long as it takes where ``None``.
        :raises WaitTimeoutError: when the time is up, with the execution as it was last seen. Nothing is cancelled, and this
            object is not updated.
        """
        limit = None if timeout is None else _given.seconds("timeout", timeout)
        self._show(self._client.wait_for_completion(self.id, limit).wait())
        return self

    def cancel(self) -> Execution:
        """Ends it. Harmless where it is over already. Updates this object, and returns it."""
        self._show(self._client.cancel_execution(self.id).wait())
        return self

    def stream_logs(
        self,
        *,
        step: Optional[str] = None,
        level: Optional[str] = None,
        stream: Optional[str] = None,
        after: int = 0,
    ) -> Iterator[LogEntry]:
        """Its log, line after line as they come, until it is over.

        :param step: only lines of that step.
        :param level: only ``info``, ``warning`` or ``error``.
        :param stream: only ``stdout`` or ``stderr``.
        :param after: only what follows the line of that ``seq``.
        :raises AttestError: from the iterator, never silently, where the rest cannot be had.
        """
        lines = self._client.stream_logs(self.id, _request.log_filter(step, level, stream, after))
        return Stream(lines, LogEntry)

    def events(self) -> Iterator[ExecutionEvent]:
        """What happens to it, each change once and in order, until it is over.

        Steps that are over already come first, then whatever differs from the :attr:`status` this object has now.
        """
        return Stream(self._client.stream_events(self.id, self.status), ExecutionEvent)

    def get_receipt(self, *, allow_failed: bool = False) -> Receipt:
        """Its receipt, ready to be verified.

        :param allow_failed: whether the receipt of a failed run may be valid. By default it is not: a red build must never
            pass a gate.
        :raises ResourceNotFound: where it has none, with ``details["reason"]``.
        """
        call = self._client.get_receipt(self.id, _given.boolean("allow_failed", allow_failed))
        return Receipt._of(call.wait())
