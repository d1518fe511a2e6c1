"""Many receipts at a time, files held against a receipt, and hashes derived again: what takes long and meets no network."""

from __future__ import annotations

import asyncio
import os
import tarfile
from pathlib import Path
from typing import List, Union

import pytest

from attest_sdk import (
    ArtifactReport,
    AsyncReceipt,
    AttestedFile,
    Receipt,
    Recomputed,
    Report,
    SigningKey,
    Verifier,
    manifest,
    recompute,
    recompute_async,
)
from attest_sdk.exceptions import AttestIOError, ConfigError, ReceiptFormatError
from served import CHECKOUT

BASIC = CHECKOUT / "tests/vectors/receipts/basic"
TEXT = (BASIC / "receipt.yaml").read_bytes()
NOW = "2030-01-01T00:00:00Z"


def _verifier() -> Verifier:
    return Verifier(trust_store=BASIC / "trust", now=NOW)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    with tarfile.open(BASIC / "workspace.tar") as archive:
        archive.extractall(tmp_path / "ws")
    return tmp_path / "ws"


def test_a_batch_gives_each_receipt_its_own_verdict_in_order() -> None:
    changed = TEXT.replace(b"exit_code: 0", b"exit_code: 1", 1)
    receipts: List[Union[Receipt, str, bytes]] = [TEXT, changed, b"{", "{}", Receipt.parse(TEXT), TEXT.decode()] * 20
    verifier = _verifier()
    results = verifier.verify_batch(iter(receipts))
    assert [bool(result) for result in results] == [True, False, False, False, True, True] * 20
    for receipt, result in zip(receipts, results):
        if result.report is not None:
            assert result.error is None
            assert result.report.to_json() == verifier.report(receipt).to_json()
        else:
            with pytest.raises(ReceiptFormatError) as alone:
                verifier.report(receipt)
            assert isinstance(result.error, ReceiptFormatError)
            assert str(result.error) == str(alone.value)
    assert verifier.verify_batch([]) == []


def test_a_batch_is_awaited_beside_the_event_loop() -> None:
    async def run() -> None:
        verifier = _verifier()
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.ensure_future(others())
        results = await verifier.verify_batch_async([TEXT] * 500)
        beside.cancel()
        assert len(results) == 500
        assert all(results)
        assert turns > 1

    asyncio.run(run())


def test_a_batch_that_is_cancelled_raises_at_once_and_leaves_the_verifier_usable() -> None:
    async def run() -> None:
        verifier = _verifier()
        task = asyncio.ensure_future(verifier.verify_batch_async([TEXT] * 20_000))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert verifier.verify_receipt(TEXT)

    asyncio.run(run())


@pytest.mark.parametrize("wrong", [TEXT, "text", 5, None, [5], [None]])
def test_a_batch_takes_a_list_of_receipts(wrong: object) -> None:
    with pytest.raises(TypeError, match="receipts"):
        _verifier().verify_batch(wrong)  # type: ignore[arg-type]


def test_a_file_is_attested_by_its_content(workspace: Path) -> None:
    verifier, app = _verifier(), workspace / "out/app"
    other = workspace / "elsewhere"
    other.write_bytes(app.read_bytes())
    link = workspace / "link"
    link.symlink_to("out/app")
    for artifact in (app, str(app), other, link, app.read_bytes(), memoryview(app.read_bytes())):
        found = verifier.verify_artifact(TEXT, artifact)  # type: ignore[arg-type]
        assert found
        assert found.attested == [AttestedFile(step="build", path="out/app")]
        assert found.report.valid
        assert found.digest.startswith("blake3:")
    awaited = asyncio.run(verifier.verify_artifact_async(Receipt.parse(TEXT), app))
    assert awaited == verifier.verify_artifact(TEXT, app)


def test_a_file_that_is_not_attested_or_a_receipt_that_is_not_believed_is_not_valid(workspace: Path) -> None:
    app = (workspace / "out/app").read_bytes()
    found = _verifier().verify_artifact(TEXT, app + b"!")
    assert not found
    assert found.attested == []
    assert isinstance(found.report, Report)
    check = next(check for check in found.report.checks if check.name == "artifacts")
    assert (check.status, check.code) == ("fail", "file_not_attested")
    stranger: ArtifactReport = Verifier(trusted_keys=[SigningKey.generate().public_key], now=NOW).verify_artifact(
        TEXT, app
    )
    assert not stranger
    assert stranger.attested


def test_what_is_no_file_is_an_error_and_is_not_waited_for(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path, reason in ((tmp_path, "directory"), (fifo, "neither a file"), (tmp_path / "absent", "absent")):
        with pytest.raises(AttestIOError, match=reason):
            _verifier().verify_artifact(TEXT, path)
    with pytest.raises(ReceiptFormatError):
        _verifier().verify_artifact(b"{", b"")


def test_hashes_are_derived_again_from_files(workspace: Path) -> None:
    receipt = Receipt.parse(TEXT)
    assert recompute(receipt, workspace) == Recomputed(status="match", detail=None)
    assert recompute(receipt, workspace, (workspace / "attest.yaml").read_text())
    (workspace / "out/app").write_text("other")
    found = asyncio.run(recompute_async(receipt, str(workspace)))
    assert not found
    assert found.status == "mismatch"
    assert "out/app" in (found.detail or "")
    (workspace / "attest.yaml").unlink()
    failed = recompute(receipt, workspace)
    assert failed.status == "failed"
    assert "attest.yaml" in (failed.detail or "")
    with pytest.raises(TypeError, match="receipt"):
        recompute(TEXT, workspace)  # type: ignore[arg-type]


def _requiring() -> Verifier:
    return Verifier(trust_store=BASIC / "trust", now=NOW, policies=["require-recompute"])


def _code(report: Report, name: str) -> str:
    return next(check.code for check in report.checks if check.name == name)


def test_a_recomputation_that_agrees_meets_require_recompute(workspace: Path) -> None:
    verifier, receipt = _requiring(), Receipt.parse(TEXT)
    without = verifier.report(receipt)
    assert [violation.code for violation in without.policy_compliance.violations] == ["not_recomputed"]
    assert not verifier.verify_receipt(receipt)
    awaited = asyncio.run(recompute_async(AsyncReceipt.parse(TEXT), workspace))
    for found in (recompute(receipt, workspace), awaited):
        for one in (receipt, AsyncReceipt.parse(TEXT), TEXT, TEXT.decode()):
            assert verifier.verify_receipt(one, recomputed=found)
            report = verifier.report(one, recomputed=found)
            assert report.valid
            assert _code(report, "recompute") == "ok"


def test_a_recomputation_that_does_not_agree_is_never_valid(workspace: Path) -> None:
    receipt = Receipt.parse(TEXT)
    (workspace / "out/app").write_text("other")
    differs = recompute(receipt, workspace)
    (workspace / "attest.yaml").unlink()
    failed = recompute(receipt, workspace)
    for found, code in ((differs, "recompute_mismatch"), (failed, "recompute_failed")):
        for verifier in (_verifier(), _requiring()):
            for one in (receipt, TEXT):
                assert not verifier.verify_receipt(one, recomputed=found)
                report = verifier.report(one, recomputed=found)
                assert _code(report, "recompute") == code
                assert found.detail in [check.detail for check in report.checks]
        violations = _requiring().report(receipt, recomputed=found).policy_compliance.violations
        assert [violation.code for violation in violations] == ["not_recomputed"]


def test_every_file_at_hand_has_to_be_attested(workspace: Path) -> None:
    app = manifest.digest((workspace / "out/app").read_bytes())
    receipt, found = Receipt.parse(TEXT), recompute(Receipt.parse(TEXT), workspace)
    report = _requiring().report(receipt, recomputed=found, files={"dist/app": app})
    assert report.valid
    assert _code(report, "artifacts") == "ok"
    other = {"dist/app": app, "dist/other": manifest.digest(b"other")}
    assert _code(_verifier().report(TEXT, files=other), "artifacts") == "file_not_attested"
    assert not _verifier().verify_receipt(receipt, files=other)


@pytest.mark.parametrize("wrong", [True, "match", {"status": "match"}, recompute, ("match", None)])
def test_a_recomputation_is_what_recompute_gives(wrong: object) -> None:
    for judge in (_verifier().report, _verifier().verify_receipt):
        with pytest.raises(TypeError, match="recomputed: pass a Recomputed"):
            judge(TEXT, recomputed=wrong)  # type: ignore[arg-type]


def test_evidence_that_cannot_be_used_is_named() -> None:
    verifier = _verifier()
    with pytest.raises(ConfigError, match=r"recomputed\.status"):
        verifier.report(TEXT, recomputed=Recomputed("matched"))
    with pytest.raises(TypeError, match=r"recomputed\.status"):
        verifier.report(TEXT, recomputed=Recomputed(True))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="dist/app"):
        verifier.verify_receipt(TEXT, files={"dist/app": "5d41402abc4b2a76b9719d911017c592"})
    for files in (["dist/app"], {"dist/app": None}, {"dist/app": b"x"}, "dist/app"):
        with pytest.raises(TypeError, match="files"):
            verifier.report(TEXT, files=files)  # type: ignore[arg-type]
