"""The client that is awaited, on asyncio."""

from __future__ import annotations

from datetime import datetime
from os import PathLike
from types import TracebackType
from typing import Any, Mapping, Optional, Sequence, Type, Union

from attest_sdk import _native, _options
from attest_sdk._view import Unpicklable
from attest_sdk.aio.cache import AsyncCache
from attest_sdk.aio.executions import AsyncExecutions
from attest_sdk.aio.pipelines import AsyncPipelines
from attest_sdk.models import Expect, TrustedKey
from attest_sdk.verifier import Verifier

__all__ = ["AsyncAttestClient"]


class AsyncAttestClient(Unpicklable):
    """A client of one Attest server whose calls are awaited. Use it in ``async with``, which closes it.

    Its options are those of :class:`AttestClient`. Cancelling a task, also by ``asyncio.wait_for``, calls its request off.

    >>> async def main() -> bool:
    ...     async with AsyncAttestClient() as client:
    ...         step = {"name": "greet", "run": "echo hello"}
    ...         pipeline = await client.pipelines.create(name="greeting", config={"version": "0.1", "steps": [step]})
    ...         execution = await pipeline.execute()
    ...         await execution.wait_for_completion(timeout=300)
    ...         return await (await execution.get_receipt()).verify()
    >>> asyncio.run(main())
    True
    """

    def __init__(
        self,
        *,
        base_url: Optional[str] = None,
        api_key: Optional[str] = None,
        token: Optional[str] = None,
        anonymous: bool = False,
        allow_insecure_http: bool = False,
        connect_timeout: Optional[float] = None,
        attempt_timeout: Optional[float] = None,
        idle_timeout: Optional[float] = None,
        headers: Optional[Mapping[str, str]] = None,
        user_agent_suffix: Optional[str] = None,
        ca_bundle: Optional[Union[str, bytes]] = None,
        proxy: Optional[str] = None,
        trusted_keys: Optional[Sequence[Union[str, TrustedKey]]] = None,
        policies: Sequence[str] = (),
    ) -> None:
        self._handle = _native.Client(
            _options.client(
                base_url=base_url,
                api_key=api_key,
                token=token,
                anonymous=anonymous,
                allow_insecure_http=allow_insecure_http,
                connect_timeout=connect_timeout,
                attempt_timeout=attempt_timeout,
                idle_timeout=idle_timeout,
                headers=headers,
                user_agent_suffix=user_agent_suffix,
                ca_bundle=ca_bundle,
                proxy=proxy,
                trusted_keys=trusted_keys,
                policies=policies,
            )
        )

    @property
    def pipelines(self) -> AsyncPipelines:
        """Pipelines: create, find, execute."""
        return AsyncPipelines(self._handle)

    @property
    def executions(self) -> AsyncExecutions:
        """Executions of any pipeline."""
        return AsyncExecutions(self._handle)

    @property
    def cache(self) -> AsyncCache:
        """The cache of step results."""
        return AsyncCache(self._handle)

    def create_verifier(
        self,
        *,
        trusted_keys: Optional[Sequence[Union[str, TrustedKey]]] = None,
        trust_store: Optional[Union[str, PathLike[str]]] = None,
        policies: Sequence[str] = (),
        expect: Optional[Union[Expect, Mapping[str, Any]]] = None,
        now: Optional[Union[datetime, str]] = None,
        trust_receipt_timestamp: bool = False,
    ) -> Verifier:
        """A :class:`Verifier` of these options alone: it takes no key, no policy and no default from the client."""
        return Verifier(
            trusted_keys=trusted_keys,
            trust_store=trust_store,
            policies=policies,
            expect=expect,
            now=now,
            trust_receipt_timestamp=trust_receipt_timestamp,
        )

    async def close(self) -> None:
        """Ends every call that is under way, and refuses all later ones. Harmless where it was closed already."""
        self._handle.close()

    async def __aenter__(self) -> AsyncAttestClient:
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self._handle.closed else 'open'}>"
