"""The border itself: a panic is an exception, and nothing is left over."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from attest_sdk import AsyncAttestClient, AttestClient, Receipt, SigningKey, Verifier, _native
from attest_sdk.exceptions import APITimeoutError, InternalFault, ResourceNotFound
from served import CHECKOUT, Server, config
from silent import Silent

hooks: Any = _native
RECEIPT = CHECKOUT / "tests/vectors/receipts/basic/receipt.yaml"


def test_a_panic_is_an_exception() -> None:
    with pytest.raises(InternalFault, match="a fault of this library, please report it: a panic that a test asked for"):
        hooks.panic_at_once()
    with pytest.raises(InternalFault, match="a panic that a test asked for"):
        hooks.panic_later().wait()


def test_a_panic_beneath_an_await_is_an_exception(server: Server) -> None:
    async def run() -> None:
        with pytest.raises(InternalFault, match="a panic that a test asked for"):
            await hooks.panic_later().future()
        async with AsyncAttestClient(base_url=server.url, api_key=server.key) as client:
            await client.cache.get_stats()

    asyncio.run(run())


def test_a_call_begins_once() -> None:
    call = hooks.panic_later()
    with pytest.raises(InternalFault):
        call.wait()
    with pytest.raises(InternalFault, match="begun twice"):
        call.wait()


def test_no_handle_is_left_over(server: Server) -> None:
    gc.collect()
    before = hooks.live_handles()
    _use_everything(server)
    asyncio.run(_await_everything(server))
    with Silent() as silent, pytest.raises(APITimeoutError):
        AttestClient(base_url=silent.url, api_key="k", attempt_timeout=0.2).cache.get_stats()
    gc.collect()
    assert hooks.live_handles() == before


def _use_everything(server: Server) -> None:
    with AttestClient(base_url=server.url, api_key=server.key) as client:
        execution = client.pipelines.create(name="handles", config=config("echo 1; echo 2")).execute()
        list(execution.events())
        next(execution.stream_logs())
        execution.wait_for_completion()
        receipt = execution.get_receipt()
        receipt.verify()
        receipt.sign(SigningKey.generate()).to_json()
        client.create_verifier(trusted_keys=[]).report(receipt)
        with pytest.raises(ResourceNotFound):
            client.pipelines.get("pip_none")


async def _await_everything(server: Server) -> None:
    async with AsyncAttestClient(base_url=server.url, api_key=server.key) as client:
        pipeline = await client.pipelines.create(name="handles", config=config("sleep 0.2; echo 1"))
        execution = await pipeline.execute()
        task = asyncio.ensure_future(execution.wait_for_completion())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await execution.wait_for_completion()
        await (await execution.get_receipt()).verify()


def test_memory_does_not_grow() -> None:
    verifier, text = Verifier(trusted_keys=[]), RECEIPT.read_bytes()

    def work(times: int) -> None:
        for _ in range(times):
            verifier.report(Receipt.parse(text)).to_json()
            with pytest.raises(ValueError, match="not readable"):
                Receipt.parse(b"\0")

    work(200)
    before = _resident()
    work(2_000)
    grown = _resident() - before
    print(f"grown by {grown / 1024:.0f} KiB")
    assert grown < 4 * 1024 * 1024


def _resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def test_large_work_lets_other_threads_run() -> None:
    from attest_sdk import manifest

    data, stop, ticks = b"x" * 200_000_000, threading.Event(), 0

    def tick() -> None:
        nonlocal ticks
        while not stop.wait(0.001):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    before = ticks
    manifest.digest(data)
    seen = ticks - before
    stop.set()
    thread.join()
    assert seen > 5


def test_one_client_serves_many_threads(client: AttestClient) -> None:
    found = []

    def work() -> None:
        pipeline = client.pipelines.create(name="threads", config=config("true"))
        found.append(client.pipelines.get(pipeline.id).id == pipeline.id)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 16
