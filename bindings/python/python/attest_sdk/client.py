"""The client that blocks. Its calls let other threads run, and end at once on Ctrl-C."""

from __future__ import annotations

from datetime import datetime
from os import PathLike
from types import TracebackType
from typing import Any, Mapping, Optional, Sequence, Type, Union

from attest_sdk import _native, _options
from attest_sdk._view import Unpicklable
from attest_sdk.cache import Cache
from attest_sdk.executions import Executions
from attest_sdk.models import Expect, TrustedKey
from attest_sdk.pipelines import Pipelines
from attest_sdk.verifier import Verifier

__all__ = ["AttestClient"]


class AttestClient(Unpicklable):
    """A client of one Attest server. It may be used from many threads, and in ``with``, which closes it.

    What is not passed comes from the environment: ``ATTEST_BASE_URL``, and ``ATTEST_API_KEY`` or ``ATTEST_TOKEN``.
    After a ``fork``, make a new one in the child.

    :param base_url: where the server is. ``https``, or ``http`` to this machine.
    :param api_key: an API key; exactly one of it and ``token``.
    :param token: a JWT.
    :param anonymous: no credential at all, not even from the environment.
    :param allow_insecure_http: allow plain ``http`` to another machine.
    :param connect_timeout: seconds until a connection stands; 5 by default.
    :param attempt_timeout: seconds from sending a request to the end of its answer; 30 by default.
    :param idle_timeout: seconds between two pieces of a streamed answer; 90 by default.
    :param headers: further headers with every request.
    :param user_agent_suffix: text after this library's own in ``User-Agent``.
    :param ca_bundle: certificates (PEM) to trust beside the system's.
    :param proxy: a proxy for everything but a server on this machine.
    :param trusted_keys: the keys to verify receipts with, instead of those the server publishes. An empty list trusts nothing.
    :param policies: policies that every receipt has to meet, beside ``require-success``.
    :raises ConfigError: for an option that is missing or out of range, by name.

    >>> with AttestClient() as client:
    ...     step = {"name": "greet", "run": "echo hello"}
    ...     pipeline = client.pipelines.create(name="greeting", config={"version": "0.1", "steps": [step]})
    ...     execution = pipeline.execute().wait_for_completion(timeout=300)
    ...     execution.get_receipt().verify()
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
    def pipelines(self) -> Pipelines:
        """Pipelines: create, find, execute."""
        return Pipelines(self._handle)

    @property
    def executions(self) -> Executions:
        """Executions of any pipeline."""
        return Executions(self._handle)

    @property
    def cache(self) -> Cache:
        """The cache of step results."""
        return Cache(self._handle)

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

    def close(self) -> None:
        """Ends every call that is under way, and refuses all later ones. Harmless where it was closed already."""
        self._handle.close()

    def __enter__(self) -> AttestClient:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self._handle.closed else 'open'}>"
