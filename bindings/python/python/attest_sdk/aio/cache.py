"""The cache of step results, awaited."""

from __future__ import annotations

from attest_sdk import _native
from attest_sdk._decode import decode_text
from attest_sdk._view import Unpicklable
from attest_sdk.models import CacheStats

__all__ = ["AsyncCache"]


class AsyncCache(Unpicklable):
    """The server's cache.

    >>> async def hit_rate() -> float:
    ...     return (await client.cache.get_stats()).hit_rate
    >>> 0 <= asyncio.run(hit_rate()) <= 1
    True
    """

    def __init__(self, client: _native.Client) -> None:
        self._client = client

    async def get_stats(self) -> CacheStats:
        """What is stored, and how much it helps."""
        return decode_text(CacheStats, await self._client.cache_stats().future())
