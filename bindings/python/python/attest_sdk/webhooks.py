"""Receiving webhooks."""

from __future__ import annotations

from typing import Optional, Union

from attest_sdk import _given, _native

__all__ = ["verify_webhook"]


def verify_webhook(
    payload: Union[str, bytes], signature: Optional[Union[str, bytes]], secret: Union[str, bytes]
) -> bool:
    """Whether ``signature``, the header ``X-Attest-Signature``, is that of the raw body ``payload`` by ``secret``.

    The comparison takes the same time wherever they differ. Whatever a request may hold, no header and bytes that are no
    text included, is an answer and never an exception. An empty ``secret`` is ``False``
    whatever the signature is: anybody could sign with it.

    :raises TypeError: for a payload that was parsed already: pass the body as it came.
    """
    if not isinstance(payload, (str, bytes, bytearray, memoryview)):
        raise _given.wrong("payload", "the raw body as bytes or str", payload)
    if not isinstance(signature, (str, bytes, type(None))):
        raise _given.wrong("signature", "the header's value as str or bytes, or None", signature)
    key = _given.content("secret", secret)
    if signature is None:
        return False
    try:
        return _native.verify_webhook(_given.content("payload", payload), _given.content("signature", signature), key)
    except ValueError:
        return False
