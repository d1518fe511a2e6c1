"""Deriving a receipt's hashes again from files."""

from __future__ import annotations

from os import PathLike
from typing import Optional, Union

from attest_sdk import _given, _native
from attest_sdk._decode import decode_text
from attest_sdk.models import Recomputed
from attest_sdk.receipts import AnyReceipt

__all__ = ["recompute", "recompute_async"]


def recompute(
    receipt: AnyReceipt,
    workspace: Union[str, PathLike[str]],
    pipeline: Optional[Union[str, bytes]] = None,
) -> Recomputed:
    """Derives every hash of a receipt again, from the files in ``workspace``: the source and every output.

    It says whether the files at hand are those that the receipt is about. It judges no signature: a :class:`Verifier`
    does, and takes the result beside the receipt: ``verifier.report(receipt, recomputed=recompute(receipt, workspace))``.
    Other Python threads go on meanwhile, and Ctrl-C ends it.

    :param pipeline: the text of the pipeline that ran; without it ``workspace/attest.yaml`` is read.
    """
    return decode_text(Recomputed, _call(receipt, workspace, pipeline).wait())


async def recompute_async(
    receipt: AnyReceipt,
    workspace: Union[str, PathLike[str]],
    pipeline: Optional[Union[str, bytes]] = None,
) -> Recomputed:
    """As :func:`recompute`, beside the event loop. Cancelling it ends the reading."""
    return decode_text(Recomputed, await _call(receipt, workspace, pipeline).future())


def _call(receipt: object, workspace: object, pipeline: object) -> _native.Call[str]:
    if not isinstance(receipt, AnyReceipt):
        raise _given.wrong("receipt", "a Receipt", receipt)
    text = None if pipeline is None else _given.content("pipeline", pipeline)
    return receipt._handle.recompute(_given.path("workspace", workspace), text)
