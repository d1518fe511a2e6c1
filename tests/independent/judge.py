"""Judges every vector by the verifier of this folder, and what it judged by the project's command (ATTEST_BIN) too. Any difference fails."""

import contextlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from document import Unreadable, Wrong, read
from manifest import Refused, hex_of, manifest
from pipeline import pipeline_text
from receipt import canonical, trust_store, verify
from recompute import claimed, recompute
from spellings import KEY, spellings
from stores import stores

VECTORS = Path(__file__).parent.parent / "vectors"
COMMAND = os.environ["ATTEST_BIN"]
NOW = time.time()  # the command has no other clock; what the vectors expect does not depend on it
CHECKS = ("schema", "consistency", "signature", "trust", "timestamp")
differences = []


def same(what, found, expected):
    if found != expected:
        differences.append(f"{what}\n  found    {found!r}\n  expected {expected!r}")


def statuses(data, keys):
    try:
        return verify(data, keys, NOW)
    except Unreadable:
        return None  # an error, no verdict


def receipts():
    found = []
    for folder in sorted(path.parent for path in VECTORS.glob("receipts/*/receipt.yaml")):
        data, keys = (folder / "receipt.yaml").read_bytes(), trust_store(folder / "trust")
        same(f"{folder.name}: canonical bytes", canonical(read(data))[0], (folder / "canonical.json").read_bytes())
        checks = {check["name"]: check["status"] for check in json.loads((folder / "verdict.json").read_text())["checks"]}
        compare(folder.name, statuses(data, keys), checks)
        with unpacked(folder / "workspace.tar") as workspace:
            same(f"{folder.name}: recomputed", recompute(read(data), workspace), claimed(read(data)))
        project(folder.name, folder / "receipt.yaml", statuses(data, keys), "--trust", folder / "trust")
        found.append(folder.name)
    return found


def mutants():
    expected = json.loads((VECTORS / "receipts/mutants-weird/expected.json").read_text())
    stricter = json.loads((VECTORS / "receipts/deviations.json").read_text())
    trust = VECTORS / "receipts/weird/trust"
    keys, found = trust_store(trust), []
    for name, case in expected.items():
        deviation = stricter.get(name, {})
        path = VECTORS / f"receipts/mutants-weird/{name}.yaml"
        checks = statuses(path.read_bytes(), keys)
        readable = deviation.get("exit", case["exit"]) != 2
        same(f"{name}: readable", checks is not None, readable)
        compare(name, checks, {**case["checks"], **deviation.get("checks", {})})
        project(name, path, checks, "--trust", trust)
        found.append(name)
    return found


def compare(name, checks, expected):
    """`expected` is of the tool: its timestamp check is about tokens alone."""
    for check in ("schema", "consistency", "signature"):
        same(f"{name}: {check}", (checks or {}).get(check), expected.get(check))


def project(name, path, checks, *trust):
    """The project's command says the same of each check as `checks`; `None` is an error there."""
    answer = subprocess.run([COMMAND, "verify", "--json", *trust, path], capture_output=True, text=True, check=False)
    report = None if answer.returncode == 2 else json.loads(answer.stdout)
    found = report and {check["name"]: check["status"] for check in report["checks"] if check["name"] in CHECKS}
    same(f"{name}: of {Path(COMMAND).name} verify", found, checks)


def spelled():
    """Documents of many spellings, signed here: a receipt that both read alike has the same canonical bytes in both."""
    basic, count = read((VECTORS / "receipts/basic/receipt.yaml").read_bytes()), 0
    for name, data in spellings(basic):
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            project(name, file.name, statuses(data, {bytes(KEY.verify_key): {"status": "trusted"}}), "--trusted-key", bytes(KEY.verify_key).hex())
        count += 1
    return count


def trust_stores():
    """Stores of many spellings: refused by both, or the same verdict."""
    folder, count = VECTORS / "receipts/basic", 0
    [key] = folder.glob("trust/*.pub")
    for name, document in stores(key.stem):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "trust.toml").write_text(document, "utf-8")
            Path(directory, key.name).write_bytes(key.read_bytes())
            try:
                checks = statuses((folder / "receipt.yaml").read_bytes(), trust_store(directory))
            except Wrong:
                checks = None
            project(f"trust store {name!r}", folder / "receipt.yaml", checks, "--trust", directory)
        count += 1
    return count


@contextlib.contextmanager
def unpacked(archive):
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive, encoding="utf-8", errors="surrogateescape") as tree:
        tree.extractall(folder, **({"filter": "fully_trusted"} if hasattr(tarfile, "data_filter") else {}))
        yield folder


def manifests():
    cases = sorted(VECTORS.glob("manifests/*/case.json"))
    for path in cases:
        case = json.loads(path.read_text())
        with unpacked(path.parent / "tree.tar") as folder:
            try:
                text = manifest(Path(folder, case["workspace"]), case["declared"], case["run"])
                found = {"manifest": text, "hash": hex_of(text.encode())}
            except Refused as error:
                found = {"error": str(error)}
        same(f"manifest {path.parent.name}", found, case["expect"])
    return len(cases)


def pipelines():
    expected = json.loads((VECTORS / "pipelines/expected.json").read_text())
    for name, case in expected.items():
        try:
            text, _ = pipeline_text((VECTORS / f"pipelines/{name}.yaml").read_bytes())
            found = {"accepted": True, "canonical": text, "hash": hex_of(text.encode())}
        except (Unreadable, Wrong):
            found = {"accepted": False}
        same(f"pipeline {name}", found, {key: case[key] for key in ("accepted", "canonical", "hash") if key in case})
    return len(expected)


def main():
    judged = receipts() + mutants()
    counts = len(judged), spelled(), trust_stores(), manifests(), pipelines()
    for difference in differences:
        print(difference, file=sys.stderr)
    if differences:
        sys.exit(f"{len(differences)} differences to what docs/receipt-format.md says")
    print("An independent verifier agrees: {} receipts, {} spellings of one and {} trust stores (the command too), {} manifests, {} pipelines.".format(*counts))


main()
