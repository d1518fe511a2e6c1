"""What is passed wrongly says what to pass, before anything is sent."""

from __future__ import annotations

import copy
import os
import pickle
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Callable, List, Tuple, Type

import pytest

import attest_sdk
from attest_sdk import AttestClient
from attest_sdk.exceptions import AuthenticationFailed, ClosedError, ConfigError, ValidationError
from served import Server, config

HERE = {"base_url": "http://127.0.0.1:1", "api_key": "k"}
LONE = "\ud83d"
"""Half a surrogate pair, as `json.loads` of broken text gives it."""


@pytest.fixture
def nowhere() -> Any:
    """A client of a server that is not there: nothing may be asked of it. Untyped, since what is passed is wrong."""
    return AttestClient(**HERE)  # type: ignore[arg-type]


CLIENTS = [
    ({**HERE, "base_url": 5}, TypeError, "base_url: pass a str, not int"),
    ({**HERE, "api_key": b"k"}, TypeError, "api_key: pass a str, not bytes"),
    ({**HERE, "api_key": f"k{LONE}"}, ValueError, "api_key: half a surrogate pair at position 1"),
    ({**HERE, "token": "t"}, ConfigError, "more than one credential"),
    ({**HERE, "anonymous": 1}, TypeError, "anonymous: pass True or False, not int"),
    ({**HERE, "attempt_timeout": "5"}, TypeError, "attempt_timeout: pass a number of seconds, not str"),
    ({**HERE, "attempt_timeout": True}, TypeError, "attempt_timeout: pass a number of seconds, not bool"),
    ({**HERE, "attempt_timeout": float("nan")}, ValueError, "attempt_timeout is nan: pass a number of seconds"),
    ({**HERE, "attempt_timeout": 10**6}, ConfigError, "attempt"),
    ({**HERE, "headers": {"a": 1}}, TypeError, "headers['a']: pass a str, not int"),
    ({**HERE, "headers": ["a"]}, TypeError, "headers: pass a dict of str to str, not list"),
    ({**HERE, "policies": "require-tests"}, TypeError, "policies: pass a list of str, not str"),
    ({**HERE, "policies": ["no-such-policy"]}, ConfigError, "no-such-policy"),
    ({**HERE, "trusted_keys": "ed25519:00"}, TypeError, "trusted_keys: pass a list of keys, not str"),
    ({**HERE, "trusted_keys": ["ed25519:00"]}, ConfigError, "key"),
    ({**HERE, "trusted_keys": [{"key": "x"}]}, TypeError, "trusted_keys[0]: 'key' is not known"),
    ({**HERE, "ca_bundle": "nonsense"}, ConfigError, "CA"),
    ({**HERE, "base_url": "http://example.com"}, ConfigError, "http"),
    ({"base_url": HERE["base_url"]}, ConfigError, "ATTEST_API_KEY"),
    ({"api_key": "k"}, ConfigError, "ATTEST_BASE_URL"),
    ({**HERE, "api_kye": "k"}, TypeError, "api_kye"),
]


@pytest.mark.parametrize(("options", "error", "message"), CLIENTS)
def test_options_of_a_client(options: Any, error: Type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        AttestClient(**options)


def test_options_are_passed_by_name() -> None:
    with pytest.raises(TypeError, match="positional"):
        AttestClient("http://127.0.0.1:1", "k")  # type: ignore[call-arg]


GOOD = config("true")
sdk: Any = attest_sdk
"""Untyped."""
CALLS = [
    (lambda c: c.pipelines.create(name=5, config=GOOD), TypeError, "name: pass a str, not int"),
    (lambda c: c.pipelines.create(name="n", config=None), TypeError, "config: pass a dict"),
    (lambda c: c.pipelines.create(name="n", config={"version": "0.1", "steps": {1, 2}}), TypeError, "not set"),
    (lambda c: c.pipelines.create(name=f"n{LONE}", config=GOOD), ValueError, "name: half a surrogate pair"),
    (lambda c: c.pipelines.create(name="n", config=config(LONE)), ValueError, "the pipeline: half a surrogate pair"),
    (lambda c: c.pipelines.create(name="n", config=config("a", timeout_secs=float("inf"))), ValueError, "finite"),
    (lambda c: c.pipelines.create(name="n", config=config("a", inputs="src/")), ValidationError, "inputs"),
    (lambda c: c.pipelines.create(name="n", config=config("a", runs="b")), ValidationError, "runs"),
    (lambda c: c.pipelines.create(name="n", config=config("a", inputs=[Path("a")])), TypeError, "not PosixPath"),
    (lambda c: c.pipelines.create("n", GOOD), TypeError, "positional"),
    (lambda c: c.pipelines.get(None), TypeError, "pipeline_id: pass a str, not NoneType"),
    (lambda c: c.pipelines.get(""), ConfigError, "cannot be a pipeline's id"),
    (lambda c: c.pipelines.get(".."), ConfigError, "`..` cannot be a pipeline's id"),
    (lambda c: c.pipelines.get(LONE), ValueError, "pipeline_id: half a surrogate pair"),
    (lambda c: c.pipelines.list(limit="5"), TypeError, "limit: pass an int, not str"),
    (lambda c: c.pipelines.list(limit=-1), ValueError, "limit is -1: pass 0 or more"),
    (lambda c: c.pipelines.list(page=1), TypeError, "page"),
    (
        lambda c: c.pipelines.execute("p", options={"sgin": True}),
        TypeError,
        "options: 'sgin' is not known; known are sign",
    ),
    (
        lambda c: c.pipelines.execute("p", options={"sign": "yes"}),
        TypeError,
        "options['sign']: pass True or False, not str",
    ),
    (
        lambda c: c.pipelines.execute("p", options=True),
        TypeError,
        "options: pass a dict with some of sign, verify, cache",
    ),
    (lambda c: c.pipelines.execute("p", variables={"A": 1}), TypeError, "variables['A']: pass a str, not int"),
    (lambda c: c.pipelines.execute("p", variables={1: "a"}), TypeError, "a key of variables: pass a str, not int"),
    (lambda c: c.pipelines.execute("p", source_info={"comit": "a"}), TypeError, "source_info: 'comit' is not known"),
    (lambda c: c.pipelines.execute("p", enviroment="a"), TypeError, "enviroment"),
    (lambda c: c.pipelines.bulk_execute("p"), TypeError, "executions: pass a list of dicts, not str"),
    (lambda c: c.pipelines.bulk_execute(["p"]), TypeError, "executions[0]: pass a dict"),
    (lambda c: c.pipelines.bulk_execute([{}]), TypeError, "executions[0]: pass its 'pipeline_id'"),
    (lambda c: c.pipelines.bulk_execute([{"pipeline": "p"}]), TypeError, "executions[0]: 'pipeline' is not known"),
    (lambda c: c.create_verifier(policies=["nonsense"]), ConfigError, "nonsense"),
    (lambda c: c.create_verifier(now=5), TypeError, "now: pass a datetime, or RFC 3339 as a str, not int"),
    (lambda c: c.create_verifier(now=datetime(2030, 1, 1)), ValueError, "has no time zone"),
    (lambda c: c.create_verifier(now="yesterday"), ConfigError, "now"),
    (lambda c: c.create_verifier(expect={"id": "x"}), TypeError, "expect: 'id' is not known"),
    (lambda c: c.create_verifier(expect={"pipeline_hash": "x"}), ConfigError, "pipeline_hash"),
    (
        lambda c: c.create_verifier(expect={"commit": os.environ.get("NO_SUCH_VARIABLE")}),
        TypeError,
        "expect['commit']: pass a str, not NoneType; leave it out where any will do",
    ),
    (lambda c: sdk.Verifier(expect={"artifacts": None}), TypeError, "expect['artifacts']: pass a dict of str to str"),
    (lambda c: sdk.Verifier(expect={"commit": ""}), ValueError, "expect['commit'] is empty: pass what it must be"),
    (lambda c: sdk.Verifier(expect={"invocation_id": ""}), ValueError, "expect['invocation_id'] is empty"),
    (lambda c: c.create_verifier(trust_store=5), TypeError, "trust_store: pass a str or a path, not int"),
    (lambda c: c.create_verifier(trust_store="/nowhere"), ConfigError, "/nowhere"),
    (lambda c: c.create_verifier(trusted_keys=[], trust_store="/nowhere"), ConfigError, "not both"),
    (lambda c: sdk.Verifier().verify_receipt({}), TypeError, "receipt: pass a Receipt, or its text as str or bytes"),
    (lambda c: sdk.Verifier().report(None), TypeError, "receipt: pass a Receipt"),
    (lambda c: sdk.Verifier().report(LONE), ValueError, "receipt: half a surrogate pair"),
    (lambda c: sdk.Receipt.parse({}), TypeError, "text: pass a str or bytes, not dict"),
    (lambda c: sdk.SigningKey.from_pem(None), TypeError, "pem: pass a str or bytes, not NoneType"),
    (lambda c: sdk.SigningKey.from_pem(b"\xff"), ValueError, "pem: these bytes are no text"),
    (lambda c: sdk.manifest.digest("text"), TypeError, "data: pass bytes, not str"),
    (lambda c: sdk.manifest.hash_outputs(".", "src/"), TypeError, "declared: pass a list of str, not str"),
    (lambda c: sdk.manifest.hash_inputs(".", b"make", []), TypeError, "run: pass a str, not bytes"),
]


@pytest.mark.parametrize(("call", "error", "message"), CALLS)
def test_calls(nowhere: Any, call: Callable[[Any], object], error: Type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call(nowhere)


def test_executions_and_receipts(client: Any) -> None:
    execution = client.pipelines.create(name="n", config=GOOD).execute().wait_for_completion()
    calls: List[Tuple[Callable[[], object], Type[Exception], str]] = [
        (lambda: execution.wait_for_completion(timeout="5"), TypeError, "timeout: pass a number of seconds, not str"),
        (lambda: execution.wait_for_completion(timeout=-1), ValueError, "timeout is -1: pass a number of seconds"),
        (lambda: execution.stream_logs(after=None), TypeError, "after: pass an int, not NoneType"),
        (lambda: execution.stream_logs(step=1), TypeError, "step: pass a str, not int"),
        (lambda: execution.get_receipt(allow_failed=1), TypeError, "allow_failed: pass True or False, not int"),
        (lambda: execution.get_receipt().sign("key"), TypeError, "key: pass a SigningKey, not str"),
        (
            lambda: client.executions.get(execution),
            TypeError,
            "execution_id: pass its id, a str, not the Execution itself",
        ),
        (lambda: pickle.dumps(execution), TypeError, "an object of Execution"),
        (lambda: copy.deepcopy(client), TypeError, "an object of AttestClient"),
    ]
    for call, error, message in calls:
        with pytest.raises(error, match=re.escape(message)):
            call()


def test_a_closed_client_says_so(server: Server) -> None:
    client = AttestClient(base_url=server.url, api_key=server.key)
    with client as same:
        assert same is client
        assert repr(client) == "<AttestClient open>"
        execution = client.pipelines.create(name="n", config=GOOD).execute().wait_for_completion()
        lines = execution.stream_logs()
    client.close()
    assert repr(client) == "<AttestClient closed>"
    for call in (client.cache.get_stats, execution.refresh, lambda: next(lines), execution.get_receipt):
        with pytest.raises(ClosedError, match="the client is closed: make a new one"):
            call()


def test_a_wrong_key_is_told_and_never_shown(server: Server) -> None:
    secret = "attest_key_of_nobody"
    with AttestClient(base_url=server.url, api_key=secret, headers={"x-secret": secret}) as client:
        with pytest.raises(AuthenticationFailed) as caught:
            client.cache.get_stats()
        shown = f"{client!r} {client.__dict__!r} {caught.value!r} {caught.value.__dict__!r}"
        assert caught.value.status == 401
        assert secret not in shown


def test_the_environment_says_what_is_not_passed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTEST_BASE_URL", server.url)
    monkeypatch.setenv("ATTEST_API_KEY", server.key)
    with AttestClient() as client:
        assert client.cache.get_stats().total_entries >= 0
    with AttestClient(api_key="another") as client, pytest.raises(AuthenticationFailed):
        client.cache.get_stats()


def test_a_client_may_be_made_while_the_environment_changes() -> None:
    program = """
import os, threading
from attest_sdk import AttestClient

os.environ["ATTEST_BASE_URL"] = "http://127.0.0.1:9"
os.environ["ATTEST_API_KEY"] = "k"
over = threading.Event()

def change(worker):
    number = 0
    while not over.is_set():
        for number in range(number, number + 200):
            os.environ[f"CHANGED_{worker}_{number}"] = "x" * (number % 500)
        for name in [name for name in os.environ if name.startswith(f"CHANGED_{worker}_")]:
            del os.environ[name]

threads = [threading.Thread(target=change, args=(worker,)) for worker in range(2)]
for thread in threads:
    thread.start()
for _ in range(60):
    AttestClient().close()
over.set()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_there_is_one_package_under_two_names() -> None:
    import attest
    import attest.exceptions
    import attest.manifest
    import attest.webhooks

    assert attest.__all__ == attest_sdk.__all__
    for name in attest.__all__:
        if not hasattr(getattr(attest, name), "__path__") and name not in {
            "exceptions",
            "manifest",
            "models",
            "webhooks",
        }:
            assert getattr(attest, name) is getattr(attest_sdk, name)
    assert attest.exceptions.RateLimitExceeded is attest_sdk.exceptions.RateLimitExceeded
    assert attest.webhooks.verify_webhook is attest_sdk.webhooks.verify_webhook
