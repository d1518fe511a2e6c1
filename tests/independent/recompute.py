"""The hashes of a receipt, derived again from the workspace that it was made in."""

import json
from pathlib import Path

from manifest import hex_of, manifest
from pipeline import pipeline_text

KINDS = {"f": "file", "l": "symlink"}


def recompute(document, workspace):
    """What the workspace gives, in the receipt's own shape: the pipeline's hash, and each step's hashes and artifacts.

    Of bare receipts with provenance, and steps of at most 2,000 files; glob patterns are not expanded. Artifacts of cached
    steps, which the other tool leaves out, are not compared.
    """
    planned = {step["name"]: step for step in document["provenance"]["steps"]}
    words = document["provenance"]["execution"].get("command")
    if words:
        [name], run = planned, json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        pipeline, runs = f"attest-wrap/v1\n{run}", {name: run}
    else:
        pipeline, tree = pipeline_text((Path(workspace) / "attest.yaml").read_bytes())
        runs = {name: step["run"] for name, step in tree["steps"].items()}
    steps, artifacts = {}, []
    cached = [step["name"] for step in document["steps"] if step["cache_hit"]]
    for name, step in planned.items():
        outputs = manifest(workspace, step["outputs"])
        steps[name] = (hex_of(runs[name].encode()), hex_of(manifest(workspace, step["inputs"], runs[name]).encode()), hex_of(outputs.encode()))
        for line in outputs.split("\n")[1:-1] if name not in cached else ():
            artifacts.append((name, line[67:], KINDS[line[0]], line[2:66]))
    return hex_of(pipeline.encode()), steps, sorted(artifacts)


def claimed(document):
    """The same of the receipt itself."""
    commands = {step["name"]: step["command_hash"] for step in document["provenance"]["steps"]}
    steps = {step["name"]: (commands[step["name"]], step["input_hash"], step["output_hash"]) for step in document["steps"]}
    ran = [step["name"] for step in document["steps"] if not step["cache_hit"]]
    artifacts = [(one["step"], one["path"], one["kind"], one["digest"]) for one in document["provenance"]["artifacts"] if one["step"] in ran]
    return document["pipeline_hash"], steps, sorted(artifacts)
