"""The programs of examples/python, as they are."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Union

import pytest

from attest_sdk import SigningKey
from served import CHECKOUT, Server

EXAMPLES = CHECKOUT / "examples/python"


def _run(
    server: Server, name: Union[str, Path], *arguments: object, cwd: Path = EXAMPLES
) -> subprocess.CompletedProcess[str]:
    there = {"ATTEST_BASE_URL": server.url, "ATTEST_API_KEY": server.key}
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name), *map(str, arguments)],
        env={**os.environ, **there},
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        check=False,
    )


def test_run_and_verify_offline(server: Server, tmp_path: Path) -> None:
    done = _run(server, "run.py", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["[test] hello", "verified; the receipt is in receipt.json"]

    receipt = tmp_path / "receipt.json"
    key = json.loads(receipt.read_text())["signer_public_key"]
    done = _run(server, "verify_offline.py", receipt, key, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "valid"
    done = _run(server, "verify_offline.py", receipt, SigningKey.generate().public_key, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "refused: trust\n")


def test_many_at_once(server: Server) -> None:
    done = _run(server, "many_at_once.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-3:] == ["development: valid", "staging: valid", "production: valid"]
    assert done.stdout.count("greet is completed after") == 3


def test_webhook_receiver() -> None:
    body = b'{"event":"execution.completed","timestamp":"2024-12-01T16:05:30Z","data":{"execution_id":"exec_1"}}'
    signature = "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    with subprocess.Popen(
        [sys.executable, str(EXAMPLES / "webhook_receiver.py")],
        env={**os.environ, "ATTEST_WEBHOOK_SECRET": "secret"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as receiver:
        assert receiver.stdout is not None
        url = receiver.stdout.readline().split()[-1]
        with urllib.request.urlopen(urllib.request.Request(url, body, {"X-Attest-Signature": signature})) as answer:
            assert answer.status == 204
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(urllib.request.Request(url, body + b" ", {"X-Attest-Signature": signature}))
        assert receiver.stdout.readline() == "execution.completed: {'execution_id': 'exec_1'}\n"
        receiver.kill()


def test_the_first_run_of_the_documentation(server: Server, tmp_path: Path) -> None:
    text = (CHECKOUT / "docs/python.md").read_text(encoding="utf-8")
    program = text.split("```python\n")[1].split("```")[0]
    (tmp_path / "first.py").write_text(program)
    done = _run(server, tmp_path / "first.py", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[hello] hello\nTrue\n", "")
