"""Judging receipts. Nothing here touches the network."""

from __future__ import annotations

from datetime import datetime
from os import PathLike
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from attest_sdk import _given, _native, _request
from attest_sdk.models import Expect, Recomputed, TrustedKey
from attest_sdk.receipts import AnyReceipt
from attest_sdk.report import ArtifactReport, BatchResult, Report

__all__ = ["Verifier"]


class Verifier:
    """Judges receipts by keys and policies of this side. Built once, used many times, from many threads.

    There is no default policy: say ``policies=["require-success"]`` where a failed run must not pass.

    :param trusted_keys: public keys (``ed25519:<hex>``, bare hex or PEM), or ``{"public_key": …, "signer": …}``. An empty
        list trusts nothing.
    :param trust_store: a trust store's folder, in the place of keys.
    :param policies: policies that have to be met, such as ``max-age-24h``.
    :param expect: what the receipt must be of. What is left out is not looked at; a member that is ``None`` or empty is an
        error, so that a variable that is not set cannot turn an expectation off.
    :param now: the moment to judge by; this machine's clock at each verification where absent.
    :param trust_receipt_timestamp: believe the time that a receipt itself gives.
    :raises ConfigError: for a key or a policy that cannot be used, by name.

    >>> verifier = Verifier(trusted_keys=[public_key], policies=["require-success"])
    >>> verifier.verify_receipt(Path("receipt.json").read_bytes())
    True
    """

    def __init__(
        self,
        *,
        trusted_keys: Optional[Sequence[Union[str, TrustedKey]]] = None,
        trust_store: Optional[Union[str, PathLike[str]]] = None,
        policies: Sequence[str] = (),
        expect: Optional[Union[Expect, Mapping[str, Any]]] = None,
        now: Optional[Union[datetime, str]] = None,
        trust_receipt_timestamp: bool = False,
    ) -> None:
        self._options = _request.verifier(
            trusted_keys=trusted_keys,
            trust_store=trust_store,
            policies=policies,
            expect=expect,
            now=now,
            trust_receipt_timestamp=trust_receipt_timestamp,
        )
        self._handle = _native.Verifier(self._options)

    @classmethod
    def _of(cls, options: bytes) -> Verifier:
        verifier = cls.__new__(cls)
        verifier._options = options
        verifier._handle = _native.Verifier(options)
        return verifier

    def verify_receipt(
        self,
        receipt: Union[AnyReceipt, str, bytes],
        *,
        recomputed: Optional[Recomputed] = None,
        files: Optional[Mapping[str, str]] = None,
    ) -> bool:
        """Whether it is authentic and passes everything asked. A bad receipt is ``False``.

        :param recomputed: what :func:`recompute` gave for this very receipt: a match meets ``require-recompute``, and anything
            else is never valid. It is believed, so recompute where you verify.
        :param files: files at hand, each of which the receipt has to attest: what to call it in the report, and the digest of
            its content (:func:`manifest.digest`). :meth:`verify_artifact` hashes a file by itself.
        :raises ReceiptFormatError: for bytes of which nothing can be said, with the position.
        :raises ConfigError: for a status or a digest that is none.
        """
        evidence = _request.evidence(recomputed, files)
        if isinstance(receipt, AnyReceipt):
            return self._handle.verify(receipt._handle, evidence)
        return self._handle.verify_bytes(_text(receipt), evidence)

    def report(
        self,
        receipt: Union[AnyReceipt, str, bytes],
        *,
        recomputed: Optional[Recomputed] = None,
        files: Optional[Mapping[str, str]] = None,
    ) -> Report:
        """The verdict in full: which checks passed, and which policy is not met.

        ``recomputed`` and ``files`` are those of :meth:`verify_receipt`, the checks ``recompute`` and ``artifacts``.

        :raises ReceiptFormatError: for bytes of which nothing can be said, with the position.
        :raises ConfigError: for a status or a digest that is none.
        """
        evidence = _request.evidence(recomputed, files)
        if isinstance(receipt, AnyReceipt):
            return Report._of(self._handle.report(receipt._handle, evidence))
        return Report._of(self._handle.report_bytes(_text(receipt), evidence))

    def verify_batch(self, receipts: Iterable[Union[AnyReceipt, str, bytes]]) -> List[BatchResult]:
        """The verdicts on many receipts, in their order, on all cores; other Python threads go on, and Ctrl-C ends it.

        Each is the verdict that :meth:`report` gives alone. Bytes of which nothing can be said are an ``error`` in their
        place, and keep no other receipt from its verdict.
        """
        return [BatchResult._of(told) for told in self._batch(receipts).wait()]

    async def verify_batch_async(self, receipts: Iterable[Union[AnyReceipt, str, bytes]]) -> List[BatchResult]:
        """As :meth:`verify_batch`, beside the event loop. Cancelling it ends the work between two receipts."""
        return [BatchResult._of(told) for told in await self._batch(receipts).future()]

    def verify_artifact(
        self, receipt: Union[AnyReceipt, str, bytes], artifact: Union[str, PathLike[str], bytes]
    ) -> ArtifactReport:
        """Judges a receipt, and whether it attests a file.

        A file is attested by its content, whatever it is called now.

        :param artifact: a path, whose links are followed, or the content itself as ``bytes``.
        :raises ReceiptFormatError: for a receipt of which nothing can be said.
        :raises AttestIOError: for a directory, a FIFO, what cannot be read, or a file that changes meanwhile.
        """
        return ArtifactReport._of(self._artifact(receipt, artifact).wait())

    async def verify_artifact_async(
        self, receipt: Union[AnyReceipt, str, bytes], artifact: Union[str, PathLike[str], bytes]
    ) -> ArtifactReport:
        """As :meth:`verify_artifact`, beside the event loop. Cancelling it ends the reading."""
        return ArtifactReport._of(await self._artifact(receipt, artifact).future())

    def _batch(self, receipts: Iterable[Union[AnyReceipt, str, bytes]]) -> _native.Call[List[Tuple[bool, str]]]:
        given = _given.items("receipts", "a list of receipts, or of their texts", receipts)
        return self._handle.verify_batch([_bytes(f"receipts[{index}]", one) for index, one in enumerate(given)])

    def _artifact(
        self, receipt: Union[AnyReceipt, str, bytes], artifact: Union[str, PathLike[str], bytes]
    ) -> _native.Call[Tuple[str, str]]:
        text = _bytes("receipt", receipt)
        if isinstance(artifact, (bytes, bytearray, memoryview)):
            return self._handle.verify_artifact(text, _given.data("artifact", artifact))
        return self._handle.verify_artifact_file(text, _given.path("artifact", artifact))

    def __reduce__(self) -> Tuple[Any, Tuple[bytes]]:
        return Verifier._of, (self._options,)

    def __repr__(self) -> str:
        return f"Verifier({self._options.decode()})"


def _text(receipt: object, what: str = "receipt") -> bytes:
    if not isinstance(receipt, (str, bytes, bytearray, memoryview)):
        raise _given.wrong(what, "a Receipt, or its text as str or bytes (a verdict is about bytes)", receipt)
    return _given.content(what, receipt)


def _bytes(what: str, receipt: object) -> bytes:
    return receipt._handle.raw() if isinstance(receipt, AnyReceipt) else _text(receipt, what)
