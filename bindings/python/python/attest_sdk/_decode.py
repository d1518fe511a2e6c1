"""From JSON that was read to the frozen values of :mod:`attest_sdk.models`, by their annotations."""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, Callable, Dict, Mapping, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
Convert = Callable[[Any], Any]

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))")


def decode_text(model: Callable[..., Value], text: str) -> Value:
    """The value of a JSON text."""
    return decode(model, json.loads(text))


def decode(model: Callable[..., Value], given: Mapping[str, Any]) -> Value:
    """The value of a JSON object. What the model does not know is ignored."""
    return model(**{name: convert(given[name]) for name, convert in _members(model).items() if name in given})


def moment(text: str) -> datetime:
    """An RFC 3339 moment in UTC, to the microsecond: Python holds no finer ones."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no RFC 3339 time, such as 2024-12-01T16:00:00Z")
    day, clock, fraction, sign, hours, minutes = found.groups()
    local = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '').ljust(6, '0')}").replace(tzinfo=timezone.utc)
    if sign is None:
        return local
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return local - offset if sign == "+" else local + offset


@cache
def _members(model: Any) -> Dict[str, Convert]:
    hints = get_type_hints(model)
    return {member.name: _converter(hints[member.name]) for member in fields(model)}


def _converter(hint: Any) -> Convert:
    if hint is datetime:
        return moment
    if isinstance(hint, type) and is_dataclass(hint):
        return _object(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Union and type(None) in parts:
        return _optional(_converter(next(part for part in parts if part is not type(None))))
    if origin is list:
        return _each(_converter(parts[0]))
    if origin is dict:
        return _each_value(_converter(parts[1]))
    return _as_it_is


def _object(model: Callable[..., Any]) -> Convert:
    return lambda given: decode(model, given)


def _optional(convert: Convert) -> Convert:
    return lambda given: None if given is None else convert(given)


def _each(convert: Convert) -> Convert:
    return lambda given: [convert(one) for one in given]


def _each_value(convert: Convert) -> Convert:
    return lambda given: {name: convert(one) for name, one in given.items()}


def _as_it_is(given: Any) -> Any:
    return given
