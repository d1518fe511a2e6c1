#!/usr/bin/env bash
# The signatures of tests/vectors/ed25519/dividing.json, made again and judged again by libsodium. PyNaCl, which carries
# it, is installed into a virtual environment of its own, and kept.
set -eu -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

version=1.6.2
venv=$target/ed25519-venv
if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    echo "SKIPPED ed25519: no Python 3.9 or later with venv is here (apt-get install python3-venv)"
    [ "${ATTEST_REQUIRE_ALL:-}" != 1 ]
    exit
fi
if ! "$venv/bin/python" -c "import nacl, sys; sys.exit(nacl.__version__ != '$version')" 2>/dev/null; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check "pynacl==$version"
fi
"$venv/bin/python" tests/vectors/ed25519/generate.py --check
