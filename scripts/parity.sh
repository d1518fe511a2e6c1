#!/usr/bin/env bash
# `make parity`: the reports of every receipt vector and mutant from Rust, Python, TypeScript, Go and C, byte by byte;
# signed in each, verified in each.
set -u -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/languages.sh

prepare_python
prepare_go
prepare_typescript
prepare_c

# driver NAME COMMAND…: a program of that name which runs the command.
driver() {
    local file=$languages/parity-$1
    shift
    printf '#!/bin/sh\nexec' >"$file"
    printf " '%s'" "$@" >>"$file"
    printf ' "$@"\n' >>"$file"
    chmod +x "$file"
    echo "$file"
}

# Where one is missing the comparison says that it is skipped; with ATTEST_REQUIRE_ALL=1 it fails.
if [ -n "$python_ready" ]; then
    ATTEST_PARITY_PYTHON=$(driver python "$python_ready" "$PWD/bindings/python/tests/parity.py")
    export ATTEST_PARITY_PYTHON
fi
if [ -n "$go_ready" ]; then
    go -C bindings/go build -tags testhooks -o "$languages/parity-go" ./internal/parity || exit 1
    export ATTEST_PARITY_GO=$languages/parity-go
fi
if [ -n "$typescript_ready" ]; then
    ATTEST_PARITY_TYPESCRIPT=$(driver typescript "$(command -v node)" "$PWD/bindings/node/test/parity.mjs")
    export ATTEST_PARITY_TYPESCRIPT
fi
[ -z "$c_ready" ] || export ATTEST_PARITY_C=$c_ready/parity

# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
cargo test --locked --workspace --features attest-tests/parity --test parity -- --nocapture --test-threads=1
