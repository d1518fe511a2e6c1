"""What the server says, as frozen values, and the shapes of what it is given.

Values can be compared, copied and pickled. Moments are :class:`datetime.datetime` in UTC. A field that this version does not
know is ignored; a word that it does not know, such as a new ``status``, is kept as it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Dict, List, Mapping, Optional, Sequence, TypedDict

__all__ = [
    "AttestedFile",
    "CacheBackend",
    "CacheStats",
    "Check",
    "Config",
    "ExecuteOptions",
    "ExecuteRequest",
    "ExecutionEvent",
    "ExecutionReport",
    "ExecutionState",
    "ExecutionStep",
    "Expect",
    "Failure",
    "LogEntry",
    "ManifestHash",
    "PipelineState",
    "PolicyReport",
    "Recomputed",
    "ReportWarning",
    "ServerVerification",
    "SignatureReport",
    "SourceInfo",
    "Step",
    "TimestampReport",
    "TrustReport",
    "TrustedKey",
    "Violation",
]


# What a caller gives.


class _NamedStep(TypedDict):
    name: str
    run: str


class Step(_NamedStep, total=False):
    """One step of a pipeline: ``name`` and ``run`` (a command for ``sh -c``), and what it reads, writes and needs.

    Paths are relative to the workspace; ``timeout_secs`` is in seconds.
    """

    inputs: Sequence[str]
    outputs: Sequence[str]
    needs: Sequence[str]
    env: Mapping[str, str]
    working_dir: str
    timeout_secs: int
    cache: bool
    network: bool
    strict_inputs: bool
    image: Any
    capsule: Any
    attestation: Any


class _VersionedConfig(TypedDict):
    version: str
    steps: Sequence[Step]


class Config(_VersionedConfig, total=False):
    """What a pipeline runs."""

    env: Mapping[str, str]
    network: bool
    strict_inputs: bool
    attestation: Any


class ExecuteOptions(TypedDict, total=False):
    """Whether to sign the receipt, check it before it is stored, and use the cache. What is absent is true."""

    sign: bool
    verify: bool
    cache: bool


class SourceInfo(TypedDict, total=False):
    """Where a source comes from, in the caller's words: nothing here is checked by the server."""

    repository: str
    commit: str
    branch: str
    tracked_dirty: bool


class _OfPipeline(TypedDict):
    pipeline_id: str


class ExecuteRequest(_OfPipeline, total=False):
    """One execution of :meth:`Pipelines.bulk_execute`: a pipeline's id, and what :meth:`Pipelines.execute` takes."""

    environment: str
    variables: Mapping[str, str]
    options: ExecuteOptions
    source: str
    source_info: SourceInfo
    version: int


class _PublicKey(TypedDict):
    public_key: str


class TrustedKey(_PublicKey, total=False):
    """A public key (``ed25519:<hex>``, bare hex, or PEM) with the identity it stands for, such as an e-mail address."""

    signer: Optional[str]


class Expect(TypedDict, total=False):
    """What a receipt must be of. ``artifacts`` maps a path to its digest, ``blake3:…``."""

    invocation_id: str
    pipeline_hash: str
    commit: str
    artifacts: Mapping[str, str]


# What the server says.


@dataclass(frozen=True)
class PipelineState:
    """A pipeline, as the server described it at one moment."""

    id: str
    name: str
    status: str
    """``active`` or ``archived``."""
    description: Optional[str] = None
    created_at: Optional[datetime] = None
    updated_at: Optional[datetime] = None
    executions: int = 0
    """How many executions were accepted."""
    success_rate: Optional[float] = None
    """Share of finished executions that completed, 0 to 1; ``None`` before the first finished one."""
    config: Optional[Config] = None
    """The newest configuration; lists may leave it out."""
    version: Optional[int] = None
    """The number of the newest configuration, from 1."""
    definition_hash: Optional[str] = None
    """``blake3:…`` of the stored definition's canonical text."""


@dataclass(frozen=True)
class ExecutionStep:
    """One step of an execution."""

    name: str
    status: str
    """``pending``, ``running``, ``completed``, ``failed``, ``timed_out``, ``skipped`` or ``cancelled``."""
    exit_code: Optional[int] = None
    """Its own; 124 timeout, 125 failed by the engine, 128+n signal n; ``None`` while it has none."""
    duration_seconds: Optional[float] = None
    cache_hit: bool = False
    started_at: Optional[datetime] = None
    completed_at: Optional[datetime] = None
    input_hash: Optional[str] = None
    output_hash: Optional[str] = None


@dataclass(frozen=True)
class Failure:
    """Why an execution failed."""

    reason: str = ""
    """A stable word, such as ``exit_code``, ``timeout``, ``missing_output``, ``worker_lost``."""
    message: str = ""
    step: Optional[str] = None
    """The step that failed first, where it was a step."""


@dataclass(frozen=True)
class ExecutionState:
    """An execution, as the server described it at one moment."""

    id: str
    status: str
    """``queued``, ``running``, ``completed``, ``failed`` or ``cancelled``."""
    pipeline_id: str = ""
    exit_code: Optional[int] = None
    """That of its first failing step; 125 where none failed but the execution did; ``None`` while it runs and when
    cancelled."""
    started_at: Optional[datetime] = None
    completed_at: Optional[datetime] = None
    duration_seconds: Optional[float] = None
    steps: List[ExecutionStep] = field(default_factory=list)
    """In the order of the pipeline."""
    environment: Optional[str] = None
    created_at: Optional[datetime] = None
    pipeline_version: Optional[int] = None
    pipeline_hash: Optional[str] = None
    receipt_hash: Optional[str] = None
    """``blake3:…`` of the receipt, once there is one."""
    failure: Optional[Failure] = None


@dataclass(frozen=True)
class ExecutionEvent:
    """One thing that happened to an execution."""

    event: str
    """``status_changed``, ``step_started`` or ``step_completed``."""
    status: Optional[str] = None
    """Of ``status_changed``: the status it is in now."""
    step: Optional[ExecutionStep] = None
    """Of the other two: the step as it was then."""


@dataclass(frozen=True)
class LogEntry:
    """One line of a log."""

    timestamp: datetime
    """When the server read it."""
    step: str
    level: str
    """``info`` (standard output), ``warning`` (the engine) or ``error`` (standard error)."""
    message: str
    """Without its line break. May hold control characters: escape it before a terminal sees it."""
    seq: int = 0
    """Position in the execution's log: strictly growing."""
    stream: Optional[str] = None
    """``stdout`` or ``stderr``."""


@dataclass(frozen=True)
class CacheBackend:
    """One tier of the cache."""

    size_bytes: int = 0
    entries: int = 0
    hit_rate: float = 0.0


@dataclass(frozen=True)
class CacheStats:
    """What is stored in the cache, and how much it helps. Rates are from 0 to 1, and 0 before the first look-up."""

    total_size_bytes: int = 0
    total_entries: int = 0
    hit_rate: float = 0.0
    miss_rate: float = 0.0
    backends: Dict[str, CacheBackend] = field(default_factory=dict)
    """One entry per configured tier, by its name."""


@dataclass(frozen=True)
class ServerVerification:
    """The server's own opinion of a receipt. Nothing here believes it: use :meth:`Receipt.verify`."""

    signature_valid: bool = False
    timestamp_valid: bool = False
    chain_of_trust: str = ""
    """``verified``, ``untrusted``, ``revoked`` or ``unsigned``."""


@dataclass(frozen=True)
class AttestedFile:
    """An output of a run."""

    step: str
    """The step that wrote it."""
    path: str
    """Where in the workspace. A file at hand may be called otherwise."""


@dataclass(frozen=True)
class ArtifactVerdict:
    """An ``ArtifactReport`` as it crosses, without its report."""

    valid: bool
    digest: str
    attested: List[AttestedFile]


@dataclass(frozen=True)
class Recomputed:
    """What deriving a receipt's hashes again from files gave. It is true in a condition where all of them agree."""

    status: str
    """``match``, ``mismatch``, or ``failed`` where something could not be hashed."""
    detail: Optional[str] = None
    """What differs, or could not be hashed, for people; ``None`` where nothing does."""

    def __bool__(self) -> bool:
        return self.status == "match"


@dataclass(frozen=True)
class ManifestHash:
    """What a step reads or writes, hashed."""

    digest: str
    """``blake3:…`` of :attr:`text`."""
    text: str
    """The manifest, line by line."""


# The parts of a report.


@dataclass(frozen=True)
class Check:
    """One check and its result."""

    name: str
    """``schema``, ``consistency``, ``signature``, ``trust``, ``timestamp``, ``binding``, ``policy``, ``artifacts`` or
    ``recompute``."""
    status: str
    """``pass``, ``fail`` or ``skipped``; what is skipped satisfies nothing."""
    code: str
    """A stable word."""
    detail: str
    """The same for people."""


@dataclass(frozen=True)
class SignatureReport:
    """Who signed."""

    valid: bool
    signer: Optional[str]
    key_id: Optional[str]
    algorithm: str
    trusted: bool


@dataclass(frozen=True)
class Violation:
    """A policy that is not met."""

    policy: str
    code: str
    message: str
    step: Optional[str] = None
    expected: Optional[str] = None
    found: Optional[str] = None


@dataclass(frozen=True)
class PolicyReport:
    """Which policies were asked, and which are not met."""

    passed: bool
    evaluated: List[str]
    violations: List[Violation]


@dataclass(frozen=True)
class TimestampReport:
    """How old the receipt says it is."""

    valid: bool
    age_hours: Optional[float]
    source: str


@dataclass(frozen=True)
class ExecutionReport:
    """How the run ended, by the receipt."""

    outcome: str
    """``success``, ``failure``, ``incomplete`` or ``unknown``."""
    failed_steps: List[str]


@dataclass(frozen=True)
class TrustReport:
    """Where the trusted keys come from."""

    state: str
    """``given``, ``store``, ``fetched_from_server`` or ``none``."""
    as_of: Optional[datetime] = None
    """When they were fetched."""


@dataclass(frozen=True)
class ReportWarning:
    """What is not wrong and should be known."""

    code: str
