#!/usr/bin/env bash
# Receipts made here, judged by the independent tool (crate continuum-attest). It is built once, and kept. Then the verifier of
# tests/independent on every vector.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/interop-tool.sh

interop_tool

# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
cargo build --locked --workspace --bins
ATTEST_BIN=$target/debug/attest ATTEST_INTEROP_TOOL=$tool \
    cargo test --locked --workspace --features attest-tests/interop --test interop -- --nocapture

# And all vectors, by a verifier that was written from docs/receipt-format.md alone.
ATTEST_BIN=$target/debug/attest bash scripts/independent.sh
