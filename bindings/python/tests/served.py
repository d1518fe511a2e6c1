"""A real `attest serve` process, and small pipelines for it."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, Optional, Type, TypeVar

from attest_sdk import AttestClient, Execution

CHECKOUT = Path(__file__).resolve().parents[3]
Found = TypeVar("Found")


def until(what: str, look: Callable[[], Optional[Found]], seconds: float = 30) -> Found:
    """Looks until there is something to see."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


class Server:
    """A server on a port of its own, killed when the tests are over."""

    def __init__(self, source: Path, folder: Path) -> None:
        self._data = folder / "data"
        binary = os.environ.get("ATTEST_BIN", str(CHECKOUT / "target/debug/attest"))
        command = [binary, "serve", "--data-dir", str(self._data), "--listen", "127.0.0.1:0", "--source", str(source)]
        self._output = (folder / "output").open("wb")
        self._process = subprocess.Popen(
            [*command, "--isolation", "none"],
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
        )

    def __enter__(self) -> Server:
        self.url = until("the server's address", lambda: self._read("address"))
        self.key = until("the admin key", lambda: self._read("admin-key"))
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()

    def _read(self, name: str) -> Optional[str]:
        if self._process.poll() is not None:
            raise AssertionError(f"the server ended: {Path(self._output.name).read_text()}")
        file = self._data / name
        return (file.read_text().strip() or None) if file.exists() else None


def config(run: str, **step: Any) -> Dict[str, Any]:
    """A pipeline of one step."""
    return {"version": "0.1", "steps": [{"name": "only", "run": run, **step}]}


def execute(client: AttestClient, run: str, **step: Any) -> Execution:
    """Starts a pipeline of one step."""
    return client.pipelines.create(name="test", config=config(run, **step)).execute(options={"cache": False})
