"""``bench_verify.py verify RECEIPT OPTIONS.json SECONDS`` prints how many nanoseconds verifying a receipt's bytes takes."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from attest_sdk import Verifier

CALLS = 100


def verify(receipt: str, options: str, seconds: str) -> float:
    """The median of runs of a hundred calls."""
    text = Path(receipt).read_bytes()
    verify_receipt = Verifier(**json.loads(Path(options).read_bytes())).verify_receipt
    verify_receipt(text)
    runs, end = [], time.monotonic() + float(seconds)
    while time.monotonic() < end:
        start = time.perf_counter_ns()
        for _ in range(CALLS):
            verify_receipt(text)
        runs.append((time.perf_counter_ns() - start) / CALLS)
    return statistics.median(runs)


if __name__ == "__main__":
    _, _, *arguments = sys.argv
    print(round(verify(*arguments)))
