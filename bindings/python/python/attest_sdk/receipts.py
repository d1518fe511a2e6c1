"""Signed records of what an execution did."""

from __future__ import annotations

import asyncio
from os import PathLike
from typing import Any, Callable, Generator, NoReturn, Optional, Sequence, Tuple, Type, TypeVar, Union

from attest_sdk import _given, _native
from attest_sdk._decode import decode_text
from attest_sdk.keys import SigningKey
from attest_sdk.models import ServerVerification
from attest_sdk.report import Report

__all__ = ["AsyncReceipt", "Receipt"]

Self = TypeVar("Self", bound="AnyReceipt")


class AnyReceipt:
    """What a receipt says, apart from :meth:`verify`."""

    _handle: _native.Receipt

    @classmethod
    def _of(cls: Type[Self], native: _native.Receipt) -> Self:
        receipt = cls.__new__(cls)
        receipt._handle = native
        return receipt

    @classmethod
    def parse(cls: Type[Self], text: Union[str, bytes]) -> Self:
        """Reads a receipt, in JSON or YAML. It has no verifier: judge it with a :class:`Verifier`.

        :raises ReceiptFormatError: with the position.
        """
        return cls._of(_native.Receipt(_given.content("text", text)))

    def report(self) -> Report:
        """The verdict in full: which checks passed, and which policy is not met.

        :raises ConfigError: for a receipt that did not come through a client.
        """
        return Report._of(self._handle.report())

    def to_json(self) -> str:
        """Compact JSON, in the API's rendering."""
        return self._handle.to_json()

    def to_yaml(self) -> str:
        """YAML, in the command-line tool's rendering."""
        return self._handle.to_yaml()

    @property
    def hash(self) -> str:
        """``blake3:…`` of its canonical bytes."""
        return self._handle.hash()

    @property
    def key_id(self) -> Optional[str]:
        """The id of the key that is said to have signed it, 32 hex digits. It proves nothing."""
        return self._handle.key_id()

    @property
    def server_verification(self) -> Optional[ServerVerification]:
        """The server's own opinion, of a receipt that was fetched. :meth:`verify` does not look at it."""
        opinion = self._handle.server_verification()
        return None if opinion is None else decode_text(ServerVerification, opinion)

    def sign(self: Self, key: SigningKey) -> Self:
        """What it says, signed by ``key``: whatever signature it had is gone. The result has no verifier.

        :raises ReceiptFormatError: where every verifier would refuse the result.
        """
        if not isinstance(key, SigningKey):
            raise _given.wrong("key", "a SigningKey", key)
        return self._of(self._handle.sign(key._handle))

    def _exporting(
        self,
        workspace: Union[str, PathLike[str]],
        key: SigningKey,
        subjects: Sequence[str],
        builder_id: Optional[str],
        written: str,
    ) -> Callable[[], str]:
        folder = _given.path("workspace", workspace)
        if not isinstance(key, SigningKey):
            raise _given.wrong("key", "a SigningKey", key)
        given = _given.present(
            subjects=_given.texts("subjects", subjects),
            builder_id=None if builder_id is None else _given.text("builder_id", builder_id),
            format=_given.text("format", written),
        )
        options = _given.encoded("the options", given)
        return lambda: self._handle.to_dsse(folder, key._handle, options)

    def __reduce__(self) -> Tuple[Any, Tuple[bytes]]:
        # What it says travels; the verifier it had does not, and the other side should choose its own.
        return type(self).parse, (self._handle.raw(),)

    def __eq__(self, other: object) -> bool:
        return self._handle.raw() == other._handle.raw() if isinstance(other, AnyReceipt) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._handle.raw())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.hash}, key id {self.key_id}>"


class Receipt(AnyReceipt):
    """A signed record of what an execution did.

    One that :meth:`Execution.get_receipt` fetched has a verifier attached: it trusts the client's ``trusted_keys``, else
    the keys that the server publishes, and expects the receipt to be of that very execution, to meet the client's policies,
    and to be of a run in which every step succeeded. A pickled receipt leaves its verifier behind.

    >>> receipt = Receipt.parse(Path("receipt.json").read_bytes())  # JSON or YAML
    >>> verifier.verify_receipt(receipt)
    True
    """

    def verify(self) -> bool:
        """Whether it is authentic *and* of a successful run, by keys and policies of this side.

        Nothing is asked of the network, and nothing the server said about it counts. :meth:`report` says why.

        :raises ConfigError: for a receipt that did not come through a client.
        """
        return self._handle.verify()

    def to_dsse(
        self,
        workspace: Union[str, PathLike[str]],
        key: SigningKey,
        *,
        subjects: Sequence[str] = (),
        builder_id: Optional[str] = None,
        format: str = "intoto",  # noqa: A002 (its name in every language)
    ) -> str:
        """The receipt as SLSA provenance for other verifiers: one line of JSON, its line break included.

        Reads the subjects' files in ``workspace``, each held against the receipt, while other threads run.

        :param key: the key that signed the receipt; no other will do.
        :param subjects: paths of the workspace to make the statement about; the files of every step whose outputs no other
            step builds on where there are none.
        :param builder_id: a URI; a URN that vouches for nobody where absent.
        :param format: ``intoto`` for a DSSE envelope, ``sigstore`` for that in a sigstore bundle.
        :raises ReceiptFormatError: for a receipt that is not signed, not valid, or of a run that did not succeed.
        :raises ConfigError: for another key, and for a subject or option that cannot be.
        :raises AttestIOError: for a file that is missing or differs.
        """
        return self._exporting(workspace, key, subjects, builder_id, format)()


class AsyncReceipt(AnyReceipt):
    """As :class:`Receipt`, but that :meth:`verify` and :meth:`to_dsse` are awaited.

    >>> async def gate(execution_id: str) -> bool:
    ...     execution = await client.executions.get(execution_id)
    ...     receipt = await execution.get_receipt()
    ...     return await receipt.verify()
    >>> asyncio.run(gate(execution.id))
    True
    """

    def verify(self) -> Verdict:
        """As :meth:`Receipt.verify`, to be awaited. In a condition without ``await`` it raises."""
        return Verdict(self._handle)

    async def to_dsse(
        self,
        workspace: Union[str, PathLike[str]],
        key: SigningKey,
        *,
        subjects: Sequence[str] = (),
        builder_id: Optional[str] = None,
        format: str = "intoto",  # noqa: A002 (its name in every language)
    ) -> str:
        """As :meth:`Receipt.to_dsse`, on a thread of its own: the event loop goes on. Cancelling leaves the thread to its end."""
        return await asyncio.to_thread(self._exporting(workspace, key, subjects, builder_id, format))


class Verdict:
    """An awaitable ``bool`` that cannot be taken for one."""

    def __init__(self, receipt: _native.Receipt) -> None:
        self._receipt = receipt

    def __await__(self) -> Generator[Any, None, bool]:
        yield from ()
        return self._receipt.verify()

    def __bool__(self) -> NoReturn:
        raise TypeError("verify() has to be awaited: write `await receipt.verify()`")
