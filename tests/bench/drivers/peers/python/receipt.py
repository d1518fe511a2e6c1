"""The signed bytes of a receipt in the API's JSON, rebuilt by the standard library alone.

As short as docs/receipt-format.md allows where every change must be refused. Types and times need no look: another spelling
gives other bytes, which the signature refuses. Not here: limits, a key that stands twice, YAML, and what only a signer can get
wrong (two steps of one name, a digest that is none).
"""

import json

ALWAYS, NULL, OMIT = "always", "null", "omit"
"""A field that is absent: is missed; is null in the signed bytes; is left out of them."""


def same(value):
    return value


def prefixed(prefix):
    """A digest, key or signature without its prefix, which must be there."""

    def bare(value):
        if not value.startswith(prefix):
            raise ValueError(f"{value!r} does not start with {prefix}")
        return value[len(prefix) :]

    return bare


digest, signed_by = prefixed("blake3:"), prefixed("ed25519:")


def each(kind):
    return lambda values: [kind(value) for value in values]


def record(*fields):
    """A map of just these fields, in this order: what is dropped before hashing could say anything."""
    names = {name for name, _, _ in fields}

    def ordered(value):
        if not value.keys() <= names:
            raise ValueError(f"unknown: {value.keys() - names}")
        out = {}
        for name, need, kind in fields:
            found = value.get(name)
            if found is not None:
                out[name] = kind(found)
            elif need is NULL:
                out[name] = None
            elif need is ALWAYS:
                raise ValueError(f"{name} is missing")
        return out

    return ordered


def texts(need, *names):
    return [(name, need, same) for name in names]


STEP = record(
    *texts(ALWAYS, "name"),
    ("input_hash", ALWAYS, digest),
    ("output_hash", ALWAYS, digest),
    *texts(ALWAYS, "duration_secs", "exit_code", "cache_hit", "stdout", "stderr"),
    ("capsule_hash", OMIT, digest),
)
SOURCE = record(*texts(NULL, "repository"), *texts(ALWAYS, "commit"), *texts(NULL, "branch"), *texts(ALWAYS, "tracked_dirty"))
CI = record(*texts(ALWAYS, "provider"), *texts(NULL, "run_id", "job_id"))
PLANNED = record(*texts(ALWAYS, "name", "needs"), ("command_hash", ALWAYS, digest), *texts(ALWAYS, "inputs", "outputs"))
ARTIFACT = record(*texts(ALWAYS, "step", "path", "kind"), ("digest", ALWAYS, digest), *texts(ALWAYS, "algorithm"))
PROVENANCE = record(
    *texts(NULL, "invocation_id", "started_at", "pipeline_name"),
    ("source", NULL, SOURCE),
    *texts(ALWAYS, "runner_os", "runner_arch"),
    ("ci", NULL, CI),
    ("steps", ALWAYS, each(PLANNED)),
    ("artifacts", ALWAYS, each(ARTIFACT)),
    ("execution", OMIT, record(*texts(ALWAYS, "mode"), *texts(OMIT, "command"))),
)
ISOLATION = record(
    *texts(ALWAYS, "mode", "platform"),
    ("controls", ALWAYS, each(record(*texts(ALWAYS, "name", "status", "detail")))),
    ("capsule_steps", OMIT, same),
)
RECEIPT = record(
    *texts(OMIT, "schema_version"),
    ("pipeline_hash", ALWAYS, digest),
    ("steps", ALWAYS, each(STEP)),
    *texts(ALWAYS, "timestamp", "total_duration_secs"),
    ("signature", ALWAYS, signed_by),
    ("signer_public_key", ALWAYS, signed_by),
    *texts(ALWAYS, "attest_version"),
    *texts(ALWAYS, "causal_events"),
    ("causal_chain_hash", NULL, digest),
    ("reproducibility", OMIT, record(*texts(ALWAYS, "verified", "runs", "method"))),
    ("provenance", OMIT, PROVENANCE),
    ("isolation", OMIT, ISOLATION),
)


def unhex(text):
    """bytes.fromhex also takes capitals and blanks."""
    found = bytes.fromhex(text)
    if found.hex() != text:
        raise ValueError(f"{text!r} is not in lower-case hex")
    return found


ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read(text):
    """The signed bytes, the signature and the key that is said to have made it. Raises where there are none."""
    document = json.loads(text)
    document.setdefault("causal_events", [])
    receipt = RECEIPT(document)
    signature, key = unhex(receipt["signature"]), unhex(receipt["signer_public_key"])
    receipt["signature"] = receipt["signer_public_key"] = None
    receipt["steps"].sort(key=lambda step: step["name"].encode())
    receipt["causal_events"].sort(key=str.encode)
    isolation = receipt.get("isolation", {})
    if isolation.get("capsule_steps") == []:
        del isolation["capsule_steps"]
    return ENCODE(receipt).encode(), signature, key
