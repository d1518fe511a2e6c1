"""Every public class shows in its docstring how it is used, and that runs: against a real server, beside a real receipt.

An exception that only says which kind of error it is has its example in :class:`AttestError`.
"""

from __future__ import annotations

import asyncio
import doctest
import pickle
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

import attest_sdk
from attest_sdk import AsyncAttestClient, AttestClient, AttestError, Execution, Pipeline, Receipt, Verifier
from served import CHECKOUT, Server

RECEIPT = CHECKOUT / "attest-core/src/docs/receipt.json"
# What signed it. Its private half stands in RFC 8032: trust it nowhere.
PUBLIC_KEY = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def _is_plain_error(public: type) -> bool:
    return issubclass(public, AttestError) and public is not AttestError and "__init__" not in vars(public)


CLASSES = {
    name: public
    for name, public in vars(attest_sdk).items()
    if name in attest_sdk.__all__ and isinstance(public, type) and not _is_plain_error(public)
}


@pytest.fixture(scope="module")
def server(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own, whose cache no other test fills or finds."""
    with Server(source, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def pipeline(server: Server) -> Iterator[Pipeline]:
    config = {"version": "0.1", "steps": [{"name": "greet", "run": "echo hello"}]}
    with AttestClient(base_url=server.url, api_key=server.key) as client:
        yield client.pipelines.create(name="greeting", config=config)


@pytest.fixture(scope="module")
def execution(pipeline: Pipeline) -> Execution:
    return pipeline.execute(options={"cache": False}).wait_for_completion()


@pytest.fixture
def names(
    *,
    server: Server,
    client: AttestClient,
    pipeline: Pipeline,
    execution: Execution,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Dict[str, Any]:
    """What the examples take as given."""
    monkeypatch.setenv("ATTEST_BASE_URL", server.url)
    monkeypatch.setenv("ATTEST_API_KEY", server.key)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "receipt.json").write_bytes(RECEIPT.read_bytes())

    return {
        **{name: getattr(attest_sdk, name) for name in attest_sdk.__all__},
        "List": List,
        "Path": Path,
        "asyncio": asyncio,
        "client": client,
        "execution": execution,
        "pickle": pickle,
        "pipeline": pipeline,
        "public_key": PUBLIC_KEY,
        "receipt": Receipt.parse(RECEIPT.read_bytes()),
        "time": time,
        "verifier": Verifier(trusted_keys=[PUBLIC_KEY]),
    }


@pytest.mark.parametrize("name", CLASSES)
def test_the_example_of_each_class_runs(name: str, names: Dict[str, Any]) -> None:
    if name.startswith("Async"):
        names["client"] = AsyncAttestClient()
    shown = doctest.DocTestParser().get_doctest(CLASSES[name].__doc__ or "", names, name, None, None)
    assert shown.examples, f"the docstring of {name} has no example: show one task, with >>>"
    told: List[str] = []
    failed = doctest.DocTestRunner().run(shown, out=told.append).failed
    assert not failed, "".join(told)
