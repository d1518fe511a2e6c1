"""The verdict on a receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Optional, Tuple

from attest_sdk._decode import decode_text
from attest_sdk._failure import exception_of
from attest_sdk.exceptions import AttestError
from attest_sdk.models import (
    ArtifactVerdict,
    AttestedFile,
    Check,
    ExecutionReport,
    PolicyReport,
    ReportWarning,
    SignatureReport,
    TimestampReport,
    TrustReport,
)

__all__ = ["ArtifactReport", "BatchResult", "Report"]


@dataclass(frozen=True)
class Report:
    """The verdict on one receipt: what was checked, with what result. It is true in a condition where it is valid.

    >>> report = verifier.report(receipt)
    >>> if not report:
    ...     for check in report.checks:
    ...         print(check.name, check.status, check.detail)
    >>> report.execution.outcome
    'success'
    """

    valid: bool
    """True only if nothing failed and every policy is met."""
    checks: List[Check]
    """Every check, always all of them, in this order."""
    signature_verification: SignatureReport
    policy_compliance: PolicyReport
    timestamp_check: TimestampReport
    execution: ExecutionReport
    """How the run ended, by the receipt."""
    trust_material: TrustReport
    """Where the trusted keys come from."""
    warnings: List[ReportWarning]
    receipt_hash: Optional[str] = None
    """``blake3:…`` of the canonical bytes; ``None`` where the structure is wrong."""
    _json: str = field(default="", repr=False, compare=False)

    @classmethod
    def _of(cls, text: str) -> Report:
        report = decode_text(cls, text)
        object.__setattr__(report, "_json", text)
        return report

    def to_json(self) -> str:
        """The report's exact JSON text: the same bytes from every language and from the server."""
        return self._json

    def __bool__(self) -> bool:
        return self.valid


@dataclass(frozen=True)
class BatchResult:
    """What became of one receipt of a batch: a report, or the error why there is none. It is true where the report is valid.

    >>> for result in verifier.verify_batch([receipt, b"}"]):
    ...     print(type(result.error).__name__ if result.error else result.report.valid)
    True
    ReceiptFormatError
    """

    report: Optional[Report] = None
    error: Optional[AttestError] = None
    """For bytes of which nothing can be said: an exception, not raised."""

    @classmethod
    def _of(cls, told: Tuple[bool, str]) -> BatchResult:
        is_report, text = told
        return cls(report=Report._of(text)) if is_report else cls(error=exception_of(text))

    def __bool__(self) -> bool:
        return self.report is not None and self.report.valid


@dataclass(frozen=True)
class ArtifactReport:
    """The verdict on a receipt and a file together. It is true in a condition where it is valid.

    >>> bool(verifier.verify_artifact(receipt, b"echo bye\\n"))
    False
    """

    valid: bool
    """True only if the receipt passes everything asked of it, *and* it attests the file."""
    digest: str
    """``blake3:…`` of the file's content."""
    attested: List[AttestedFile]
    """Which outputs of the run have this content; none where the file is not attested."""
    report: Report
    """The verdict on the receipt; its check ``artifacts`` is about the file."""

    @classmethod
    def _of(cls, told: Tuple[str, str]) -> ArtifactReport:
        verdict = decode_text(ArtifactVerdict, told[0])
        return cls(verdict.valid, verdict.digest, verdict.attested, Report._of(told[1]))

    def __bool__(self) -> bool:
        return self.valid
