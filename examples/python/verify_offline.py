"""Checks a receipt without any server, against a pinned key: verify_offline.py receipt.json ed25519:<64 hex digits>"""

import sys
from pathlib import Path

from attest_sdk import Verifier

file, key = sys.argv[1:]
# A receipt of a failed run is authentic too: the policy is what makes this a gate.
verifier = Verifier(trusted_keys=[key], policies=["require-success"])
report = verifier.report(Path(file).read_bytes())
for check in report.checks:
    print(f"{check.name:<12} {check.status:<8} {check.detail}")
if not report.valid:
    sys.exit("refused: " + next(check.name for check in report.checks if check.status == "fail"))
print("valid")
