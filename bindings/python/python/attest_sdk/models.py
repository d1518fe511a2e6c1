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

    >>> build: Step = {"name": "build", "run": "make", "inputs": ["src/"], "outputs": ["app"]}
    >>> test: Step = {"name": "test", "run": "./app --check", "inputs": ["app"], "needs": ["build"], "timeout_secs": 600}
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
    """What a pipeline runs.

    >>> config: Config = {"version": "0.1", "strict_inputs": True, "steps": [{"name": "greet", "run": "echo hello"}]}
    >>> client.pipelines.create(name="greeting", config=config).config["strict_inputs"]
    True
    """

    env: Mapping[str, str]
    network: bool
    strict_inputs: bool
    attestation: Any


class ExecuteOptions(TypedDict, total=False):
    """Whether to sign the receipt, check it before it is stored, and use the cache. What is absent is true.

    >>> afresh: ExecuteOptions = {"cache": False}
    >>> execution = pipeline.execute(options=afresh).wait_for_completion()
    >>> [step.cache_hit for step in execution.state.steps]
    [False]
    """

    sign: bool
    verify: bool
    cache: bool


class SourceInfo(TypedDict, total=False):
    """Where a source comes from, in the caller's words: nothing here is checked by the server.

    >>> info: SourceInfo = {"commit": "5be1c9f8a0d4e7b2c3f6a19885d0e4b7c2a3f6d1", "tracked_dirty": False}
    >>> execution = pipeline.execute(source_info=info)
    """

    repository: str
    commit: str
    branch: str
    tracked_dirty: bool


class _OfPipeline(TypedDict):
    pipeline_id: str


class ExecuteRequest(_OfPipeline, total=False):
    """One execution of :meth:`Pipelines.bulk_execute`: a pipeline's id, and what :meth:`Pipelines.execute` takes.

    >>> requests: List[ExecuteRequest] = [{"pipeline_id": pipeline.id}, {"pipeline_id": pipeline.id, "environment": "staging"}]
    >>> len(client.pipelines.bulk_execute(requests))
    2
    """

    environment: str
    variables: Mapping[str, str]
    options: ExecuteOptions
    source: str
    source_info: SourceInfo
    version: int


class _PublicKey(TypedDict):
    public_key: str


class TrustedKey(_PublicKey, total=False):
    """A public key (``ed25519:<hex>``, bare hex, or PEM) with the identity it stands for, such as an e-mail address.

    >>> ci: TrustedKey = {"public_key": public_key, "signer": "ci-system@company.com"}
    >>> Verifier(trusted_keys=[ci]).report(receipt).signature_verification.signer
    'ci-system@company.com'
    """

    signer: Optional[str]


class Expect(TypedDict, total=False):
    """What a receipt must be of. ``artifacts`` maps a path to its digest, ``blake3:…``.

    >>> expect: Expect = {"invocation_id": "exec_other"}
    >>> Verifier(trusted_keys=[public_key], expect=expect).verify_receipt(receipt)  # a good one, of another run
    False
    """

    invocation_id: str
    pipeline_hash: str
    commit: str
    artifacts: Mapping[str, str]


# What the server says.


@dataclass(frozen=True)
class PipelineState:
    """A pipeline, as the server described it at one moment.

    >>> pipeline.state.status, pipeline.state.version
    ('active', 1)
    >>> pickle.loads(pickle.dumps(pipeline.state)) == pipeline.state  # which a Pipeline, with its client, is not
    True
    """

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
    """One step of an execution.

    >>> for step in execution.state.steps:
    ...     print(step.name, step.status, step.exit_code)
    greet completed 0
    """

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
    """Why an execution failed.

    >>> failure = Failure(reason="exit_code", message="step greet exited 3", step="greet")
    >>> f"{failure.step or 'the execution'}: {failure.message}"
    'greet: step greet exited 3'
    """

    reason: str = ""
    """A stable word, such as ``exit_code``, ``timeout``, ``missing_output``, ``worker_lost``."""
    message: str = ""
    step: Optional[str] = None
    """The step that failed first, where it was a step."""


@dataclass(frozen=True)
class ExecutionState:
    """An execution, as the server described it at one moment.

    >>> execution.state.status, execution.state.failure
    ('completed', None)
    """

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
    """One thing that happened to an execution.

    >>> for event in pipeline.execute(options={"cache": False}).events():
    ...     if event.event == "step_completed":
    ...         print(event.step.name, event.step.status)
    greet completed
    """

    event: str
    """``status_changed``, ``step_started`` or ``step_completed``."""
    status: Optional[str] = None
    """Of ``status_changed``: the status it is in now."""
    step: Optional[ExecutionStep] = None
    """Of the other two: the step as it was then."""


@dataclass(frozen=True)
class LogEntry:
    """One line of a log.

    >>> for line in execution.stream_logs(stream="stdout"):
    ...     print(f"[{line.step}] {line.message!r}")  # escaped: a step may write what commands a terminal
    [greet] 'hello'
    """

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
    """One tier of the cache.

    >>> for tier, backend in CacheStats(backends={"local": CacheBackend(entries=40)}).backends.items():
    ...     print(tier, backend.entries)
    local 40
    """

    size_bytes: int = 0
    entries: int = 0
    hit_rate: float = 0.0


@dataclass(frozen=True)
class CacheStats:
    """What is stored in the cache, and how much it helps. Rates are from 0 to 1, and 0 before the first look-up.

    >>> stats = CacheStats(total_entries=40, hit_rate=0.75)
    >>> f"{stats.total_entries} objects, {stats.hit_rate:.0%} hits"
    '40 objects, 75% hits'
    """

    total_size_bytes: int = 0
    total_entries: int = 0
    hit_rate: float = 0.0
    miss_rate: float = 0.0
    backends: Dict[str, CacheBackend] = field(default_factory=dict)
    """One entry per configured tier, by its name."""


@dataclass(frozen=True)
class ServerVerification:
    """The server's own opinion of a receipt. Nothing here believes it: use :meth:`Receipt.verify`.

    >>> execution.get_receipt().server_verification.chain_of_trust
    'verified'
    """

    signature_valid: bool = False
    timestamp_valid: bool = False
    chain_of_trust: str = ""
    """``verified``, ``untrusted``, ``revoked`` or ``unsigned``."""


@dataclass(frozen=True)
class AttestedFile:
    """An output of a run.

    >>> found = verifier.verify_artifact(receipt, b"echo hello, world\\n")
    >>> found.attested
    [AttestedFile(step='build', path='out/hello')]
    """

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
    """What deriving a receipt's hashes again from files gave. It is true in a condition where all of them agree.

    >>> recomputed = recompute(receipt, ".")  # where no attest.yaml is
    >>> bool(recomputed), recomputed.status
    (False, 'failed')
    """

    status: str
    """``match``, ``mismatch``, or ``failed`` where something could not be hashed."""
    detail: Optional[str] = None
    """What differs, or could not be hashed, for people; ``None`` where nothing does."""

    def __bool__(self) -> bool:
        return self.status == "match"


@dataclass(frozen=True)
class ManifestHash:
    """What a step reads or writes, hashed.

    >>> _ = Path("app").write_bytes(b"hello")
    >>> manifest = hash_outputs(".", ["app"])
    >>> manifest.digest == digest(manifest.text.encode())
    True
    """

    digest: str
    """``blake3:…`` of :attr:`text`."""
    text: str
    """The manifest, line by line."""


# The parts of a report.


@dataclass(frozen=True)
class Check:
    """One check and its result.

    >>> report = Verifier(trusted_keys=[]).report(receipt)
    >>> [(check.name, check.code) for check in report.checks if check.status == "fail"]
    [('trust', 'signer_not_trusted')]
    """

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
    """Who signed.

    >>> signature = Verifier(trusted_keys=[]).report(receipt).signature_verification
    >>> signature.valid, signature.trusted  # somebody signed it and it is unchanged, whoever that was
    (True, False)
    """

    valid: bool
    signer: Optional[str]
    key_id: Optional[str]
    algorithm: str
    trusted: bool


@dataclass(frozen=True)
class Violation:
    """A policy that is not met.

    >>> report = Verifier(trusted_keys=[public_key], policies=["step:deploy"]).report(receipt)
    >>> [(violation.policy, violation.code) for violation in report.policy_compliance.violations]
    [('step:deploy', 'step_missing')]
    """

    policy: str
    code: str
    message: str
    step: Optional[str] = None
    expected: Optional[str] = None
    found: Optional[str] = None


@dataclass(frozen=True)
class PolicyReport:
    """Which policies were asked, and which are not met.

    >>> policies = ["require-success", "require-reproducible"]
    >>> asked = Verifier(trusted_keys=[public_key], policies=policies).report(receipt).policy_compliance
    >>> asked.passed, len(asked.evaluated), len(asked.violations)
    (False, 2, 1)
    """

    passed: bool
    evaluated: List[str]
    violations: List[Violation]


@dataclass(frozen=True)
class TimestampReport:
    """How old the receipt says it is.

    >>> noon = Verifier(trusted_keys=[public_key], now="2026-02-01T12:00:01Z")
    >>> noon.report(receipt).timestamp_check.age_hours
    24.0
    """

    valid: bool
    age_hours: Optional[float]
    source: str


@dataclass(frozen=True)
class ExecutionReport:
    """How the run ended, by the receipt.

    >>> execution = verifier.report(receipt).execution  # apart from being authentic
    >>> execution.outcome, execution.failed_steps
    ('success', [])
    """

    outcome: str
    """``success``, ``failure``, ``incomplete`` or ``unknown``."""
    failed_steps: List[str]


@dataclass(frozen=True)
class TrustReport:
    """Where the trusted keys come from.

    >>> verifier.report(receipt).trust_material.state
    'given'
    """

    state: str
    """``given``, ``store``, ``fetched_from_server`` or ``none``."""
    as_of: Optional[datetime] = None
    """When they were fetched."""


@dataclass(frozen=True)
class ReportWarning:
    """What is not wrong and should be known.

    >>> for warning in verifier.report(receipt).warnings:
    ...     print("warning:", warning.code)  # does not make it invalid
    """

    code: str
