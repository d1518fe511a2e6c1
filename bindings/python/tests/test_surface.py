"""The public API against the one table, both ways: tests/conformance/README.md has the rules."""

from __future__ import annotations

import dataclasses
import inspect
import json
import types
from typing import Any, Dict, List, Set, Tuple, get_type_hints

import pytest

import attest_sdk
from served import CHECKOUT

CONFORMANCE = CHECKOUT / "tests/conformance"
TABLE = json.loads((CONFORMANCE / "api.json").read_text())
BESIDE = set(json.loads((CONFORMANCE / "public/python.json").read_text())["names"])
ROWS: List[Dict[str, Any]] = [*TABLE["operations"], *TABLE["errors"], *TABLE["models"]]
OPTIONS: List[Dict[str, Any]] = [*TABLE["client_options"], *TABLE["call_options"]]


def named(rows: List[Dict[str, Any]], state: str) -> List[Tuple[Dict[str, Any], str]]:
    """Each row of that state with each of its names."""
    return [(row, name) for row in rows if row["python"][0] == state for name in row["python"][1:]]


def find(name: str) -> object:
    """What a name of the table stands for; fields that are only annotated count."""
    found: object = attest_sdk
    *path, last = name.split(".")
    for part in path:
        found = getattr(found, part)
    if isinstance(found, type) and last in members(found):
        return getattr(found, last, last)
    return getattr(found, last)


def exists(name: str) -> bool:
    try:
        find(name)
    except AttributeError:
        return False
    return True


def members(public: type) -> Set[str]:
    """The public members of a class: its own and those of its private bases, fields and attributes of instances included."""
    if issubclass(public, dict):
        return set(get_type_hints(public))
    ours = [base for base in public.__mro__ if base.__module__.startswith("attest_sdk")]
    found = {name for base in ours for name in vars(base)}
    if dataclasses.is_dataclass(public):
        found |= {field.name for field in dataclasses.fields(public)}
    if issubclass(public, BaseException):
        found |= set(vars(public()))
    return {name for name in found if not name.startswith("_")}


def public_names() -> Set[str]:
    """Everything that is public."""
    names: Set[str] = set()
    for name in attest_sdk.__all__:
        found = getattr(attest_sdk, name)
        names.add(name)
        if isinstance(found, types.ModuleType):
            names |= {f"{name}.{one}" for one in found.__all__ if one not in attest_sdk.__all__}
        elif isinstance(found, type):
            inherited = {
                one for base in found.__mro__[1:] if base.__name__ in attest_sdk.__all__ for one in members(base)
            }
            names |= {f"{name}.{member}" for member in members(found) - inherited}
    return names


def expected_names() -> Set[str]:
    """What the table says is public."""
    names = {name for _, name in named(ROWS, "built")}
    for row, name in named(TABLE["models"], "built"):
        names |= {f"{name}.{field}" for field in row["fields"] if exists(f"{name}.{field}")}
    return names


@pytest.mark.parametrize(("row", "name"), named(ROWS, "built"))
def test_what_is_built_exists(row: Dict[str, Any], name: str) -> None:
    assert exists(name), f"{name} is in the table as built"


@pytest.mark.parametrize(("row", "name"), named(ROWS, "later"))
def test_what_comes_later_does_not(row: Dict[str, Any], name: str) -> None:
    assert not exists(name), f"{name} exists: say so in the table"


def test_nothing_is_public_beside_the_table() -> None:
    public, expected = public_names(), expected_names()
    assert public - expected - BESIDE == set(), "add them to api.json, or on purpose to public/python.json"
    assert BESIDE - public == set(), "public/python.json has names that are not there"
    assert BESIDE & expected == set(), "public/python.json repeats the table"


@pytest.mark.parametrize(
    ("row", "name"), [one for one in named(TABLE["models"], "built") if one[1] != "ExecuteOptions"]
)
def test_a_model_has_its_fields(row: Dict[str, Any], name: str) -> None:
    missing = [field for field in row["fields"] if not exists(f"{name}.{field}")]
    assert missing == []


def test_the_options_of_an_execution_are_what_execute_takes() -> None:
    row = next(row for row in TABLE["models"] if row["model"] == "ExecuteOptions")
    taken = parameters("Pipelines.execute") - {"pipeline_id", "options"} | members(attest_sdk.ExecuteOptions)
    assert taken == set(row["fields"])


@pytest.mark.parametrize(("row", "name"), [one for one in named(TABLE["operations"], "built") if one[0].get("options")])
def test_an_operation_takes_the_options_of_the_table(row: Dict[str, Any], name: str) -> None:
    options = {option["name"].split(".")[0] for option in row["options"]}
    if row["operation"] == "pipelines.bulk_execute":
        assert members(attest_sdk.ExecuteRequest) == options
    else:
        assert parameters(name) - {"pipeline_id", "receipt"} == options


def parameters(name: str) -> Set[str]:
    found = find(name)
    return set(inspect.signature(found).parameters) - {"self"}  # type: ignore[arg-type]


@pytest.mark.parametrize("client", [attest_sdk.AttestClient, attest_sdk.AsyncAttestClient])
def test_a_client_takes_the_options_of_the_table(client: type) -> None:
    assert set(inspect.signature(client).parameters) == {name for _, name in named(TABLE["client_options"], "built")}


def test_no_call_takes_an_option_that_comes_later() -> None:
    later = {name for _, name in named(OPTIONS, "later")}
    taken = {
        option
        for _, name in named(TABLE["operations"], "built")
        if callable(find(name)) and row_of(name) != "execution.wait_for_completion"
        for option in parameters(name)
    }
    assert taken & later - {"headers"} == set()


def row_of(name: str) -> str:
    return next(str(row["operation"]) for row, one in named(TABLE["operations"], "built") if one == name)


def test_awaited_classes_have_what_their_twins_have() -> None:
    for name in attest_sdk.__all__:
        if name.startswith("Async"):
            twin = getattr(attest_sdk, name.replace("Async", "", 1))
            assert members(getattr(attest_sdk, name)) == members(twin), name
            for member in members(twin):
                ours, theirs = getattr(getattr(attest_sdk, name), member, None), getattr(twin, member, None)
                if inspect.isfunction(theirs):
                    assert ours is not None
                    assert inspect.signature(ours).parameters == inspect.signature(theirs).parameters, (
                        f"{name}.{member}"
                    )


def test_everything_public_is_documented() -> None:
    for name in public_names():
        found = find(name)
        if callable(found) or isinstance(found, property):
            assert inspect.getdoc(found), f"{name} has no documentation"
