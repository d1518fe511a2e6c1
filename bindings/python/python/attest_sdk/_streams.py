"""What comes piece by piece: it can be asked again after a failure or a cancellation, and an end is never one in disguise."""

from __future__ import annotations

from typing import Generic, Optional, Type, TypeVar, Union

from attest_sdk import _native
from attest_sdk._decode import decode_text
from attest_sdk._view import Unpicklable

Piece = TypeVar("Piece")


class _Pieces(Unpicklable, Generic[Piece]):
    """A stream of the native module, and what its pieces are."""

    def __init__(self, stream: Union[_native.LogStream, _native.EventStream], piece: Type[Piece]) -> None:
        self._stream: Optional[Union[_native.LogStream, _native.EventStream]] = stream
        self._piece = piece


class Stream(_Pieces[Piece]):
    """Pieces that are waited for."""

    def __iter__(self) -> Stream[Piece]:
        return self

    def __next__(self) -> Piece:
        while (stream := self._stream) is not None:
            if (piece := stream.take()) is not None:
                return decode_text(self._piece, piece)
            if not stream.more().wait():
                break
        raise StopIteration

    def close(self) -> None:
        """Ends it here: nothing comes any more."""
        self._stream = None


class AsyncStream(_Pieces[Piece]):
    """Pieces that are awaited."""

    def __aiter__(self) -> AsyncStream[Piece]:
        return self

    async def __anext__(self) -> Piece:
        while (stream := self._stream) is not None:
            # Taken without an await in between: a cancellation either comes before, or finds it returned.
            if (piece := stream.take()) is not None:
                return decode_text(self._piece, piece)
            if not await stream.more().future():
                break
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends it here: nothing comes any more."""
        self._stream = None
