"""Signatures on which Ed25519 libraries disagree, each over the canonical bytes of a receipt, judged by libsodium.

    python generate.py [--check]

Writes dividing.json beside this file, always the same one; with --check it compares instead. It needs PyNaCl, which
carries libsodium. The arithmetic is RFC 8032's, slow and plain; nothing here is for signing anything real.
"""

import hashlib
import json
import pathlib
import sys

import nacl.bindings
import nacl.exceptions

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
IDENTITY = (0, 1)
HERE = pathlib.Path(__file__).parent
TEMPLATE = (
    '{"schema_version":3,"pipeline_hash":"%s","steps":[{"name":"build","input_hash":"%s","output_hash":"%s",'
    '"duration_secs":1,"exit_code":0,"cache_hit":false,"stdout":"NONCE","stderr":""}],'
    '"timestamp":"2026-11-24T12:00:00Z","total_duration_secs":1,"signature":null,"signer_public_key":null,'
    '"attest_version":"0.1.0","causal_events":[],"causal_chain_hash":null}'
) % ("1" * 64, "2" * 64, "3" * 64)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + y1 * x2) * pow(1 + k, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P,
    )


def times(n, point):
    sum = IDENTITY
    while n:
        if n & 1:
            sum = add(sum, point)
        point = add(point, point)
        n >>= 1
    return sum


def negative(point):
    return (-point[0] % P, point[1])


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decode(raw):
    """The point of an encoding, canonical or not; None where there is none."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, (number & 2**255 - 1) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    # A zero with a sign is taken for zero, as lax readers do.
    return (-x % P if x & 1 != sign else x, y)


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def number(raw):
    return int.from_bytes(raw, "little")


def challenge(r, a, message):
    return number(hashlib.sha512(r + a + message).digest()) % L


class Stream:
    """Bytes that are the same for ever."""

    def __init__(self, label):
        self.label, self.count = label, 0

    def bytes(self, length):
        self.count += 1
        return hashlib.shake_256(f"{self.label} {self.count}".encode()).digest(length)

    def scalar(self):
        return number(self.bytes(64)) % L

    def below(self, bound):
        return number(self.bytes(8)) % bound


def torsion():
    """The eight points of small order; the one at index n is n times the one at index 1."""
    stream = Stream("torsion")
    while True:
        point = decode(stream.bytes(32))
        point = point and times(L, point)
        if point and times(4, point) != IDENTITY:
            return [times(n, point) for n in range(8)]


TORSION = torsion()


def odd_encodings():
    """Every encoding of a point of small order that is not its one encoding: y + p, or a sign on x = 0."""
    for index, (x, y) in enumerate(TORSION):
        for raised in (0, P):
            for sign in (0, 1):
                if y + raised >= 2**255:
                    continue
                raw = (y + raised | sign << 255).to_bytes(32, "little")
                if decode(raw) == (x, y) and raw != encode((x, y)):
                    yield index, raw


class Key:
    def __init__(self, stream, twist=0):
        self.secret = stream.scalar()
        self.point = add(times(self.secret, BASE), TORSION[twist])
        self.raw = encode(self.point)


def craft(stream, case, fits=lambda r, k: True, a=None, secret=0, r_of=None):
    """A signature whose S is r + k * secret, for an R that `r_of` makes of r, once the challenge k `fits`."""
    while True:
        nonce = stream.bytes(8).hex()
        message = TEMPLATE.replace("NONCE", nonce).encode()
        r = stream.scalar()
        raw = r_of(r) if r_of else encode(times(r, BASE))
        k = challenge(raw, a, message)
        if fits(raw, k):
            s = (r + k * secret) % L
            return dict(case=case, nonce=nonce, public_key=a, r=raw, s=s)


def cases():
    stream = Stream("attest dividing signatures 1")
    key = Key(stream)

    def rb(r):
        return encode(times(r, BASE))

    def honest():
        return craft(stream, "honest", a=key.raw, secret=key.secret)

    for _ in range(4):
        yield honest()
    # One signature with every multiple of the order that fits in 256 bits added to S, and bits above.
    for times_l in range(1, 16):
        case = honest()
        yield {**case, "case": f"s plus {times_l} l", "s": case["s"] + times_l * L}
    for bit in (253, 254, 255):
        case = honest()
        yield {**case, "case": f"s with bit {bit}", "s": case["s"] | 1 << bit}
    for s in (0, 1, L - 1, L, L + 1, 2**252, 2**256 - 1):
        yield {**honest(), "case": f"s of {hex(s)}", "s": s}
    # R of small order, in every encoding, under an honest key: where R is the identity the equation holds.
    every = [(n, encode(point)) for n, point in enumerate(TORSION)] + list(odd_encodings())
    for n, raw in every:
        kind = "canonical" if raw == encode(TORSION[n]) else "non-canonical"
        for fitting in (True, False):
            case = craft(stream, f"r {kind} of small order {n}", a=key.raw, r_of=lambda _: raw)
            k = challenge(raw, key.raw, TEMPLATE.replace("NONCE", case["nonce"]).encode())
            yield {**case, "s": k * key.secret % L if fitting else case["s"]}
    # Torsion added to R: only the equation with the cofactor holds.
    for n in range(1, 8):
        yield craft(
            stream, f"r plus torsion {n}", a=key.raw, secret=key.secret,
            r_of=lambda r: encode(add(times(r, BASE), TORSION[n])),
        )
    # Torsion added to A: both hold where the challenge is a multiple of 8, else the one with the cofactor alone.
    for n in range(1, 8):
        twisted = Key(stream, n)
        order = next(m for m in (1, 2, 4, 8) if times(m, TORSION[n]) == IDENTITY)
        for _ in range(2):
            yield craft(stream, f"a plus torsion {n}, k vanishes", lambda _, k: k % order == 0, twisted.raw, twisted.secret)
            yield craft(stream, f"a plus torsion {n}, k stays", lambda _, k: k % order != 0, twisted.raw, twisted.secret)
        # Mixed: both have torsion, and it cancels, so that the equation holds without the cofactor.
        for m in range(1, 8):
            cancels = lambda _, k: add(TORSION[m], times(k % 8, TORSION[n])) == IDENTITY
            if any(add(TORSION[m], times(k, TORSION[n])) == IDENTITY for k in range(8)):
                yield craft(
                    stream, f"mixed: a plus {n}, r plus {m}, cancelled", cancels, twisted.raw, twisted.secret,
                    lambda r: encode(add(times(r, BASE), TORSION[m])),
                )
        m = 1 + stream.below(7)
        yield craft(
            stream, f"mixed: a plus {n}, r plus {m}, left", lambda _, k: add(TORSION[m], times(k % 8, TORSION[n])) != IDENTITY,
            twisted.raw, twisted.secret, lambda r: encode(add(times(r, BASE), TORSION[m])),
        )
        # R is of small order too, and S is for it.
        case = craft(stream, f"mixed: a plus {n}, r identity", lambda _, k: k % 8 == 0, twisted.raw, r_of=lambda _: encode(IDENTITY))
        k = challenge(case["r"], twisted.raw, TEMPLATE.replace("NONCE", case["nonce"]).encode())
        yield {**case, "s": k * twisted.secret % L}
    # A of small order, in every encoding: anyone can sign under it.
    for n, raw in every:
        kind = "canonical" if raw == encode(TORSION[n]) else "non-canonical"
        vanishes = lambda _, k: times(k % 8, TORSION[n]) == IDENTITY
        yield craft(stream, f"a {kind} of small order {n}, k vanishes", vanishes, raw, r_of=rb)
        if n:
            yield craft(stream, f"a {kind} of small order {n}, k stays", lambda _, k: not vanishes(_, k), raw)
        case = craft(stream, f"a {kind} and r of small order {n}", vanishes, raw, r_of=lambda _: encode(IDENTITY))
        yield {**case, "s": 0}
        case = craft(stream, f"a {kind} of small order {n}, r of another", a=raw, r_of=lambda _: encode(TORSION[(n + 3) % 8]))
        yield {**case, "s": 0}
    # Encodings of no point, and of points that are encoded oddly but are not of small order (nobody can sign for those).
    for y in [2, 7, P + 2, P + 3, P + 4, P + 5, P + 6, P + 9, P + 10, P + 14, P + 15, P + 16, P + 18]:
        for sign in (0, 1):
            raw = (y | sign << 255).to_bytes(32, "little")
            what = "no point" if decode(raw) is None else "non-canonical point" if y >= P else "point"
            yield craft(stream, f"a {what} {hex(y)}", a=raw)
            yield {**honest(), "case": f"r {what} {hex(y)}", "r": raw}
    # Random ones: half honest, under keys of their own, half with one random bit of signature or key turned.
    for index in range(120):
        own = Key(stream) if index % 12 == 0 else own
        case = craft(stream, "random honest", a=own.raw, secret=own.secret)
        if index % 2:
            raw = bytearray(case["r"] + case["s"].to_bytes(32, "little") + case["public_key"])
            bit = stream.below(8 * 64 if index % 12 else 8 * 96)
            raw[bit // 8] ^= 1 << bit % 8
            case.update(case=f"random with bit {bit} turned", r=bytes(raw[:32]), s=number(raw[32:64]), public_key=bytes(raw[64:]))
        yield case


def judged(case):
    message = TEMPLATE.replace("NONCE", case["nonce"]).encode()
    a, r, s = case["public_key"], case["r"], case["s"]
    signature = r + s.to_bytes(32, "little")
    try:
        nacl.bindings.crypto_sign_open(signature + message, a)
        libsodium = True
    except nacl.exceptions.BadSignatureError:
        libsodium = False
    # What a library says that asks nothing of the encodings, and reduces S.
    points = decode(a), decode(r)
    holds = {"cofactorless": False, "cofactored": False}
    if None not in points:
        left = times(s % L, BASE)
        difference = add(left, negative(add(points[1], times(challenge(r, a, message), points[0]))))
        holds = {"cofactorless": difference == IDENTITY, "cofactored": times(8, difference) == IDENTITY}
    return {
        "case": case["case"], "nonce": case["nonce"], "public_key": a.hex(), "signature": signature.hex(),
        **holds, "libsodium": libsodium,
    }


def main():
    all = [judged(case) for case in cases()]
    text = '{"judge": "libsodium of PyNaCl %s", "template": %s, "cases": [\n' % (nacl.__version__, json.dumps(TEMPLATE))
    text += ",\n".join(json.dumps(case) for case in all) + "\n]}\n"
    file = HERE / "dividing.json"
    if "--check" in sys.argv[1:]:
        if file.read_text() != text:
            sys.exit(f"{file.name} is not what libsodium says today: run generate.py without --check and look at the difference")
    else:
        file.write_text(text)
    lax = sum(case["cofactored"] and not case["libsodium"] for case in all)
    accepted = sum(case["libsodium"] for case in all)
    print(f"{len(all)} signatures: libsodium accepts {accepted}, and refuses {lax} that the laxest would accept")


main()
