"""What the comparison of the languages runs: the same receipts, the same options, the same bytes.

``parity.py report OPTIONS.json`` reads paths of receipts from standard input, and prints a line for each:
``<path> TAB <report>``, or ``<path> TAB error TAB <kind> TAB <message>``.
``parity.py held OPTIONS.json WORKSPACE`` is the same, each receipt held against what recomputing it in WORKSPACE gives, and
against WORKSPACE/out/app, a file at hand.
``parity.py sign RECEIPT KEY.pem`` prints the receipt's JSON, signed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, Optional

from attest_sdk import Receipt, SigningKey, Verifier, manifest, recompute
from attest_sdk.exceptions import AttestError


def report(options: str, workspace: Optional[str] = None) -> None:
    verifier = Verifier(**json.loads(Path(options).read_bytes()))
    for line in sys.stdin:
        path = line.rstrip("\n")
        try:
            receipt = Path(path).read_bytes()
            evidence = {} if workspace is None else found(receipt, Path(workspace))
            verdict = verifier.report(receipt, **evidence).to_json()
        except AttestError as error:
            verdict = f"error\t{error.kind}\t{error.message}"
        print(f"{path}\t{verdict}")


def found(receipt: bytes, workspace: Path) -> Dict[str, Any]:
    app = manifest.digest((workspace / "out/app").read_bytes())
    return {"recomputed": recompute(Receipt.parse(receipt), workspace), "files": {"app": app}}


def sign(receipt: str, key: str) -> None:
    pem = SigningKey.from_pem(Path(key).read_bytes())
    print(Receipt.parse(Path(receipt).read_bytes()).sign(pem).to_json())


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    command, *arguments = sys.argv[1:]
    if command in ("report", "held"):
        report(*arguments)
    else:
        sign(*arguments)
