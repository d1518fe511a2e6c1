"""From the native module's failures, in JSON, to exceptions."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Type

from attest_sdk import exceptions
from attest_sdk._decode import decode
from attest_sdk.exceptions import AttestError, InternalFault, RateLimitExceeded, WaitTimeoutError
from attest_sdk.models import ExecutionState

_PARTS = ("message", "code", "status", "details", "request_id", "attempts", "retryable", "retry_after")


def _by_kind() -> Dict[str, Type[AttestError]]:
    classes = [getattr(exceptions, name) for name in exceptions.__all__ if name != "AttestError"]
    return {error.kind: error for error in classes}


_BY_KIND = _by_kind()


def exception_of(failure: str) -> AttestError:
    """The exception of a failure's JSON text. A kind that is not known is a fault of this library."""
    return exception_of_parts(json.loads(failure))


def exception_of_parts(failure: Mapping[str, Any]) -> AttestError:
    """The same, of JSON that was read."""
    error = _BY_KIND.get(failure.get("kind", ""), InternalFault)
    parts = {name: failure[name] for name in _PARTS if name in failure}
    if issubclass(error, WaitTimeoutError):
        seen = failure.get("last_seen")
        parts["last_seen"] = None if seen is None else decode(ExecutionState, seen)
    if issubclass(error, RateLimitExceeded):
        parts["reset_at"] = failure.get("reset_at")
    return error(failure.get("text", "a failure without a text"), **parts)
