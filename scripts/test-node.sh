#!/usr/bin/env bash
# The tests and lints of bindings/node, against a real server: ATTEST_BIN, or the debug build.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/node-here.sh

if [ -z "${ATTEST_BIN:-}" ]; then
    cargo build --locked --workspace --bins
    export ATTEST_BIN=$target/debug/attest
fi

# The native module with the hooks of the tests; `make node` puts the released one in its place again.
export ATTEST_NODE_PROFILE=dev ATTEST_NODE_FEATURES=test-hooks
# The panics that tests ask for are long enough without.
export RUST_BACKTRACE=0
cd bindings/node
npm ci --no-audit --no-fund
npm run --silent lint
npm test --silent
# Afterwards, since it builds the package anew under the feet of whoever uses it.
npm run --silent test:install
