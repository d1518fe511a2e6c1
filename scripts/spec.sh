#!/usr/bin/env bash
# The specification's Rust program: taken from its text, built, run against a real server.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
cargo build --locked --workspace --bins
ATTEST_BIN=$target/debug/attest cargo test --locked --workspace --features attest-tests/spec --test spec_programs -- --nocapture
