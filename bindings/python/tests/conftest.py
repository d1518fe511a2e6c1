"""A real server for the tests, and clients of it."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from attest_sdk import AttestClient
from served import Server


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the server's steps run on."""
    folder = tmp_path_factory.mktemp("source")
    (folder / "in.txt").write_text("one\ntwo\n")
    return folder


@pytest.fixture(scope="session")
def server(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(source, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[AttestClient]:
    with AttestClient(base_url=server.url, api_key=server.key) as one:
        yield one


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No option comes from the machine that runs the tests."""
    for name in ("ATTEST_BASE_URL", "ATTEST_API_KEY", "ATTEST_TOKEN"):
        monkeypatch.delenv(name, raising=False)
