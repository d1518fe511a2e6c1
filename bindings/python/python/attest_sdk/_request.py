"""What the calls send, in JSON. What is not passed is not sent: its default is the server's."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from attest_sdk import _given
from attest_sdk.models import Config, ExecuteOptions, ExecuteRequest, Expect, Recomputed, SourceInfo, TrustedKey

AnyConfig = Union[Config, Mapping[str, Any]]
AnyKey = Union[str, TrustedKey]

_OPTIONS = {"sign": _given.boolean, "verify": _given.boolean, "cache": _given.boolean}
_SOURCE_INFO = {
    "repository": _given.text,
    "commit": _given.text,
    "branch": _given.text,
    "tracked_dirty": _given.boolean,
}
_EXECUTION = {
    "environment": _given.text,
    "variables": _given.texts_by_name,
    "options": lambda what, given: _given.members(what, given, _OPTIONS),
    "source": _given.text,
    "source_info": lambda what, given: _given.members(what, given, _SOURCE_INFO),
    "version": _given.integer,
}
_BULK = {"pipeline_id": _given.identifier, **_EXECUTION}
_TRUSTED_KEY = {"public_key": _given.text, "signer": _given.text}
_EXPECT = {
    "invocation_id": _given.text,
    "pipeline_hash": _given.text,
    "commit": _given.text,
    "artifacts": _given.texts_by_name,
}


def pipeline(name: str, config: AnyConfig, description: Optional[str]) -> bytes:
    """A pipeline to create."""
    parts = {"name": _given.text("name", name)}
    if description is not None:
        parts["description"] = _given.text("description", description)
    steps = _given.mapping("config", 'a dict, {"version": …, "steps": […]}', config)
    return _given.encoded("the pipeline", {**parts, "config": steps})


def query(**parts: Optional[Union[str, int]]) -> bytes:
    """Which pipelines are wanted."""
    check = {"limit": _given.integer, "offset": _given.integer}
    return _given.encoded(
        "the query",
        {name: check.get(name, _given.text)(name, value) for name, value in parts.items() if value is not None},
    )


def execution(
    *,
    environment: Optional[str],
    variables: Optional[Mapping[str, str]],
    options: Optional[Union[ExecuteOptions, Mapping[str, bool]]],
    source: Optional[str],
    source_info: Optional[Union[SourceInfo, Mapping[str, Any]]],
    version: Optional[int],
) -> bytes:
    """An execution to start."""
    parts = _given.present(
        environment=environment,
        variables=variables,
        options=options,
        source=source,
        source_info=source_info,
        version=version,
    )
    return _given.encoded("the execution", {name: _EXECUTION[name](name, value) for name, value in parts.items()})


def executions(requests: Sequence[Union[ExecuteRequest, Mapping[str, Any]]]) -> bytes:
    """Executions to start together."""
    checked: List[Dict[str, Any]] = []
    for position, request in enumerate(_given.items("executions", "a list of dicts", requests)):
        one = _given.members(f"executions[{position}]", request, _BULK)
        if "pipeline_id" not in one:
            raise TypeError(f"executions[{position}]: pass its 'pipeline_id'")
        checked.append(one)
    return _given.encoded("the executions", checked)


def log_filter(step: Optional[str], level: Optional[str], stream: Optional[str], after: int) -> bytes:
    """Which log lines are wanted."""
    words = _given.present(step=step, level=level, stream=stream)
    checked: Dict[str, Any] = {name: _given.text(name, value) for name, value in words.items()}
    return _given.encoded("the log filter", {**checked, "after": _given.integer("after", after)})


def trusted_keys(given: Sequence[AnyKey]) -> List[Union[str, Dict[str, Any]]]:
    """Keys to trust."""
    checked: List[Union[str, Dict[str, Any]]] = []
    for position, key in enumerate(_given.items("trusted_keys", "a list of keys", given)):
        what = f"trusted_keys[{position}]"
        checked.append(_given.text(what, key) if isinstance(key, str) else _given.members(what, key, _TRUSTED_KEY))
    return checked


def verifier(
    *,
    trusted_keys: Optional[Sequence[AnyKey]],
    trust_store: Optional[object],
    policies: Sequence[str],
    expect: Optional[Union[Expect, Mapping[str, Any]]],
    now: Optional[object],
    trust_receipt_timestamp: bool,
) -> bytes:
    """A verifier's options."""
    parts: Dict[str, Any] = {
        "policies": _given.texts("policies", policies),
        "trust_receipt_timestamp": _given.boolean("trust_receipt_timestamp", trust_receipt_timestamp),
    }
    if trusted_keys is not None:
        parts["trusted_keys"] = _trusted_keys(trusted_keys)
    if trust_store is not None:
        parts["trust_store"] = _given.path("trust_store", trust_store)
    if expect is not None:
        parts["expect"] = _expected(expect)
    if now is not None:
        parts["now"] = _given.moment("now", now)
    return _given.encoded("the verifier's options", parts)


def evidence(recomputed: Optional[object], files: Optional[object]) -> Optional[bytes]:
    """What a receipt is held against beside what it says; nothing where nothing was found out."""
    parts: Dict[str, Any] = {}
    if recomputed is not None:
        if not isinstance(recomputed, Recomputed):
            raise _given.wrong("recomputed", "a Recomputed, as recompute gives it", recomputed)
        detail = recomputed.detail
        parts["recomputed"] = {
            "status": _given.text("recomputed.status", recomputed.status),
            "detail": None if detail is None else _given.text("recomputed.detail", detail),
        }
    if files is not None:
        parts["files"] = _given.texts_by_name("files", files)
    return _given.encoded("the evidence", parts) if parts else None


_trusted_keys = trusted_keys


def _expected(given: Union[Expect, Mapping[str, Any]]) -> Dict[str, Any]:
    """What a receipt must be of. A value that is missing must not turn into no expectation at all."""
    for name, value in _given.mapping("expect", f"a dict with some of {', '.join(_EXPECT)}", given).items():
        if name not in _EXPECT or (value is not None and value != ""):
            continue
        if value is None:
            wanted = "a dict of str to str" if name == "artifacts" else "a str"
            raise TypeError(f"expect[{name!r}]: pass {wanted}, not NoneType; leave it out where any will do")
        raise ValueError(f"expect[{name!r}] is empty: pass what it must be; leave it out where any will do")
    return _given.members("expect", given, _EXPECT)
