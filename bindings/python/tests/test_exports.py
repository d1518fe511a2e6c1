"""Receipts for other verifiers: the same bytes as in every language, and what is refused."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from attest_sdk import AsyncReceipt, Receipt, SigningKey
from attest_sdk.exceptions import AttestIOError, ConfigError, ReceiptFormatError
from served import CHECKOUT

TEXT = (CHECKOUT / "tests/vectors/receipts/basic/receipt.yaml").read_bytes()
GOLDEN = CHECKOUT / "tests/provenance/golden"
KEY = SigningKey.from_pem((GOLDEN / "key.pem").read_text())


@pytest.mark.parametrize(("written", "name"), [("intoto", "basic.intoto.jsonl"), ("sigstore", "basic.sigstore.json")])
def test_an_export_is_the_same_bytes_as_in_every_language(written: str, name: str) -> None:
    expected = (GOLDEN / name).read_text()
    assert Receipt.parse(TEXT).sign(KEY).to_dsse(GOLDEN / "workspace", KEY, format=written) == expected
    awaited = AsyncReceipt.parse(TEXT).sign(KEY).to_dsse(str(GOLDEN / "workspace"), KEY, format=written)
    assert asyncio.run(awaited) == expected


def test_the_options_are_the_statements() -> None:
    receipt = Receipt.parse(TEXT).sign(KEY)
    named = receipt.to_dsse(GOLDEN / "workspace", KEY, subjects=["./out/app"])
    assert named == (GOLDEN / "basic.intoto.jsonl").read_text()
    built = receipt.to_dsse(GOLDEN / "workspace", KEY, builder_id="https://example.com/builder")
    assert built != named


def test_what_cannot_be_exported_is_an_error_that_says_why(tmp_path: Path) -> None:
    receipt = Receipt.parse(TEXT).sign(KEY)
    workspace = GOLDEN / "workspace"
    with pytest.raises(ConfigError, match="use the key that signed the receipt"):
        receipt.to_dsse(workspace, SigningKey.generate())
    with pytest.raises(ConfigError, match="attests no"):
        receipt.to_dsse(workspace, KEY, subjects=["out/none"])
    with pytest.raises(ConfigError, match="intoto and sigstore"):
        receipt.to_dsse(workspace, KEY, format="jsonl")
    with pytest.raises(ConfigError, match="builder id"):
        receipt.to_dsse(workspace, KEY, builder_id="me")
    unsigned = receipt.to_json().replace(f'"signature":"{_signature(receipt)}"', '"signature":null')
    with pytest.raises(ReceiptFormatError, match="not signed"):
        Receipt.parse(unsigned).to_dsse(workspace, KEY)
    shutil.copytree(workspace, tmp_path, dirs_exist_ok=True)
    (tmp_path / "out/app").write_text("changed")
    with pytest.raises(AttestIOError, match="not what the receipt attests"):
        receipt.to_dsse(tmp_path, KEY)
    with pytest.raises(TypeError, match="a SigningKey"):
        receipt.to_dsse(workspace, "key")  # type: ignore[arg-type]


def _signature(receipt: Receipt) -> str:
    return receipt.to_json().split('"signature":"')[1].split('"')[0]
