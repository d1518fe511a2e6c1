#!/usr/bin/env bash
# The specification's Rust program: taken from its text, built, run against a real server.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

cargo build --locked -p attest-cli
ATTEST_BIN=$target/debug/attest cargo test --locked -p attest-tests --features spec --test spec_programs -- --nocapture
