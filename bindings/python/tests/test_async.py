"""The awaited client, against a real server."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import List

import pytest

from attest_sdk import AsyncAttestClient, AsyncExecution
from attest_sdk.exceptions import APIError, ClosedError, ResourceNotFound, WaitTimeoutError
from served import Server, config


def _client(server: Server) -> AsyncAttestClient:
    return AsyncAttestClient(base_url=server.url, api_key=server.key)


async def _execute(client: AsyncAttestClient, run: str) -> AsyncExecution:
    pipeline = await client.pipelines.create(name="awaited", config=config(run))
    return await pipeline.execute(environment="staging", options={"cache": False})


def test_a_run_is_awaited_and_its_receipt_verifies(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await _execute(client, "echo one; sleep 0.1; echo two")
            events = [event.event async for event in execution.events()]
            assert events[-1] == "status_changed"
            assert [line.message async for line in execution.stream_logs()] == ["one", "two"]
            assert await execution.wait_for_completion(timeout=60) is execution
            execution.raise_for_status()
            assert (await client.executions.get(execution.id)).state == execution.state
            receipt = await execution.get_receipt()
            assert await receipt.verify() is True
            assert receipt.report().valid
            assert (await client.cache.get_stats()).total_entries >= 0

    asyncio.run(run())


def test_a_failed_run_is_not_valid(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await (await _execute(client, "exit 4")).wait_for_completion()
            with pytest.raises(APIError, match="exited with 4"):
                execution.raise_for_status()
            receipt = await execution.get_receipt()
            assert await receipt.verify() is False

    asyncio.run(run())


def test_a_forgotten_await_cannot_pass_as_true(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await (await _execute(client, "exit 1")).wait_for_completion()
            receipt = await execution.get_receipt()
            for take in (
                lambda verdict: 1 if verdict else 0,
                lambda verdict: not verdict,
                bool,
                lambda verdict: verdict or 1,
            ):
                with pytest.raises(TypeError, match=r"write `await receipt\.verify\(\)`"):
                    take(receipt.verify())
            forgotten: object = receipt.verify()
            assert forgotten is not True
            assert forgotten not in {True, False}

    asyncio.run(run())


def test_many_calls_run_at_once(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            pipeline = await client.pipelines.create(name="many", config=config("true"))
            found = await asyncio.gather(*(client.pipelines.get(pipeline.id) for _ in range(50)))
            assert {one.id for one in found} == {pipeline.id}
            results = await client.pipelines.bulk_execute(
                [{"pipeline_id": pipeline.id}, {"pipeline_id": "pip_unknown"}]
            )
            assert results[0].execution is not None
            assert (await results[0].execution.wait_for_completion(60)).status == "completed"
            assert isinstance(results[1].error, ResourceNotFound)
            page = await client.pipelines.list(name="many", limit=1)
            assert [one.id for one in page.pipelines] == [pipeline.id]
            assert [one.id async for one in client.pipelines.iter(name="many", limit=1)] == [pipeline.id]

    asyncio.run(run())


def test_a_cancelled_look_at_a_stream_loses_no_line(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await _execute(client, "for i in 1 2 3 4 5; do echo $i; sleep 0.3; done")
            lines: List[str] = []
            after = 0
            while len(lines) < 5:
                # A generator that was cancelled is over; where it was is known by the line's position.
                try:
                    async with asyncio.timeout(0.4):
                        async for line in execution.stream_logs(after=after):
                            lines.append(line.message)
                            after = line.seq
                except TimeoutError:
                    continue
            assert lines == ["1", "2", "3", "4", "5"]

    if not hasattr(asyncio, "timeout"):
        pytest.skip("asyncio.timeout came with Python 3.11")
    asyncio.run(run())


def test_a_wait_of_limited_time_and_an_end_by_request(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await _execute(client, "sleep 60")
            with pytest.raises(WaitTimeoutError):
                await execution.wait_for_completion(timeout=0.2)
            await execution.cancel()
            await execution.wait_for_completion(timeout=30)
            assert (await execution.refresh()).status == "cancelled"

    asyncio.run(run())


def test_a_closed_client_says_so(server: Server) -> None:
    async def run() -> None:
        client = _client(server)
        await client.close()
        await client.close()
        with pytest.raises(ClosedError, match="make a new one"):
            await client.cache.get_stats()

    asyncio.run(run())


def test_a_client_outlives_its_event_loop(server: Server) -> None:
    client = _client(server)
    for _ in range(2):
        asyncio.run(client.cache.get_stats())
    asyncio.run(client.close())


def test_a_call_that_is_never_awaited_is_never_begun(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                client.pipelines.create(name="never", config=config("true"))  # type: ignore[unused-coroutine]
                gc.collect()
            assert any("never awaited" in str(warning.message) for warning in caught)
            assert (await client.pipelines.list(name="never")).total == 0

    asyncio.run(run())
