#!/usr/bin/env bash
# The wheel of the Python package, for CPython 3.9 and later (release; takes some minutes): target/wheels/*.whl.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/python-venv.sh

code=0
python_venv "the Python wheel" || code=$?
[ "$code" -eq 0 ] || exit "$((code - 1))"

mkdir -p "$target/wheels"
rm -f "$target"/wheels/attest_sdk-*.whl
maturin build --quiet --release --locked --manifest-path bindings/python/Cargo.toml --out "$target/wheels"
ls -l "$target"/wheels/attest_sdk-*.whl
