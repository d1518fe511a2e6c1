"""The awaited client, against a real server."""

from __future__ import annotations

import asyncio
import gc
import random
import warnings
from typing import Any, AsyncIterator, List, Tuple, TypeVar

import pytest

from attest_sdk import AsyncAttestClient, AsyncExecution
from attest_sdk.exceptions import APIError, ClosedError, ResourceNotFound, WaitTimeoutError
from served import Server, config

T = TypeVar("T")


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


LINES = 150


@pytest.mark.parametrize("seed", range(3))
def test_asks_of_a_stream_that_are_cancelled_lose_no_line(server: Server, seed: int) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await _execute(client, f"for i in $(seq {LINES}); do echo $i; sleep 0.005; done")
            lines, cancelled = await _asked_and_cancelled(execution.stream_logs(), random.Random(seed))
            print(f"{cancelled} asks were cancelled")
            # How many, the machine's speed says: the more, the slower it is.
            assert cancelled > 0
            assert [line.message for line in lines] == [str(number + 1) for number in range(LINES)]

    asyncio.run(run())


def test_asks_for_a_change_that_are_cancelled_lose_none(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await _execute(client, "sleep 0.5")
            events, cancelled = await _asked_and_cancelled(execution.events(), random.Random(0))
            assert cancelled > 0
            assert [event.event for event in events if event.event != "status_changed"] == [
                "step_started",
                "step_completed",
            ]
            assert [event.status for event in events if event.event == "status_changed"][-1] == "completed"

    asyncio.run(run())


async def _next(stream: AsyncIterator[T]) -> T:
    return await stream.__anext__()


async def _asked_and_cancelled(stream: AsyncIterator[T], chance: random.Random) -> Tuple[List[T], int]:
    """All that comes, asked for by tasks that are cancelled at any moment: before, while and after a piece arrives."""
    pieces: List[T] = []
    cancelled = 0
    while True:
        ask = asyncio.ensure_future(_next(stream))
        end = asyncio.get_running_loop().time() + chance.uniform(0, 0.05)
        while not ask.done() and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
            # Turn by turn, so that a result is there which its task has not seen.
            await asyncio.sleep(0)
        ask.cancel()
        try:
            pieces.append(await ask)
        except asyncio.CancelledError:
            cancelled += 1
        except StopAsyncIteration:
            return pieces, cancelled


def test_a_stream_is_asked_by_many(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await _execute(client, "for i in $(seq 20); do echo $i; done")
            stream = execution.stream_logs()
            asks = [asyncio.ensure_future(_next(stream)) for _ in range(25)]
            answers = await asyncio.gather(*asks, return_exceptions=True)
            lines = [int(line.message) for line in answers if not isinstance(line, BaseException)]
            assert sorted(lines) == list(range(1, 21))
            assert [type(end) for end in answers if isinstance(end, BaseException)] == [StopAsyncIteration] * 5

    asyncio.run(run())


def test_a_stream_that_failed_never_looks_ended(server: Server) -> None:
    async def run() -> None:
        client = _client(server)
        execution = await _execute(client, "sleep 60")
        stream = execution.stream_logs()
        await client.close()
        for _ in range(3):
            with pytest.raises(ClosedError):
                await stream.__anext__()
        async with _client(server) as other:
            await (await other.executions.get(execution.id)).cancel()

    asyncio.run(run())


def test_a_stream_can_be_closed(server: Server) -> None:
    async def run() -> None:
        async with _client(server) as client:
            execution = await _execute(client, "echo 1; echo 2")
            stream: Any = execution.stream_logs()
            assert (await stream.__anext__()).message == "1"
            await stream.aclose()
            await stream.aclose()
            assert [line async for line in stream] == []

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
