"""Receipts, verifiers, keys, hashing and webhooks: nothing here touches the network."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Optional, Union

import pytest

from attest_sdk import Receipt, Report, SigningKey, Verifier, manifest
from attest_sdk.exceptions import AttestIOError, ConfigError, KeyFormatError, ReceiptFormatError
from attest_sdk.webhooks import verify_webhook
from served import CHECKOUT

VECTORS = CHECKOUT / "tests/vectors/receipts"
TEXT = (VECTORS / "basic/receipt.yaml").read_bytes()
NOW = "2030-01-01T00:00:00Z"


def _verifier(key: SigningKey, **options: object) -> Verifier:
    return Verifier(trusted_keys=[key.public_key], now=NOW, **options)  # type: ignore[arg-type]


def test_a_receipt_is_read_written_and_told_apart() -> None:
    receipt = Receipt.parse(TEXT)
    assert receipt == Receipt.parse(TEXT.decode())
    assert receipt.hash == Receipt.parse(receipt.to_json()).hash == Receipt.parse(receipt.to_yaml()).hash
    assert len({receipt, Receipt.parse(TEXT)}) == 1
    assert receipt.hash in repr(receipt)
    assert receipt.server_verification is None
    assert json.loads(receipt.to_json())["steps"]


def test_a_receipt_without_a_verifier_says_what_to_pass() -> None:
    for call in (Receipt.parse(TEXT).verify, Receipt.parse(TEXT).report):
        with pytest.raises(ConfigError, match="build a Verifier with the keys you trust, and give it the receipt"):
            call()


def test_what_is_signed_here_is_verified_here_by_that_key_alone() -> None:
    key, other = SigningKey.generate(), SigningKey.generate()
    signed = Receipt.parse(TEXT).sign(key)
    assert signed.key_id == key.key_id
    verifier = _verifier(key)
    for form in (signed, signed.to_json(), signed.to_yaml().encode(), bytearray(signed.to_json(), "utf-8")):
        assert verifier.verify_receipt(form) is True  # type: ignore[arg-type]
    assert _verifier(other).verify_receipt(signed) is False
    assert Verifier(trusted_keys=[], now=NOW).verify_receipt(signed) is False
    changed = signed.to_json().replace('"exit_code":0', '"exit_code":1')
    assert changed != signed.to_json()
    assert verifier.verify_receipt(changed) is False


def test_a_report_says_why_and_keeps_its_text() -> None:
    key = SigningKey.generate()
    signed = Receipt.parse(TEXT).sign(key)
    report = Verifier(
        trusted_keys=[{"public_key": key.public_key, "signer": "ci@example.com"}],
        policies=["max-age-1h"],
        expect={"invocation_id": "exec_another"},
        now=datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=2))),
    ).report(signed)
    assert isinstance(report, Report)
    assert not report
    assert report.signature_verification.signer == "ci@example.com"
    assert {check.name for check in report.checks if check.status == "fail"} == {"binding", "policy"}
    assert [violation.policy for violation in report.policy_compliance.violations] == ["max-age-1h"]
    assert report.trust_material.state == "given"
    assert json.loads(report.to_json())["valid"] is False
    assert report.to_json() == _copied(report).to_json()
    assert _verifier(key).report(signed)


def test_what_nothing_can_be_said_about_is_an_error_with_its_position() -> None:
    with pytest.raises(ReceiptFormatError, match=r"^2:1: not readable as JSON or YAML"):
        Verifier().report("steps: [\n")
    with pytest.raises(ReceiptFormatError):
        Receipt.parse(b"\xff\xfe")


def test_every_vector_has_a_verdict_or_an_error() -> None:
    trusted = Verifier(trust_store=VECTORS / "weird/trust", now=NOW)
    assert trusted.verify_receipt((VECTORS / "weird/receipt.yaml").read_bytes())
    found = 0
    for file in sorted((VECTORS / "mutants-weird").glob("*.yaml")):
        try:
            report = trusted.report(file.read_bytes())
        except ReceiptFormatError:
            continue
        found += 1
        assert trusted.verify_receipt(file.read_bytes()) is report.valid
        assert report.receipt_hash is None or report.receipt_hash.startswith("blake3:")
    assert found > 30


def _copied(value: object) -> Report:
    copy = pickle.loads(pickle.dumps(value))
    assert copy == value
    assert isinstance(copy, Report)
    return copy


def test_a_receipt_and_a_verifier_travel_a_key_does_not() -> None:
    key = SigningKey.generate()
    signed = Receipt.parse(TEXT).sign(key)
    verifier = pickle.loads(pickle.dumps(_verifier(key)))
    assert verifier.verify_receipt(pickle.loads(pickle.dumps(signed))) is True
    with pytest.raises(TypeError, match="a SigningKey is a secret"):
        pickle.dumps(key)


def test_a_key_shows_its_secret_by_name_alone() -> None:
    key = SigningKey.generate()
    again = SigningKey.from_pem(key.to_pem())
    assert (again.public_key, again.key_id) == (key.public_key, key.key_id)
    secret = key.to_pem().splitlines()[1]
    assert secret not in repr(key)
    with pytest.raises(KeyFormatError) as caught:
        SigningKey.from_pem(key.to_pem().replace("BEGIN", "BEGUN"))
    assert secret not in str(caught.value)
    with pytest.raises(TypeError, match=r"SigningKey\.generate"):
        SigningKey()


def test_files_are_hashed_as_the_server_hashes_them(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.txt").write_text("a")
    inputs = manifest.hash_inputs(tmp_path, "make", ["src/"])
    assert inputs.text.startswith("attest-manifest/v1\n")
    assert inputs.digest == manifest.digest(inputs.text.encode())
    assert manifest.hash_inputs(str(tmp_path), "make all", ["src/"]).digest != inputs.digest
    assert manifest.hash_outputs(tmp_path, ["src/a.txt"]).digest != inputs.digest
    with pytest.raises(AttestIOError, match="nowhere") as caught:
        manifest.hash_inputs(tmp_path, "make", ["nowhere"])
    assert isinstance(caught.value, OSError)


def test_the_digest_of_bytes_is_blake3() -> None:
    empty = "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    for data in (b"", bytearray(), memoryview(b"")):
        assert manifest.digest(data) == empty


BODY = b'{"event":"execution.completed"}'
HEADER = "sha256=" + hmac.new(b"secret", BODY, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("payload", "signature", "secret", "valid"),
    [
        (BODY, HEADER, "secret", True),
        (BODY.decode(), HEADER.encode(), b"secret", True),
        (BODY + b" ", HEADER, "secret", False),
        (BODY, HEADER, "another", False),
        (BODY, HEADER[7:], "secret", False),
        (BODY, None, "secret", False),
        (BODY, "", "secret", False),
        (BODY, "sha256=é", "secret", False),
        (BODY, b"\xff", "secret", False),
        (BODY, "\ud800", "secret", False),
        ("\ud800", HEADER, "secret", False),
    ],
)
def test_a_webhook_is_verified_and_never_raises(
    payload: Union[str, bytes], signature: Optional[Union[str, bytes]], secret: Union[str, bytes], valid: bool
) -> None:
    assert verify_webhook(payload, signature, secret) is valid


def test_a_webhook_that_was_parsed_already_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="payload: pass the raw body as bytes or str, not dict"):
        verify_webhook({"event": "execution.completed"}, HEADER, "secret")  # type: ignore[arg-type]
