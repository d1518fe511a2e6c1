"""Reads a document, JSON or YAML, into dicts, lists and scalars, as docs/receipt-format.md says. What it means is not known here."""

import json
import math
import re

import yaml


class Unreadable(Exception):
    """No document at all: an error, not a verdict."""


class Wrong(Exception):
    """A document that has not the structure of a receipt."""


MOST_BYTES, MOST_DEPTH, MOST_VALUES = 16 << 20, 64, 1_000_000
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)")
FRACTION = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
SURROGATE = re.compile("[\ud800-\udfff]")
WORDS = {"": None, "~": None, **dict.fromkeys(("null", "Null", "NULL")), **dict.fromkeys(("true", "True", "TRUE"), True),
         **dict.fromkeys(("false", "False", "FALSE"), False)}


def plain(text):
    """What a plain scalar stands for."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text) and len(text) < 200 and -(2**127) <= int(text, 0) < 2**128:
        return int(text, 0)
    if FRACTION.fullmatch(text) and not re.fullmatch(r"[-+]?0[0-9]+", text) and math.isfinite(float(text)):
        return float(text)
    return float(text.replace(".", "")) if NOT_FINITE.fullmatch(text) else text


def unique(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("the same key twice in one map")
    return found


def read(data, scalar=plain, json_too=True):
    """The document in `data`; plain scalars of YAML as `scalar` makes them."""
    if len(data) > MOST_BYTES:
        raise Unreadable("more than 16 MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(str(error)) from error
    document = None
    try:
        if not json_too:
            raise ValueError
        document = json.loads(text, object_pairs_hook=unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        document = read_yaml(text, scalar)
    measure(document)
    return document


def _no_constant(word):
    raise ValueError(word)


def measure(document):
    """Refuses what is too deep or too much, and what is not Unicode (half a surrogate pair in JSON)."""
    count, todo = 0, [(document, 0)]
    while todo:
        value, depth = todo.pop()
        count += 1
        if isinstance(value, (dict, list)):
            depth += 1
            if depth > MOST_DEPTH:
                raise Unreadable("nested deeper than 64")
            for child in value.values() if isinstance(value, dict) else value:
                todo.append((child, depth))
        for word in value if isinstance(value, dict) else (value,):
            if isinstance(word, str) and SURROGATE.search(word):
                raise Unreadable("half a surrogate pair")
    if count > MOST_VALUES:
        raise Unreadable("more than 1,000,000 values")


def read_yaml(text, scalar):
    events, depth = [], 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_DEPTH:
                raise Unreadable("nested deeper than 64")
            events.append(event)
    except yaml.YAMLError as error:
        raise Unreadable(str(error)) from error
    if sum(isinstance(event, yaml.DocumentStartEvent) for event in events) > 1:
        raise Unreadable("a second document")
    for event in events:
        if isinstance(event, yaml.ScalarEvent) and event.style in (None, '"') and re.search("[\u2028\u2029]", text[event.start_mark.index:event.end_mark.index]):
            raise Unreadable("a raw U+2028 or U+2029, which only YAML 1.1 takes for a line break")
    events = iter([e for e in events if isinstance(e, (yaml.NodeEvent, yaml.CollectionEndEvent))])
    event = next(events, None)
    return None if event is None else build(event, events, scalar)


def build(event, events, scalar):
    if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
        raise Unreadable("an anchor, alias or tag")
    if isinstance(event, yaml.ScalarEvent):
        return event.value if event.style else scalar(event.value)
    children = []
    for child in events:
        if isinstance(child, yaml.CollectionEndEvent):
            break
        if isinstance(event, yaml.MappingStartEvent) and len(children) % 2 == 0:
            if not isinstance(child, yaml.ScalarEvent):
                raise Unreadable("a key that is no scalar")
            if not child.style and child.value == "<<":
                raise Unreadable("a merge key")
            children.append(build(child, events, str))
        else:
            children.append(build(child, events, scalar))
    return children if isinstance(event, yaml.SequenceStartEvent) else unique(list(zip(children[::2], children[1::2])))
