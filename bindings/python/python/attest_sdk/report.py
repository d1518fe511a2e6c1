"""The verdict on a receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Optional

from attest_sdk._decode import decode_text
from attest_sdk.models import (
    Check,
    ExecutionReport,
    PolicyReport,
    ReportWarning,
    SignatureReport,
    TimestampReport,
    TrustReport,
)

__all__ = ["Report"]


@dataclass(frozen=True)
class Report:
    """The verdict on one receipt: what was checked, with what result. It is true in a condition where it is valid."""

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
