"""Hashing what a step reads and writes, as the server does it."""

from __future__ import annotations

from os import PathLike
from typing import Sequence, Union

from attest_sdk import _given, _native
from attest_sdk._decode import decode_text
from attest_sdk.models import ManifestHash

__all__ = ["digest", "hash_inputs", "hash_outputs"]


def hash_inputs(workspace: Union[str, PathLike[str]], run: str, declared: Sequence[str]) -> ManifestHash:
    """The input manifest of a step: its command, and every file of the ``declared`` paths relative to ``workspace``.

    :raises AttestIOError: naming the path and the rule it breaks.
    """
    paths = _given.encoded("declared", _given.texts("declared", declared))
    text = _native.hash_inputs(_given.path("workspace", workspace), _given.text("run", run), paths)
    return decode_text(ManifestHash, text)


def hash_outputs(workspace: Union[str, PathLike[str]], declared: Sequence[str]) -> ManifestHash:
    """The output manifest of a step: every file of the ``declared`` paths relative to ``workspace``.

    :raises AttestIOError: naming the path and the rule it breaks.
    """
    paths = _given.encoded("declared", _given.texts("declared", declared))
    return decode_text(ManifestHash, _native.hash_outputs(_given.path("workspace", workspace), paths))


def digest(data: Union[bytes, bytearray, memoryview]) -> str:
    """``blake3:…`` of bytes."""
    return _native.digest(_given.data("data", data))
