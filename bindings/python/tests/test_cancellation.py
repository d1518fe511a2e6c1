"""Ending a call ends its request: the other side sees its connection close."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Awaitable, Callable, List

import pytest

from attest_sdk import AsyncAttestClient, AttestClient
from attest_sdk.exceptions import APITimeoutError, AttestError, ClosedError
from silent import Silent

BOUND = 2.0
"""Seconds."""

Call = Callable[[AsyncAttestClient], Awaitable[object]]


async def _wait(client: AsyncAttestClient) -> object:
    return await client.executions.get("exec_1")


async def _stats(client: AsyncAttestClient) -> object:
    return await client.cache.get_stats()


async def _walk(client: AsyncAttestClient) -> object:
    return [pipeline async for pipeline in client.pipelines.iter()]


@pytest.mark.parametrize("call", [_wait, _stats, _walk])
def test_cancelling_a_task_closes_the_connection(call: Call) -> None:
    async def run(silent: Silent) -> float:
        async with AsyncAttestClient(base_url=silent.url, api_key="k") as client:
            task = asyncio.ensure_future(call(client))
            assert await asyncio.to_thread(silent.asked.wait, 10)
            start = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(silent.closed.wait, BOUND)
            return time.monotonic() - start

    with Silent() as silent:
        took = asyncio.run(run(silent))
    print(f"the task ended and the connection closed after {took:.3f} s")
    assert took < BOUND


def test_a_time_limit_of_asyncio_closes_the_connection() -> None:
    async def run(silent: Silent) -> None:
        async with AsyncAttestClient(base_url=silent.url, api_key="k") as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.cache.get_stats(), 0.3)
            assert await asyncio.to_thread(silent.closed.wait, BOUND)

    with Silent() as silent:
        asyncio.run(run(silent))


BLOCKED = {
    "a call": "client.cache.get_stats()",
    "a wait": "client.executions.get('exec_1').wait_for_completion()",
    "a stream": "next(client.pipelines.iter())",
}


@pytest.mark.parametrize("call", BLOCKED.values(), ids=BLOCKED)
def test_ctrl_c_ends_a_blocked_call(call: str) -> None:
    program = f"""
import signal
import sys
from attest_sdk import AttestClient
# A process that a shell started in the background ignores Ctrl-C, and its children with it.
signal.signal(signal.SIGINT, signal.default_int_handler)
client = AttestClient(base_url=sys.argv[1], api_key="k")
try:
    {call}
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.stdin.read()
"""
    with Silent() as silent:
        with subprocess.Popen(
            [sys.executable, "-c", program, silent.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert silent.asked.wait(20)
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.stdout is not None
            assert process.stdout.readline() == "interrupted\n"
            # The process lives on: it is the call that closes the connection.
            assert silent.closed.wait(BOUND)
            took = time.monotonic() - start
            process.communicate("")
        print(f"interrupted, and the connection closed, after {took:.3f} s")
        assert took < BOUND
        assert process.returncode == 0


def test_a_wait_on_the_real_server_ends_on_ctrl_c(client: AttestClient) -> None:
    from served import execute

    execution = execute(client, "sleep 60")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.5, signal.raise_signal, [signal.SIGINT]).start()
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            execution.wait_for_completion(timeout=30)
        assert time.monotonic() - start < 0.5 + BOUND
    finally:
        signal.signal(signal.SIGINT, before)
    execution.cancel()


def test_closing_the_client_ends_its_calls() -> None:
    failures: List[AttestError] = []

    def call() -> None:
        try:
            client.cache.get_stats()
        except AttestError as error:
            failures.append(error)

    with Silent() as silent:
        client = AttestClient(base_url=silent.url, api_key="k")
        thread = threading.Thread(target=call)
        thread.start()
        assert silent.asked.wait(10)
        client.close()
        thread.join(BOUND)
        assert not thread.is_alive()
        assert silent.closed.wait(BOUND)
    assert [type(failure) for failure in failures] == [ClosedError]


def test_a_server_that_never_answers_is_a_timeout() -> None:
    with Silent() as silent, AttestClient(base_url=silent.url, api_key="k", attempt_timeout=0.3) as client:
        with pytest.raises(APITimeoutError) as caught:
            client.cache.get_stats()
        assert isinstance(caught.value, TimeoutError)
        assert caught.value.retryable


class _Stop(Exception):
    """What the handler of a signal raises."""


def test_the_handler_of_a_signal_may_end_a_call() -> None:
    def stop(number: int, frame: object) -> None:
        raise _Stop

    before = signal.signal(signal.SIGUSR1, stop)
    try:
        with Silent() as silent, AttestClient(base_url=silent.url, api_key="k") as client:
            threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGUSR1]).start()
            start = time.monotonic()
            with pytest.raises(_Stop):
                client.cache.get_stats()
            assert time.monotonic() - start < 0.3 + BOUND
            assert silent.closed.wait(BOUND)
    finally:
        signal.signal(signal.SIGUSR1, before)


ENDINGS = {
    "a thread that is blocked": """
threading.Thread(target=AttestClient(**there).cache.get_stats, daemon=True).start()
time.sleep(0.2)
""",
    "a task that the loop cancels": """
async def main():
    task = asyncio.ensure_future(AsyncAttestClient(**there).cache.get_stats())
    await asyncio.sleep(0.2)
asyncio.run(main())
""",
    "a loop that is never closed": """
loop = asyncio.new_event_loop()
task = loop.create_task(AsyncAttestClient(**there).cache.get_stats())
loop.run_until_complete(asyncio.sleep(0.2))
task.cancel()
loop.run_until_complete(asyncio.sleep(0))
""",
    "a loop that was closed before": """
client = AsyncAttestClient(**there)
loop = asyncio.new_event_loop()
task = loop.create_task(client.cache.get_stats())
task._log_destroy_pending = False
loop.run_until_complete(asyncio.sleep(0.2))
loop.close()
asyncio.run(client.close())
time.sleep(0.3)
""",
    "a client that is told to close": """
async def main():
    client = AsyncAttestClient(**there)
    task = asyncio.ensure_future(client.cache.get_stats())
    await asyncio.sleep(0.2)
    task.cancel()
    await client.close()
asyncio.run(main())
""",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_process_ends_quietly_with_requests_under_way(ending: str) -> None:
    program = f"""
import asyncio, sys, threading, time
from attest_sdk import AsyncAttestClient, AttestClient
there = dict(base_url=sys.argv[1], api_key="k")
{ending}
"""
    for _ in range(5):
        with Silent() as silent:
            start = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-c", program, silent.url], capture_output=True, text=True, timeout=20, check=False
            )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert time.monotonic() - start < 10


def test_nothing_is_awaited_while_the_process_ends() -> None:
    program = """
import atexit, asyncio
from attest_sdk import AsyncAttestClient, exceptions

def late():
    try:
        asyncio.run(AsyncAttestClient(base_url="http://127.0.0.1:9", api_key="k").cache.get_stats())
    except exceptions.ClosedError as error:
        print(error)

atexit.register(late)
from attest_sdk import _native
atexit.unregister(_native.end)
atexit.register(_native.end)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "the process is ending" in done.stdout
