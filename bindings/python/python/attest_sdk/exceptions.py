"""What goes wrong, as exceptions. All of them are :class:`AttestError`.

Where Python has a built-in exception of the same meaning, the class inherits it too: ``except TimeoutError`` and
``except ValueError`` work. Every exception can be pickled.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar, Mapping, Optional

if TYPE_CHECKING:
    from attest_sdk.models import ExecutionState

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AttestError",
    "AttestIOError",
    "AuthenticationFailed",
    "AuthorizationFailed",
    "CancelledError",
    "ClosedError",
    "ConfigError",
    "ConflictError",
    "DecodeError",
    "InternalError",
    "InternalFault",
    "KeyFormatError",
    "RateLimitExceeded",
    "ReceiptFormatError",
    "ResourceNotFound",
    "ValidationError",
    "WaitTimeoutError",
    "WebhookSignatureError",
]


class AttestError(Exception):
    """Something went wrong. ``str()`` says what, and what to do about it.

    Catch this one for all of them, or a class of its own for what can be done about it.

    >>> try:
    ...     client.executions.get("exec_unknown")
    ... except ResourceNotFound as error:
    ...     print(error.kind, error.status, error.retryable)
    resource_not_found 404 False
    """

    kind: ClassVar[str] = "internal"
    """The stable word for what kind of error it is, the same in every language."""

    def __init__(
        self,
        text: str = "",
        *,
        message: Optional[str] = None,
        code: Optional[str] = None,
        status: Optional[int] = None,
        details: Optional[Mapping[str, Any]] = None,
        request_id: Optional[str] = None,
        attempts: int = 0,
        retryable: bool = False,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(text)
        self.message: str = text if message is None else message
        """What was wrong and what to do next, without status and request id."""
        self.code: str = self.kind if code is None else code
        """The code as the server sent it, else :attr:`kind`."""
        self.status: Optional[int] = status
        """The HTTP status, where there was an answer."""
        self.details: Optional[Mapping[str, Any]] = details
        """The server's ``details`` object."""
        self.request_id: Optional[str] = request_id
        """What to name when asking the server's operator about it."""
        self.attempts: int = attempts
        """How many times the request was sent; 0 where none was."""
        self.retryable: bool = retryable
        """Whether the same call may succeed later without any change."""
        self.retry_after: Optional[float] = retry_after
        """How many seconds the server asked to wait."""


class APIError(AttestError):
    """The server answered with an error, or an execution did not complete (:meth:`Execution.raise_for_status`)."""

    kind = "api_error"


class AuthenticationFailed(APIError):
    """401: no credential, or a bad one."""

    kind = "authentication_failed"


class AuthorizationFailed(APIError):
    """403: the credential lacks a scope."""

    kind = "authorization_failed"


class ValidationError(APIError, ValueError):
    """400 or 422, or refused before it was sent: the request itself is wrong. ``details`` name the field."""

    kind = "validation_error"


class ResourceNotFound(APIError, LookupError):
    """404: there is no such thing."""

    kind = "resource_not_found"


class ConflictError(APIError):
    """409: it contradicts the present state."""

    kind = "conflict"


class RateLimitExceeded(APIError):
    """429: too many requests.

    >>> def patiently(call):
    ...     while True:
    ...         try:
    ...             return call()
    ...         except RateLimitExceeded as error:
    ...             time.sleep(error.reset_at - int(time.time()))
    >>> patiently(lambda: client.executions.get(execution.id)).status
    'completed'
    """

    kind = "rate_limit_exceeded"

    def __init__(self, text: str = "", *, reset_at: Optional[int] = None, **parts: Any) -> None:
        super().__init__(text, **parts)
        self._reset_at = reset_at

    @property
    def reset_at(self) -> int:
        """When to try again: Unix seconds by this machine's clock, always at least a second ahead.

        ``time.sleep(e.reset_at - int(time.time()))`` is therefore safe, however late it is called.
        """
        return max(self._reset_at or 0, int(time.time()) + 1)


class InternalError(APIError):
    """500 and above: the server failed."""

    kind = "internal_error"


class APIConnectionError(AttestError, ConnectionError):
    """The server could not be reached, or the connection broke."""

    kind = "connection"


class APITimeoutError(APIConnectionError, TimeoutError):
    """No answer within the time for one attempt."""

    kind = "timeout"


class WaitTimeoutError(AttestError, TimeoutError):
    """The time for a wait is over. Nothing was cancelled: the execution goes on.

    >>> running = pipeline.execute(options={"cache": False})
    >>> try:
    ...     over = running.wait_for_completion(timeout=300)
    ... except WaitTimeoutError as error:
    ...     print(error.last_seen.status)
    ...     over = running.cancel()
    >>> over.status
    'completed'
    """

    kind = "wait_timeout"

    def __init__(self, text: str = "", *, last_seen: Optional[ExecutionState] = None, **parts: Any) -> None:
        super().__init__(text, **parts)
        self.last_seen: Optional[ExecutionState] = last_seen
        """The execution as it was last seen: a value. The object that waited is not updated."""


class CancelledError(AttestError):
    """A call was ended by its caller, other than by cancelling its task or by Ctrl-C."""

    kind = "cancelled"


class DecodeError(AttestError):
    """An answer of the server is not what the contract says."""

    kind = "decode"


class ConfigError(AttestError, ValueError):
    """An option is missing or out of range."""

    kind = "config"


class WebhookSignatureError(AttestError):
    """A webhook's signature does not verify."""

    kind = "webhook_signature"


class ReceiptFormatError(AttestError, ValueError):
    """A receipt cannot be read; the message says where."""

    kind = "receipt_format"


class KeyFormatError(AttestError, ValueError):
    """A key cannot be read."""

    kind = "key_format"


class AttestIOError(AttestError, OSError):
    """The file system failed, or a file breaks a rule of manifests."""

    kind = "io"


class ClosedError(AttestError):
    """The client was closed, or made before a fork."""

    kind = "closed"


class InternalFault(AttestError):
    """A fault of this library: please report it."""

    kind = "internal"
