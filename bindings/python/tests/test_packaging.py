"""The package as its users get it: installed by pip into an empty virtual environment, from the checkout and from the sdist.

Built without optimisation, so that it shares the builds of the tests; `scripts/python.sh` makes the wheel for use.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from typing import Dict

import pytest

from served import CHECKOUT, Server

PACKAGE = CHECKOUT / "bindings/python"


def _environment() -> Dict[str, str]:
    """That of a user, but for the build profile and directory."""
    ours = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    target = os.environ.get("CARGO_TARGET_DIR", str(CHECKOUT / "target"))
    return {**kept, "MATURIN_PEP517_ARGS": "--profile dev", "CARGO_TARGET_DIR": target}


def _run(*command: object, **variables: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env={**_environment(), **variables},
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an empty environment in which `pip install ./bindings/python` ran."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    _run(folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE)
    return folder / "bin/python"


def test_the_wheel_is_for_every_cpython_from_3_9(installed: Path) -> None:
    program = "from importlib.metadata import distribution; print(distribution('attest-sdk').read_text('WHEEL'))"
    assert re.search(r"^Tag: cp39-abi3-\S*linux\S*$", _run(installed, "-c", program), re.MULTILINE)
    program = "from importlib.metadata import files; print(*files('attest-sdk'), sep='\\n')"
    files = set(_run(installed, "-c", program).split())
    assert {"attest/py.typed", "attest_sdk/py.typed", "attest_sdk/_native.pyi", "attest_sdk/_native.abi3.so"} <= files
    assert not [file for file in files if "test" in file.replace("attest", "")]


def test_nothing_of_the_tests_is_in_it(installed: Path) -> None:
    program = "from attest_sdk import _native; print(*dir(_native))"
    names = _run(installed, "-c", program).split()
    assert "Client" in names
    assert {"live_handles", "panic_at_once", "panic_later"} & set(names) == set()


def test_the_quickstart_of_the_readme_runs_as_printed(installed: Path, server: Server) -> None:
    readme = (PACKAGE / "README.md").read_text()
    program = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert program is not None
    output = _run(installed, "-c", program.group(1), ATTEST_BASE_URL=server.url, ATTEST_API_KEY=server.key)
    assert output == "True\n"


def test_the_sdist_holds_what_its_build_needs(tmp_path: Path) -> None:
    _run(Path(sys.executable).parent / "maturin", "sdist", "--manifest-path", PACKAGE / "Cargo.toml", "--out", tmp_path)
    (archive,) = tmp_path.glob("attest_sdk-*.tar.gz")
    with tarfile.open(archive) as packed:
        names = {name.split("/", 1)[1] for name in packed.getnames() if "/" in name}
        packed.extractall(tmp_path)
    assert {"pyproject.toml", "Cargo.lock", "bindings/support/Cargo.toml", "attest-core/Cargo.toml"} <= names
    assert {"python/attest_sdk/_native.pyi", "python/attest/py.typed", "README.md"} <= names
    (manifest,) = tmp_path.glob("attest_sdk-*/Cargo.toml")
    assert "attest-python" in _run(
        "cargo", "metadata", "--offline", "--format-version", "1", "--manifest-path", manifest
    )
