"""Runs a two-step pipeline on the server that ATTEST_BASE_URL and ATTEST_API_KEY name, and gates on its receipt: run.py"""

import sys
from pathlib import Path

from attest import AttestClient

CONFIG = {
    "version": "0.1",
    "steps": [
        {"name": "greet", "run": "echo hello > greeting.txt", "outputs": ["greeting.txt"]},
        {"name": "test", "run": "grep hello greeting.txt", "inputs": ["greeting.txt"], "needs": ["greet"]},
    ],
}

with AttestClient() as client:
    execution = client.pipelines.create(name="greeting", config=CONFIG).execute()
    print("execution", execution.id)
    for line in execution.stream_logs():
        print(f"[{line.step}] {line.message}")
    execution.wait_for_completion(timeout=300)

    # The verifier trusts the keys that the server publishes: good for a first run. To gate a release, pin a key with
    # AttestClient(trusted_keys=[…]), so that nobody who can answer for the server can vouch for it.
    receipt = execution.get_receipt()
    if not receipt.verify():
        sys.exit(f"the receipt of {execution.id} does not hold")
    Path("receipt.json").write_text(receipt.to_json(), encoding="utf-8")
    print("verified; the receipt is in receipt.json")
