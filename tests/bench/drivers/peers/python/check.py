"""Verifies receipts by other libraries, as a peer of `make bench`. LIBRARY is `cryptography` or `securesystemslib`.

    check.py LIBRARY versions                   what is used, in one line
    check.py LIBRARY check KEY RECEIPT...       for each its hash, or `refused`; KEY is the only one that is trusted
    check.py LIBRARY time KEY RECEIPT SECONDS   nanoseconds of one verification: the median of rounds, for as long as that
"""

import platform
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

from blake3 import blake3
from receipt import read

CALLS = 50


def by_cryptography(key):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(key)
    return lambda signed, signature: public.verify(signature, signed)


def by_securesystemslib(key):
    """Over the receipt's own bytes: a DSSE envelope would be another document, with less in it."""
    from securesystemslib.signer import Signature, SSlibKey

    public = SSlibKey("pinned", "ed25519", "ed25519", {"public": key.hex()})
    return lambda signed, signature: public.verify_signature(Signature("pinned", signature.hex()), signed)


LIBRARIES = {
    "cryptography": (by_cryptography, ["cryptography"]),
    # With cryptography there, which it verifies by; without, in Python alone.
    "securesystemslib": (by_securesystemslib, ["securesystemslib", "cryptography"]),
}


def verifier(library, key):
    """A function from a receipt's text to its hash; it raises where the receipt is refused."""
    pinned = bytes.fromhex(key.removeprefix("ed25519:"))
    holds = LIBRARIES[library][0](pinned)

    def verify(text):
        signed, signature, signer = read(text)
        if signer != pinned:
            raise ValueError("another key")
        holds(signed, signature)
        return "blake3:" + blake3(signed).hexdigest()

    return verify


def verdict(verify, text):
    try:
        return verify(text)
    except Exception:  # whatever it meets in a changed document, it is no valid receipt
        return "refused"


def median(verify, text, seconds):
    runs, end = [], time.monotonic() + seconds
    while not runs or time.monotonic() < end:
        start = time.perf_counter_ns()
        for _ in range(CALLS):
            verify(text)
        runs.append((time.perf_counter_ns() - start) / CALLS)
    return round(statistics.median(runs))


def main(library, work, *arguments):
    if work == "versions":
        used = [f"{name} {version(name)}" for name in [*LIBRARIES[library][1], "blake3"]]
        print(", ".join(["json", *used, f"Python {platform.python_version()}"]))
    elif work == "check":
        key, *receipts = arguments
        verify = verifier(library, key)
        for path in receipts:
            print(verdict(verify, Path(path).read_bytes()))
    elif work == "time":
        key, path, seconds = arguments
        print(median(verifier(library, key), Path(path).read_bytes(), float(seconds)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
