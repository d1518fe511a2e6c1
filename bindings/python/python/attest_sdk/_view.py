"""What pipelines and executions show of their state, blocking and asynchronous alike."""

from __future__ import annotations

from datetime import datetime
from typing import List, NoReturn, Optional

from attest_sdk import _native
from attest_sdk._decode import decode_text
from attest_sdk.models import Config, ExecutionState, ExecutionStep, Failure, PipelineState


class Unpicklable:
    """What holds a client, and so belongs to one process."""

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(
            f"an object of {name} belongs to its client and cannot be pickled or copied; its state or its id can"
        )


class PipelineView(Unpicklable):
    """A pipeline's state."""

    _state: PipelineState

    @property
    def state(self) -> PipelineState:
        """Everything the server said about it: a value that can be pickled."""
        return self._state

    @property
    def id(self) -> str:
        """``pip_…``, opaque."""
        return self._state.id

    @property
    def name(self) -> str:
        """Its name."""
        return self._state.name

    @property
    def description(self) -> Optional[str]:
        """What it is for."""
        return self._state.description

    @property
    def status(self) -> str:
        """``active`` or ``archived``."""
        return self._state.status

    @property
    def created_at(self) -> Optional[datetime]:
        """When it was created."""
        return self._state.created_at

    @property
    def updated_at(self) -> Optional[datetime]:
        """When it was last changed."""
        return self._state.updated_at

    @property
    def executions(self) -> int:
        """How many executions were accepted."""
        return self._state.executions

    @property
    def success_rate(self) -> Optional[float]:
        """Share of finished executions that completed, 0 to 1; ``None`` before the first finished one."""
        return self._state.success_rate

    @property
    def config(self) -> Optional[Config]:
        """The newest configuration; lists may leave it out."""
        return self._state.config

    @property
    def version(self) -> Optional[int]:
        """The number of the newest configuration, from 1."""
        return self._state.version

    @property
    def definition_hash(self) -> Optional[str]:
        """``blake3:…`` of the stored definition's canonical text."""
        return self._state.definition_hash

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.name!r} {self.status}>"


class ExecutionView(Unpicklable):
    """An execution's state, as the server last described it."""

    _text: str
    _state: ExecutionState

    def _show(self, text: str) -> None:
        """Takes a newer description over."""
        self._state = decode_text(ExecutionState, text)
        self._text = text

    @property
    def state(self) -> ExecutionState:
        """Everything the server last said about it: a value that can be pickled."""
        return self._state

    @property
    def id(self) -> str:
        """``exec_…``, opaque."""
        return self._state.id

    @property
    def pipeline_id(self) -> str:
        """The pipeline it is of."""
        return self._state.pipeline_id

    @property
    def status(self) -> str:
        """``queued``, ``running``, ``completed``, ``failed`` or ``cancelled``."""
        return self._state.status

    @property
    def exit_code(self) -> Optional[int]:
        """That of its first failing step, 0 where it completed; ``None`` while it runs and when cancelled."""
        return self._state.exit_code

    @property
    def started_at(self) -> Optional[datetime]:
        """When it began; ``None`` while queued."""
        return self._state.started_at

    @property
    def completed_at(self) -> Optional[datetime]:
        """When it ended."""
        return self._state.completed_at

    @property
    def duration_seconds(self) -> Optional[float]:
        """Seconds from beginning to end."""
        return self._state.duration_seconds

    @property
    def steps(self) -> List[ExecutionStep]:
        """Its steps, in the order of the pipeline."""
        return self._state.steps

    @property
    def environment(self) -> Optional[str]:
        """Name of the environment."""
        return self._state.environment

    @property
    def created_at(self) -> Optional[datetime]:
        """When it was accepted."""
        return self._state.created_at

    @property
    def pipeline_version(self) -> Optional[int]:
        """The version of the pipeline that it runs."""
        return self._state.pipeline_version

    @property
    def pipeline_hash(self) -> Optional[str]:
        """``blake3:…`` of the effective pipeline."""
        return self._state.pipeline_hash

    @property
    def receipt_hash(self) -> Optional[str]:
        """``blake3:…`` of the receipt, once there is one."""
        return self._state.receipt_hash

    @property
    def failure(self) -> Optional[Failure]:
        """Why it failed, where it did."""
        return self._state.failure

    def raise_for_status(self) -> None:
        """Raises :class:`APIError` where it failed or was cancelled, or was not over when last looked at."""
        _native.raise_for_status(self._text.encode())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.status}>"
