#!/usr/bin/env bash
# The Python package: lints, types, and its tests against a real server. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/python-venv.sh

code=0
python_venv "the tests of the Python package" || code=$?
[ "$code" -eq 0 ] || exit "$((code - 1))"

# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
[ -n "${ATTEST_BIN:-}" ] || cargo build --quiet --locked --workspace --bins
export ATTEST_BIN=${ATTEST_BIN:-$target/debug/attest}
(cd bindings/python && maturin develop --quiet --locked --features test-hooks)

cd bindings/python
ruff format --check .
ruff check .
ruff format --check ../../examples/python
ruff check --ignore D1,T20 ../../examples/python
mypy python tests
mypy ../../examples/python/*.py
python -m mypy.stubtest attest_sdk._native --allowlist tests/stubtest-allowlist.txt
python -m pytest "$@"
