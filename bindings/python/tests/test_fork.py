"""After a fork: pure functions and a new client work in the child, an old client says what to do, the parent goes on."""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Callable, Dict

import pytest

from attest_sdk import AsyncAttestClient, AttestClient, SigningKey, Verifier, manifest
from attest_sdk.exceptions import ClosedError
from served import CHECKOUT, Server, config

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

RECEIPT = CHECKOUT / "tests/vectors/receipts/basic/receipt.yaml"


def in_child(work: Callable[[], object]) -> Dict[str, object]:
    """What `work` returns in a forked child. A child that hangs is ended by an alarm."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        import signal

        signal.alarm(10)
        code = 1
        try:
            os.write(writer, json.dumps({"result": work()}).encode())
            code = 0
        except BaseException:
            os.write(writer, json.dumps({"trace": traceback.format_exc()}).encode())
        finally:
            sys.stdout.flush()
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    assert text, f"the child gave no answer: status {status}"
    found: Dict[str, object] = json.loads(text)
    assert "trace" not in found, found["trace"]
    return found


def test_pure_functions_work_in_the_child(client: AttestClient, tmp_path: Path) -> None:
    client.cache.get_stats()  # The runtime has threads, and the child has not.
    for number in range(100):
        (tmp_path / str(number)).write_text("x" * 10_000)
    verifier = Verifier(trusted_keys=[])

    def work() -> object:
        key = SigningKey.generate()
        assert SigningKey.from_pem(key.to_pem()).public_key == key.public_key
        valid = verifier.verify_receipt(RECEIPT.read_bytes())
        return [manifest.digest(b"x" * 1_000_000), manifest.hash_outputs(tmp_path, ["."]).digest, valid]

    assert in_child(work)["result"] == work()


def test_a_new_client_works_in_the_child(client: AttestClient, server: Server) -> None:
    client.cache.get_stats()

    def work() -> object:
        with AttestClient(base_url=server.url, api_key=server.key) as new:
            pipeline = new.pipelines.create(name="of a child", config=config("true"))
            return pipeline.execute().wait_for_completion(timeout=15).status

    assert in_child(work)["result"] == "completed"


def test_a_new_awaited_client_works_in_the_child(client: AttestClient, server: Server) -> None:
    import asyncio

    async def call() -> None:
        async with AsyncAttestClient(base_url=server.url, api_key=server.key) as new:
            await new.cache.get_stats()

    asyncio.run(call())
    in_child(lambda: asyncio.run(call()))


def test_an_old_client_says_at_once_what_to_do(client: AttestClient) -> None:
    execution = client.pipelines.create(name="old", config=config("echo 1")).execute().wait_for_completion()
    lines = execution.stream_logs()

    def work() -> object:
        told = 0
        for call in (client.cache.get_stats, execution.refresh, lambda: next(lines)):
            try:
                call()
            except ClosedError as error:
                told += "make a new one in this process" in str(error)
        client.close()
        return told

    assert in_child(work)["result"] == 3
    assert [line.message for line in lines] == ["1"]


def test_a_child_that_lets_go_of_an_old_client_leaves_its_parents_alone(server: Server) -> None:
    held = [AttestClient(base_url=server.url, api_key=server.key) for _ in range(3)]
    for one in held:
        one.cache.get_stats()

    def let_go() -> object:
        held.clear()
        return gc.collect() >= 0

    for _ in range(3):
        del one
        assert in_child(let_go)["result"] is True
        for one in held:
            one.cache.get_stats()
