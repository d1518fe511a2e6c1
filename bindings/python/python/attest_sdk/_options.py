"""A client's options, in JSON for the native module. What is not passed has its default there."""

from __future__ import annotations

import os
from typing import Any, Dict, Mapping, Optional, Sequence, Union

from attest_sdk import _given, _request
from attest_sdk._request import AnyKey

_VARIABLES = ("ATTEST_BASE_URL", "ATTEST_API_KEY", "ATTEST_TOKEN")


def client(
    *,
    base_url: Optional[str],
    api_key: Optional[str],
    token: Optional[str],
    anonymous: bool,
    allow_insecure_http: bool,
    connect_timeout: Optional[float],
    attempt_timeout: Optional[float],
    idle_timeout: Optional[float],
    headers: Optional[Mapping[str, str]],
    user_agent_suffix: Optional[str],
    ca_bundle: Optional[Union[str, bytes]],
    proxy: Optional[str],
    trusted_keys: Optional[Sequence[AnyKey]],
    policies: Sequence[str],
) -> bytes:
    """The options of :class:`AttestClient`, checked."""
    texts = _given.present(
        base_url=base_url, api_key=api_key, token=token, user_agent_suffix=user_agent_suffix, proxy=proxy
    )
    timeouts = _given.present(
        connect_timeout=connect_timeout, attempt_timeout=attempt_timeout, idle_timeout=idle_timeout
    )
    options: Dict[str, Any] = {name: _given.text(name, value) for name, value in texts.items()}
    for name, value in timeouts.items():
        options[f"{name}_ms"] = _given.seconds(name, value) * 1000
    options["anonymous"] = _given.boolean("anonymous", anonymous)
    options["allow_insecure_http"] = _given.boolean("allow_insecure_http", allow_insecure_http)
    options["policies"] = _given.texts("policies", policies)
    if headers is not None:
        options["headers"] = _given.texts_by_name("headers", headers)
    if ca_bundle is not None:
        options["ca_bundle"] = _given.content("ca_bundle", ca_bundle).decode()
    if trusted_keys is not None:
        options["trusted_keys"] = _request.trusted_keys(trusted_keys)
    # Read here: the native module's own reading is not kept apart from an assignment to os.environ by another thread.
    options["environment"] = {
        name: _given.text(f"the environment's {name}", os.environ[name]) for name in _VARIABLES if name in os.environ
    }
    return _given.encoded("the client's options", options)
