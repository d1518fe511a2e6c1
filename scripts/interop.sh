#!/usr/bin/env bash
# Receipts made here, judged by the independent tool (crate continuum-attest). It is built once, and kept. Then the verifier of
# tests/independent on every vector.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

version=0.4.0
tool=$target/interop/bin/attest
if [ "$("$tool" --version 2>/dev/null)" != "attest $version" ]; then
    echo "Building the independent tool, continuum-attest $version (about five minutes, once)."
    # A build directory of its own: its dependencies have other versions and must not disturb ours.
    CARGO_TARGET_DIR=$target/interop/build \
        cargo install continuum-attest --version "$version" --locked --root "$target/interop"
    rm -rf "$target/interop/build"
fi

# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
cargo build --locked --workspace --bins
ATTEST_BIN=$target/debug/attest ATTEST_INTEROP_TOOL=$tool \
    cargo test --locked --workspace --features attest-tests/interop --test interop -- --nocapture

# And all vectors, by a verifier that was written from docs/receipt-format.md alone.
ATTEST_BIN=$target/debug/attest bash scripts/independent.sh
