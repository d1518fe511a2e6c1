#!/usr/bin/env bash
# The verifier of tests/independent, written from docs/receipt-format.md alone, on every vector: it, the vectors and the command
# say the same. Part of `make interop`. With ATTEST_BIN set, that command is asked and nothing is built.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

venv=$target/independent
wanted=tests/independent/requirements.txt

skipped() {
    echo "SKIPPED the independent verifier: $1"
    [ "${ATTEST_REQUIRE_ALL:-}" != 1 ] || exit 1
    exit 0
}

python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null ||
    skipped "no Python 3.9 or later with venv is here (apt-get install python3-venv)"

if ! cmp -s "$wanted" "$venv/installed"; then
    rm -rf "$venv"
    python3 -m venv "$venv" &&
        "$venv/bin/pip" install -q --disable-pip-version-check -r "$wanted" ||
        skipped "its libraries cannot be installed (pip says why)"
    cp "$wanted" "$venv/installed"
fi

[ -n "${ATTEST_BIN:-}" ] || cargo build --locked --workspace --bins
ATTEST_BIN=${ATTEST_BIN:-$target/debug/attest} PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" tests/independent/judge.py
