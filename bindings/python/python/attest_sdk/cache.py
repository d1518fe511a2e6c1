"""The cache of step results."""

from __future__ import annotations

from attest_sdk import _native
from attest_sdk._decode import decode_text
from attest_sdk._view import Unpicklable
from attest_sdk.models import CacheStats

__all__ = ["Cache"]


class Cache(Unpicklable):
    """The server's cache.

    >>> with AttestClient() as client:
    ...     stats = client.cache.get_stats()
    >>> 0 <= stats.hit_rate <= 1
    True
    """

    def __init__(self, client: _native.Client) -> None:
        self._client = client

    def get_stats(self) -> CacheStats:
        """What is stored, and how much it helps."""
        return decode_text(CacheStats, self._client.cache_stats().wait())
