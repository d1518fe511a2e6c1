"""The exceptions: one class for each kind of the table, picklable, with what the server said."""

from __future__ import annotations

import copy
import http.server
import json
import pickle
import threading
import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Type

import pytest

import attest_sdk
from attest_sdk import AttestClient, exceptions
from attest_sdk._failure import exception_of, exception_of_parts
from attest_sdk.exceptions import AttestError, ConflictError, InternalError, RateLimitExceeded, WaitTimeoutError
from served import CHECKOUT

TABLE = json.loads((CHECKOUT / "tests/conformance/api.json").read_text())["errors"]
FULL = {
    "text": "Slow down (HTTP 429, request req_1)",
    "message": "Slow down",
    "code": "RATE_LIMIT_EXCEEDED",
    "status": 429,
    "details": {"tier": "free"},
    "request_id": "req_1",
    "attempts": 3,
    "retryable": True,
    "retry_after": 1.5,
    "reset_at": 4102444800,
    "last_seen": {"id": "exec_1", "status": "paused", "steps": [{"name": "a", "status": "running"}], "new": 1},
    "a later field": None,
}


@pytest.mark.parametrize("row", TABLE, ids=[row["kind"] for row in TABLE])
def test_each_kind_has_its_class_and_it_travels(row: Dict[str, Any]) -> None:
    error = exception_of(json.dumps({**FULL, "kind": row["kind"]}))
    assert type(error).__name__ == row["python"][1]
    assert isinstance(error, AttestError)
    assert (error.kind, str(error), error.message) == (row["kind"], FULL["text"], FULL["message"])
    assert (error.code, error.status, error.details) == ("RATE_LIMIT_EXCEEDED", 429, {"tier": "free"})
    assert (error.request_id, error.attempts, error.retryable, error.retry_after) == ("req_1", 3, True, 1.5)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert (str(other), other.__dict__) == (str(error), error.__dict__)


def test_a_kind_that_is_not_known_is_still_an_error() -> None:
    error = exception_of_parts({"kind": "of next year", "text": "what happened"})
    assert (type(error).__name__, str(error)) == ("InternalFault", "what happened")


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("ValidationError", ValueError),
        ("ResourceNotFound", LookupError),
        ("APIConnectionError", ConnectionError),
        ("APITimeoutError", TimeoutError),
        ("APITimeoutError", exceptions.APIConnectionError),
        ("WaitTimeoutError", TimeoutError),
        ("ConfigError", ValueError),
        ("ReceiptFormatError", ValueError),
        ("KeyFormatError", ValueError),
        ("AttestIOError", OSError),
    ],
)
def test_what_python_has_a_word_for_is_that_as_well(name: str, builtin: Type[BaseException]) -> None:
    assert issubclass(getattr(exceptions, name), builtin)


def test_the_last_look_at_an_execution_is_a_value() -> None:
    error = exception_of_parts({**FULL, "kind": "wait_timeout"})
    assert isinstance(error, WaitTimeoutError)
    assert error.last_seen is not None
    assert (error.last_seen.status, error.last_seen.steps[0].name) == ("paused", "a")


def test_everything_is_exported_and_nothing_else() -> None:
    for name in exceptions.__all__:
        assert getattr(attest_sdk, name) is getattr(exceptions, name)


@contextmanager
def _answering(status: int, body: bytes, headers: Dict[str, str]) -> Iterator[AttestClient]:
    """A client of a server that answers everything with this."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with AttestClient(base_url=f"http://127.0.0.1:{server.server_address[1]}", api_key="k") as client:
            yield client
        server.shutdown()


@pytest.mark.parametrize("reset", ["4", str(int(time.time()) - 100), str(int(time.time()) + 4), "nonsense"])
def test_the_time_until_a_limit_resets_is_safe_to_sleep(reset: str) -> None:
    body = json.dumps({"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Slow down", "request_id": "r"}}).encode()
    headers = {"content-type": "application/json", "x-ratelimit-reset": reset}
    with _answering(429, body, headers) as client, pytest.raises(RateLimitExceeded) as caught:
        client.pipelines.execute("pip_1")
    error = caught.value
    assert type(error.reset_at) is int
    assert 0 < int(error.reset_at) - int(time.time()) <= 5
    error._reset_at = 0
    assert int(error.reset_at) - int(time.time()) > 0


def test_a_body_that_is_no_envelope_is_kept_short() -> None:
    html = b"<html>" + b"x" * 100_000
    with _answering(502, html, {"content-type": "text/html"}) as client, pytest.raises(InternalError) as caught:
        client.cache.get_stats()
    assert caught.value.status == 502
    assert "<html>" in str(caught.value)
    assert len(str(caught.value)) < 2_000


def test_a_code_of_the_server_stays_an_open_word() -> None:
    body = json.dumps({"error": {"code": "ALREADY_THERE", "message": "No"}}).encode()
    with _answering(409, body, {"content-type": "application/json"}) as client, pytest.raises(ConflictError) as caught:
        client.cache.get_stats()
    assert (caught.value.code, caught.value.kind) == ("ALREADY_THERE", "conflict")


def test_values_of_a_later_server_are_kept_or_ignored() -> None:
    body = json.dumps(
        {
            "id": "exec_1",
            "status": "paused",
            "started_at": "2024-12-01T16:00:00.123456789+02:00",
            "steps": [{"name": "a", "status": "frozen", "colour": "blue"}],
            "weather": {},
        }
    ).encode()
    with _answering(200, body, {"content-type": "application/json"}) as client:
        execution = client.executions.get("exec_1")
    assert (execution.status, execution.steps[0].status) == ("paused", "frozen")
    assert execution.started_at is not None
    assert execution.started_at.isoformat() == "2024-12-01T14:00:00.123456+00:00"
    state = pickle.loads(pickle.dumps(execution.state))
    assert state == execution.state
    with pytest.raises(AttributeError):
        state.status = "completed"
