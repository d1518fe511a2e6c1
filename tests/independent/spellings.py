"""One receipt in many spellings, each signed here over the canonical bytes that receipt.py makes of it."""

import copy
import json

from document import Wrong
from nacl.signing import SigningKey
from receipt import canonical

KEY = SigningKey(bytes(range(32)))  # of no one
AS_YAML = "\n# not JSON\n"

TIMES = ("2026-11-20t10:00:00z", "2026-11-20T10:00:00-00:00", "2026-11-20T10:00:00.1Z", "2026-11-20T10:00:00.120Z", "2026-11-20T10:00:00.1234567899Z",
         "2026-11-20T23:59:60.5Z", "2026-11-20T10:00:60+01:00", "2026-11-20T10:00:61Z", "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2024-02-29T00:00:00Z",
         "2026-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T10:00:00+24:00", "2026-11-20T10:00:00", "2026-11-20T10:00:00.Z", "2026-11-20T10:00Z")
PLAIN = ("abc", "007", "-007", "1e3", "1.", ".5", ".", "1_000", "0x1F", "0X1F", "0o8", "0o17", "-0b1", "+-1", "1e400", ".inf", "-.INF", ".iNf", ".nan", "+.nan", "nan", "yes", "n",
         "2026-01-01", "12:30:45", "null", "nULL", "~", "True", "tRUE", str(2**128 - 1), str(2**128), hex(2**128), "9" * 400, "12345678901234567890123456789012345678e9", "<<")
REPLACED = (('"exit_code": 0', ('"exit_code": "0"', '"exit_code": 00', '"exit_code": +0', '"exit_code": 0x0', '"exit_code": 0.0', '"exit_code": ', '"exit_code": &a 0', '"exit_code": !!int 0',
                                '"exit_code": 0, <<: {}', '"exit_code": 0, "<<": {}', '"exit_code": 0, exit_code: 0', '"exit_code": 0, [a]: 1', '"exit_code": 0, 1: 1, "1": 2')),
            ('"cache_hit": false', ('"cache_hit": False', '"cache_hit": no', '"cache_hit": 0')),
            ('"built alpha\\n"', ('"built alpha\u2028\\n"', "'built alpha\u2028'", '"\\x41"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\u0000\\u001f\\u007f\\u2028\\ufeff"')))
FIELDS = ((("steps",), None), (("causal_events",), ["b", "\U0001f600", "\uffff", "a"]), (("causal_events",), None), (("schema_version",), 0), (("schema_version",), 4), (("schema_version",), 3.0),
          (("timestamp_token",), "AAAA"), (("attest_version",), ""), (("provenance",), None), (("isolation",), None), (("isolation", "capsule_steps"), []), (("isolation", "capsule_steps"), ["b", "a"]),
          (("isolation", "mode"), "vm"), (("provenance", "execution"), {"mode": "wrapped", "command": None}), (("provenance", "execution"), {"mode": "native", "command": None}),
          (("provenance", "source"), {"commit": "x", "tracked_dirty": False}), (("provenance", "ci"), {}), (("provenance", "artifacts", 0, "kind"), "fifo"),
          (("provenance", "steps", 0, "name"), "test"), (("provenance", "steps", 0, "needs"), None), (("provenance", "unknown"), None), (("steps", 0, "name"), "\uffff"),
          (("steps", 0, "capsule_hash"), "a" * 64), (("steps", 0, "exit_code"), -(2**31)), (("steps", 0, "exit_code"), 2**31), (("steps", 0, "duration_secs"), 2**64 - 1),
          (("steps", 0, "input_hash"), ""), (("pipeline_hash",), "blake3:" + "a" * 64), (("reproducibility",), {"verified": True, "runs": 2, "method": ""}))


def changed(basic, path, value):
    document = copy.deepcopy(basic)
    document.update(signature=None, signer_public_key=None)
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    try:
        bytes_, notes = canonical(document)
    except Wrong:
        return document
    prefix = "ed25519:" * notes["prefixed"]
    document.update(signature=prefix + KEY.sign(bytes_).signature.hex(), signer_public_key=prefix + bytes(KEY.verify_key).hex())
    return document


def spellings(basic):
    for value in TIMES:
        yield f"time {value}", json.dumps(changed(basic, ("timestamp",), value)).encode()
    for path, value in FIELDS:
        yield f"{path} {value!r}", json.dumps(changed(basic, path, value), ensure_ascii=False).encode()
    for word in PLAIN:
        text = json.dumps(changed(basic, ("provenance", "runner_os"), word), ensure_ascii=False)
        for tail in ("", AS_YAML):
            yield f"plain {word} {tail!r}", (text.replace(f'"runner_os": "{word}"', f'"runner_os": {word}') + tail).encode()
    text = json.dumps(changed(basic, ("causal_events",), []), ensure_ascii=False)
    for old, news in REPLACED:
        for new in news:
            for tail in ("", AS_YAML):
                yield f"{new} {tail!r}", (text.replace(old, new, 1) + tail).encode()
    for data in (b"", b"null", b"[]", b"a: \xe9", b"\xef\xbb\xbf" + text.encode(), b"[" * 65 + b"]" * 65, b"[" * 64 + b"]" * 64, text.encode() + b"\n---\n", b"%YAML 1.2\n---\n" + text.encode()):
        yield f"document {data[:20]!r}", data
