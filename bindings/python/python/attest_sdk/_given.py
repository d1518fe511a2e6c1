"""What a caller passes, checked where it is passed: a wrong type is a ``TypeError`` that says what to pass."""

from __future__ import annotations

import json
import math
import os
from datetime import datetime, timezone
from typing import Any, Dict, Iterable, List, Mapping, Optional, Union

Bytes = Union[bytes, bytearray, memoryview]


def wrong(what: str, wanted: str, given: object) -> TypeError:
    """The error of a value of another type. It does not show the value: that may be a secret."""
    return TypeError(f"{what}: pass {wanted}, not {type(given).__name__}")


def text(what: str, given: object) -> str:
    """A text that is valid Unicode."""
    if not isinstance(given, str):
        raise wrong(what, "a str", given)
    utf8(what, given)
    return given


def utf8(what: str, given: str) -> bytes:
    """The UTF-8 of a text. Half a surrogate pair has none."""
    try:
        return given.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{what}: half a surrogate pair at position {error.start}: pass valid Unicode text") from None


def identifier(what: str, given: object) -> str:
    """An id; an object that has one is the usual mistake."""
    if not isinstance(given, str) and isinstance(getattr(given, "id", None), str):
        raise TypeError(f"{what}: pass its id, a str, not the {type(given).__name__} itself")
    return text(what, given)


def boolean(what: str, given: object) -> bool:
    """A bool, and nothing that is merely true."""
    if not isinstance(given, bool):
        raise wrong(what, "True or False", given)
    return given


def integer(what: str, given: object) -> int:
    """An int that is not negative."""
    if isinstance(given, bool) or not isinstance(given, int):
        raise wrong(what, "an int", given)
    if given < 0:
        raise ValueError(f"{what} is {given}: pass 0 or more")
    return given


def seconds(what: str, given: object) -> float:
    """A number of seconds."""
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise wrong(what, "a number of seconds", given)
    if not math.isfinite(given) or given < 0:
        raise ValueError(f"{what} is {given}: pass a number of seconds, 0 or more")
    return float(given)


def texts(what: str, given: object) -> List[str]:
    """A list of texts. A lone text is the usual mistake, and never meant letter by letter."""
    return [text(f"{what}[{position}]", one) for position, one in enumerate(items(what, "a list of str", given))]


def items(what: str, wanted: str, given: object) -> Iterable[object]:
    """A list of anything but letters, bytes and keys."""
    if isinstance(given, (str, bytes, bytearray, Mapping)) or not isinstance(given, Iterable):
        raise wrong(what, wanted, given)
    return given


def mapping(what: str, wanted: str, given: object) -> Mapping[Any, Any]:
    """A mapping."""
    if not isinstance(given, Mapping):
        raise wrong(what, wanted, given)
    return given


def texts_by_name(what: str, given: object) -> Dict[str, str]:
    """A mapping of texts to texts."""
    pairs = mapping(what, "a dict of str to str", given)
    return {text(f"a key of {what}", name): text(f"{what}[{name!r}]", value) for name, value in pairs.items()}


def members(what: str, given: object, known: Mapping[str, Any]) -> Dict[str, Any]:
    """A dict with known keys, each checked by its own function. ``None`` counts as absent."""
    checked = {}
    for name, value in mapping(what, f"a dict with some of {', '.join(known)}", given).items():
        if name not in known:
            raise TypeError(f"{what}: {name!r} is not known; known are {', '.join(known)}")
        if value is not None:
            checked[name] = known[name](f"{what}[{name!r}]", value)
    return checked


def path(what: str, given: object) -> str:
    """A path of the file system."""
    if not isinstance(given, (str, os.PathLike)):
        raise wrong(what, "a str or a path", given)
    found = os.fspath(given)
    if not isinstance(found, str):
        raise wrong(what, "a str or a path of str", found)
    return text(what, found)


def data(what: str, given: object) -> bytes:
    """Bytes."""
    if isinstance(given, bytes):
        return given
    if isinstance(given, (bytearray, memoryview)):
        return bytes(given)
    raise wrong(what, "bytes", given)


def content(what: str, given: object) -> bytes:
    """A text or bytes, as bytes."""
    if isinstance(given, str):
        return utf8(what, given)
    if isinstance(given, (bytes, bytearray, memoryview)):
        return bytes(given)
    raise wrong(what, "a str or bytes", given)


def moment(what: str, given: object) -> str:
    """A moment, as RFC 3339."""
    if isinstance(given, str):
        return text(what, given)
    if not isinstance(given, datetime):
        raise wrong(what, "a datetime, or RFC 3339 as a str", given)
    if given.tzinfo is None:
        raise ValueError(f"{what}: {given.isoformat()} has no time zone: pass one, such as timezone.utc")
    return given.astimezone(timezone.utc).isoformat()


def encoded(what: str, given: Any) -> bytes:
    """The JSON of what was given."""

    def other(value: object) -> object:
        if isinstance(value, Mapping):
            return dict(value)
        raise wrong(f"in {what}", "str, int, float, bool, None, list or dict", value)

    try:
        written = json.dumps(given, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=other)
    except ValueError as error:
        raise ValueError(f"{what}: {error}: pass finite numbers, and nothing that holds itself") from None
    return utf8(what, written)


def present(**parts: Optional[Any]) -> Dict[str, Any]:
    """Those parts that were passed."""
    return {name: value for name, value in parts.items() if value is not None}
