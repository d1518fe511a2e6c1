#!/usr/bin/env bash
# `make provenance`: receipts of real runs, exported and judged by securesystemslib, in-toto-attestation and sigstore (PyPI)
# and by cosign. The judges are installed once, and kept.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

cosign_version=v3.1.3
judges=$target/provenance

skipped() {
    echo "SKIPPED the judges of exported receipts: $1"
    [ "${ATTEST_REQUIRE_ALL:-}" != 1 ] || exit 1
    exit 0
}

command -v go >/dev/null || skipped "Go is not here, which builds cosign (https://go.dev/dl)"
python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null ||
    skipped "no Python 3.10 or later with venv is here (apt-get install python3-venv)"

if ! cmp -s tests/provenance/requirements.txt "$judges/venv/installed"; then
    rm -rf "$judges/venv"
    python3 -m venv "$judges/venv" &&
        "$judges/venv/bin/pip" install -q --disable-pip-version-check -r tests/provenance/requirements.txt ||
        skipped "the Python judges cannot be installed (pip says why)"
    cp tests/provenance/requirements.txt "$judges/venv/installed"
fi
if ! "$judges/bin/cosign" version 2>/dev/null | grep -qx "GitVersion: *$cosign_version"; then
    echo "Building cosign $cosign_version (some minutes, once)."
    GOBIN=$judges/bin go install "github.com/sigstore/cosign/v3/cmd/cosign@$cosign_version" ||
        skipped "cosign cannot be built (go says why)"
fi

cargo build --locked --workspace --bins
ATTEST_BIN=$target/debug/attest COSIGN_BIN=$judges/bin/cosign PYTHONDONTWRITEBYTECODE=1 \
    "$judges/venv/bin/python" tests/provenance/test_exports.py
