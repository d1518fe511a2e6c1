"""Pipelines and executions, against a real server."""

from __future__ import annotations

import pytest

from attest_sdk import AttestClient, Execution
from attest_sdk.exceptions import APIError, ResourceNotFound, ValidationError, WaitTimeoutError
from served import config, execute


def test_a_run_is_waited_for_and_its_receipt_verifies(client: AttestClient) -> None:
    execution = execute(client, "cat in.txt > out.txt", inputs=["in.txt"], outputs=["out.txt"])
    assert execution.wait_for_completion(timeout=60) is execution
    assert (execution.status, execution.exit_code) == ("completed", 0)
    execution.raise_for_status()
    receipt = execution.get_receipt()
    assert receipt.verify() is True
    assert receipt.hash == execution.refresh().receipt_hash
    assert receipt.report().signature_verification.key_id == receipt.key_id


def test_a_failed_run_is_a_result_and_its_receipt_is_not_valid(client: AttestClient) -> None:
    execution = execute(client, "exit 3").wait_for_completion(timeout=60)
    assert (execution.status, execution.exit_code) == ("failed", 3)
    assert execution.failure is not None
    assert execution.failure.reason == "exit_code"
    with pytest.raises(APIError, match="exited with 3"):
        execution.raise_for_status()
    receipt = execution.get_receipt()
    assert receipt.verify() is False
    report = receipt.report()
    assert report.signature_verification.trusted
    assert [violation.policy for violation in report.policy_compliance.violations] == ["require-success"]
    assert not report
    assert execution.get_receipt(allow_failed=True).verify() is True


def test_the_log_and_the_changes_come_in_order(client: AttestClient) -> None:
    execution = execute(client, "echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three")
    events = [(event.event, event.status or (event.step and event.step.status)) for event in execution.events()]
    assert events[-2:] == [("step_completed", "completed"), ("status_changed", "completed")]
    lines = list(execution.stream_logs())
    assert [line.message for line in lines] == ["one", "two", "three"]
    assert [line.stream for line in lines] == ["stdout", "stderr", "stdout"]
    assert [line.seq for line in lines] == sorted({line.seq for line in lines})
    assert lines[0].timestamp.utcoffset() is not None
    assert [line.message for line in execution.stream_logs(stream="stderr")] == ["two"]
    assert [line.message for line in execution.stream_logs(after=lines[0].seq)] == ["two", "three"]
    with pytest.raises(ValidationError) as caught:
        next(execution.stream_logs(step="another"))
    assert caught.value.details is not None
    assert caught.value.details["field"] == "step"


def test_the_time_for_a_wait_ends_nothing(client: AttestClient) -> None:
    execution = execute(client, "sleep 60")
    with pytest.raises(WaitTimeoutError) as caught:
        execution.wait_for_completion(timeout=0.2)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.last_seen is not None
    assert caught.value.last_seen.id == execution.id
    assert execution.refresh().status in {"queued", "running"}
    assert execution.cancel() is execution
    assert execution.wait_for_completion(timeout=30).status == "cancelled"


def test_every_pipeline_is_listed_once(client: AttestClient) -> None:
    made = {client.pipelines.create(name="listed", config=config("true")).id for _ in range(5)}
    assert len(made) == 5
    page = client.pipelines.list(name="listed", limit=2)
    assert (len(page.pipelines), page.total, page.has_more) == (2, 5, True)
    found = [pipeline.id for pipeline in client.pipelines.iter(name="listed", limit=2)]
    assert (len(found), set(found)) == (5, made)
    one = client.pipelines.get(found[0])
    assert (one.name, one.status, one.version) == ("listed", "active", 1)
    assert one.config is not None
    assert one.config["steps"][0]["run"] == "true"


def test_options_are_sent_as_given_and_signing_is_the_default(client: AttestClient) -> None:
    pipeline = client.pipelines.create(name="options", config=config('echo "$COLOUR in $ATTEST_ENVIRONMENT"'))
    execution = pipeline.execute(environment="staging", variables={"COLOUR": "red"}).wait_for_completion(timeout=60)
    assert execution.environment == "staging"
    assert [line.message for line in execution.stream_logs()] == ["red in staging"]
    assert execution.get_receipt().key_id is not None
    unsigned = pipeline.execute(options={"sign": False}).wait_for_completion(timeout=60)
    receipt = unsigned.get_receipt()
    assert receipt.key_id is None
    assert receipt.verify() is False


def test_executions_of_a_bulk_come_in_order_with_their_errors(client: AttestClient) -> None:
    pipeline = client.pipelines.create(name="bulk", config=config("true"))
    results = client.pipelines.bulk_execute(
        [
            {"pipeline_id": pipeline.id, "environment": "staging"},
            {"pipeline_id": "pip_unknown"},
            {"pipeline_id": pipeline.id, "options": {"cache": False}},
        ]
    )
    assert [result.index for result in results] == [0, 1, 2]
    assert isinstance(results[1].error, ResourceNotFound)
    assert results[1].execution is None
    for result in (results[0], results[2]):
        assert result.error is None
        assert isinstance(result.execution, Execution)
        assert result.execution.wait_for_completion(timeout=60).status == "completed"
    assert results[0].execution is not None
    assert results[0].execution.refresh().environment == "staging"


def test_the_cache_tells_how_much_it_helps(client: AttestClient) -> None:
    pipeline = client.pipelines.create(name="cached", config=config("date +%N > now", outputs=["now"]))
    first, second = (pipeline.execute().wait_for_completion(timeout=60) for _ in range(2))
    assert [step.cache_hit for step in (*first.steps, *second.steps)] == [False, True]
    stats = client.cache.get_stats()
    assert 0 < stats.hit_rate < 1
    assert stats.backends["local"].entries > 0


def test_what_the_server_refuses_says_where(client: AttestClient) -> None:
    with pytest.raises(ValidationError) as caught:
        client.pipelines.create(name="bad", config=config(""))
    error = caught.value
    assert (error.status, error.code) == (400, "VALIDATION_ERROR")
    assert error.details is not None
    assert error.details["field"] == "steps[0].run"
    assert error.request_id is not None
    assert error.request_id in str(error)
    with pytest.raises(ResourceNotFound) as missing:
        client.executions.get("exec_none")
    assert isinstance(missing.value, LookupError)
    assert missing.value.attempts == 1
