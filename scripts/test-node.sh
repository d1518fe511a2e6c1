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

# The native module with the hooks of the tests. None is left for an `npm install` of this folder to take for a released
# one: what was here before is here again afterwards.
before=$(mktemp -d)
[ ! -d bindings/node/native ] || cp -a bindings/node/native "$before"
here=$PWD
put_back() {
    rm -rf "$here/bindings/node/native"
    [ ! -d "$before/native" ] || cp -a "$before/native" "$here/bindings/node"
    rm -rf "$before"
}
trap put_back EXIT
export ATTEST_NODE_PROFILE=dev ATTEST_NODE_FEATURES=test-hooks
# The panics that tests ask for are long enough without.
export RUST_BACKTRACE=0
cd bindings/node
npm ci --no-audit --no-fund
npm run --silent lint
npm test --silent
# Afterwards, since it builds the package anew under the feet of whoever uses it.
npm run --silent test:install
