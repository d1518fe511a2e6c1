"""A listener that accepts, reads and never answers: what a call is ended against."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Optional, Type


class Silent:
    """One connection. ``asked`` is set when a request came, ``closed`` when its sender went away."""

    def __init__(self) -> None:
        self.asked, self.closed = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        with connection:
            while True:
                try:
                    read = connection.recv(65536)
                except OSError:
                    read = b""
                if not read:
                    self.closed.set()
                    return
                self.asked.set()

    def __enter__(self) -> Silent:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._listener.close()
