"""A second verifier of receipts, written from docs/receipt-format.md alone: structure, canonical bytes, verdict.

It exists to prove that the page is enough. It shares no code with this project and is no product: for real use there are the packages.
"""

import base64
import datetime
import json
import re
from pathlib import Path

from blake3 import blake3
from document import Wrong, read
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

try:
    import tomllib
except ImportError:  # before Python 3.11
    import tomli as tomllib

# Structure: every type is a function from a value to its canonical form. `notes` collects what later checks ask about.

REQ, NULL, OMIT, EMPTY = "req", "null", "omit", "empty"


def text(value, notes):
    if not isinstance(value, str):
        raise Wrong(f"no text: {value!r}")
    return value


def word(*allowed):
    def one_of(value, notes):
        if value not in allowed or not isinstance(value, str):
            raise Wrong(f"none of {allowed}: {value!r}")
        return value
    return one_of


def boolean(value, notes):
    if not isinstance(value, bool):
        raise Wrong(f"no bool: {value!r}")
    return value


def integer(low, high):
    def one(value, notes):
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise Wrong(f"no integer from {low} to {high}: {value!r}")
        return value
    return one


def digest(value, notes):
    bare = without_prefix(text(value, notes), "blake3:", notes)
    if bare is None or not re.fullmatch("[0-9a-f]{64}", bare):
        notes["malformed"].append(value)
    return bare if bare is not None else value


def without_prefix(value, prefix, notes):
    """The hex digits in the rendering of this document, or None."""
    if not notes["prefixed"]:
        return value
    return value[len(prefix):] if value.startswith(prefix) else None


def list_of(kind):
    def each(value, notes):
        if not isinstance(value, list):
            raise Wrong(f"no list: {value!r}")
        return [kind(one, notes) for one in value]
    each.is_list = True
    return each


def record(*fields):
    def each(value, notes):
        if not isinstance(value, dict) or set(value) - {name for name, _, _ in fields}:
            raise Wrong("no map, or a field that is unknown")
        out = {}
        for name, kind, need in fields:
            if value.get(name) is not None:
                out[name] = kind(value[name], notes)
            elif need == EMPTY or name in value and hasattr(kind, "is_list"):
                out[name] = []
            elif need == REQ:
                raise Wrong(f"{name} is missing")
            elif need == NULL:
                out[name] = None
        return out
    return each


TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)


def instant(value):
    """Seconds since 1970 and the canonical text of an RFC 3339 time."""
    found = TIME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Wrong(f"no time: {value!r}")
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    away = -400 if year > 5000 else 400  # the calendar repeats; Python's ends at the years 1 and 9999
    try:
        moment = datetime.datetime(year + away, month, day, hour, minute, min(second, 59) if second <= 60 else second)
    except ValueError as error:
        raise Wrong(str(error)) from error
    if found[8]:
        if int(found[9]) > 23 or int(found[10]) > 59:
            raise Wrong("an offset of more than a day")
        moment -= (1 if found[8] == "+" else -1) * datetime.timedelta(hours=int(found[9]), minutes=int(found[10]))
    nanos = (found[7] or "")[:9].ljust(9, "0").rstrip("0")
    fraction = "." + nanos.ljust(-(-len(nanos) // 3) * 3, "0") if nanos else ""
    year = moment.year - away
    seconds = (moment - datetime.datetime(1970, 1, 1)).total_seconds() - away // 400 * 146097 * 86400
    return seconds, f"{'+' if year > 9999 else '-' * (year < 0)}{abs(year):04}-{moment:%m-%dT%H:%M}:{60 if second == 60 else moment.second:02}{fraction}Z"


def time(value, notes):
    return instant(value)[1]


U32, U64, I32 = integer(0, 2**32 - 1), integer(0, 2**64 - 1), integer(-(2**31), 2**31 - 1)
STEP = record(("name", text, REQ), ("input_hash", digest, REQ), ("output_hash", digest, REQ), ("duration_secs", U64, REQ), ("exit_code", I32, REQ),
              ("cache_hit", boolean, REQ), ("stdout", text, REQ), ("stderr", text, REQ), ("capsule_hash", digest, OMIT))
SOURCE = record(("repository", text, NULL), ("commit", text, REQ), ("branch", text, NULL), ("tracked_dirty", boolean, REQ))
CI = record(("provider", text, REQ), ("run_id", text, NULL), ("job_id", text, NULL))
PLANNED = record(("name", text, REQ), ("needs", list_of(text), REQ), ("command_hash", digest, REQ), ("inputs", list_of(text), REQ), ("outputs", list_of(text), REQ))
ARTIFACT = record(("step", text, REQ), ("path", text, REQ), ("kind", text, REQ), ("digest", digest, REQ), ("algorithm", text, REQ))
NATIVE, WRAPPED = record(("mode", word("native"), REQ)), record(("mode", word("wrapped"), REQ), ("command", list_of(text), REQ))


def execution(value, notes):
    return (WRAPPED if isinstance(value, dict) and value.get("mode") == "wrapped" else NATIVE)(value, notes)


PROVENANCE = record(("invocation_id", text, NULL), ("started_at", time, NULL), ("pipeline_name", text, NULL), ("source", SOURCE, NULL), ("runner_os", text, REQ),
                    ("runner_arch", text, REQ), ("ci", CI, NULL), ("steps", list_of(PLANNED), REQ), ("artifacts", list_of(ARTIFACT), REQ), ("execution", execution, OMIT))
CONTROL = record(("name", text, REQ), ("status", word("enforced", "not-enforced", "not-available"), REQ), ("detail", text, REQ))
ISOLATION = record(("mode", word("none", "process", "container", "strict-container"), REQ), ("platform", text, REQ), ("controls", list_of(CONTROL), REQ),
                   ("capsule_steps", list_of(text), OMIT))
REPRODUCIBILITY = record(("verified", boolean, REQ), ("runs", U32, REQ), ("method", text, REQ))
RECEIPT = record(("schema_version", U32, OMIT), ("pipeline_hash", digest, REQ), ("steps", list_of(STEP), REQ), ("timestamp", time, REQ),
                 ("total_duration_secs", U64, REQ), ("signature", text, NULL), ("signer_public_key", text, NULL), ("attest_version", text, REQ),
                 ("causal_events", list_of(text), EMPTY), ("causal_chain_hash", digest, NULL), ("reproducibility", REPRODUCIBILITY, OMIT),
                 ("provenance", PROVENANCE, OMIT), ("timestamp_token", text, OMIT), ("isolation", ISOLATION, OMIT))


def canonical(document):
    """The canonical bytes, and what the checks ask about. `Wrong` where the structure is."""
    pipeline = document.get("pipeline_hash") if isinstance(document, dict) else None
    notes = {"prefixed": isinstance(pipeline, str) and pipeline.startswith("blake3:"), "malformed": []}
    receipt = RECEIPT(document, notes)
    if receipt.get("schema_version", 1) > 3:
        raise Wrong("a newer schema version")
    notes.update(signature=receipt["signature"], key=receipt["signer_public_key"], token=receipt.pop("timestamp_token", None),
                 time=instant(document["timestamp"])[0], names=[step["name"] for step in receipt["steps"]],
                 planned=[step["name"] for step in receipt.get("provenance", {}).get("steps", [])], version=receipt["attest_version"])
    receipt.update(signature=None, signer_public_key=None, causal_events=sorted(receipt["causal_events"], key=str.encode),
                   steps=sorted(receipt["steps"], key=lambda step: step["name"].encode()))
    if not receipt.get("isolation", {}).get("capsule_steps", True):
        del receipt["isolation"]["capsule_steps"]
    return json.dumps(receipt, ensure_ascii=False, separators=(",", ":")).encode(), notes


# The verdict.

def key_id(raw):
    return blake3(raw).hexdigest()[:32]


def raw_key(pem):
    body = re.fullmatch(r"\s*-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*", pem)
    der = base64.b64decode("".join(body[1].split()), validate=True) if body else b""
    head = bytes.fromhex("302a300506032b6570032100")
    if len(der) != 44 or not der.startswith(head):
        raise Wrong("no Ed25519 key in PEM")
    return der[len(head):]


def trust_store(directory):
    """The keys of a trust store, by their raw bytes. Anything odd makes the whole store unusable: `Wrong`."""
    try:
        store = tomllib.loads((Path(directory) / "trust.toml").read_text("utf-8"))
        if set(store) - {"version", "key"} or store.get("version") != 1:
            raise Wrong("another version, or an unknown field")
        return dict(trust_entry(entry, Path(directory)) for entry in store.get("key", []))
    except (OSError, KeyError, ValueError) as error:
        raise Wrong(str(error)) from error


def trust_entry(entry, directory):
    if set(entry) - {"id", "name", "status", "revoked_at", "signer", "valid_from", "valid_until"} or not isinstance(entry["name"], str):
        raise Wrong("an unknown field, or no name")
    times = {field: instant(entry[field])[0] for field in ("revoked_at", "valid_from", "valid_until") if field in entry}
    if entry["status"] not in ("trusted", "revoked") or entry["status"] == "trusted" and "revoked_at" in times:
        raise Wrong("another status, or one that its date contradicts")
    if times.get("valid_until", float("inf")) < times.get("valid_from", float("-inf")):
        raise Wrong("a window that ends before its start")
    raw = raw_key((directory / f"{entry['id']}.pub").read_text("ascii"))
    if key_id(raw) != entry["id"]:
        raise Wrong("another key than its id says")
    return raw, {"status": entry["status"], **times}


def signature_holds(signed, notes):
    prefix = "ed25519:"
    signature, key = (None if value is None else without_prefix(value, prefix, notes) for value in (notes["signature"], notes["key"]))
    if not signature or not key or not re.fullmatch("[0-9a-f]{128}", signature) or not re.fullmatch("[0-9a-f]{64}", key):
        return None
    try:
        VerifyKey(bytes.fromhex(key)).verify(signed, bytes.fromhex(signature))
    except (BadSignatureError, ValueError):
        return None
    return bytes.fromhex(key)


def trusted(entry, made, now):
    if entry is None or entry["status"] == "revoked":
        return False
    return made >= entry.get("valid_from", made) and now <= entry.get("valid_until", now)


def verify(data, keys, now):
    """The status of the first five checks: pass, fail or skipped. `now` in seconds since 1970."""
    try:
        signed, notes = canonical(read(data))
    except Wrong:
        return {"schema": "fail", **dict.fromkeys(("consistency", "signature", "trust", "timestamp"), "skipped")}
    unique_names = all(len(set(names)) == len(names) for names in (notes["names"], notes["planned"]))
    key = signature_holds(signed, notes)
    say = {True: "pass", False: "fail"}
    return {
        "schema": "pass",
        "consistency": say[not notes["malformed"] and notes["version"] != "" and bool(notes["names"]) and unique_names],
        "signature": say[key is not None],
        "trust": say[trusted(keys.get(key), notes["time"], now)] if key else "skipped",
        "timestamp": say[notes["time"] <= now + 300 and notes["token"] is None],
    }
