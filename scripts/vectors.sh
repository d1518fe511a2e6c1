#!/usr/bin/env bash
# What tests/vectors shares with the shared vectors is an exact copy: nothing may drift. What it has beside them (of
# Ed25519, of BLAKE3) has a README that says where it is from.
set -eu
cd "$(dirname "$0")/.."

shared=${ATTEST_VECTORS_DIR:-../shared/vectors}
if [ ! -d "$shared" ]; then
    echo "SKIPPED vectors: there are no shared vectors at $shared (ATTEST_VECTORS_DIR names another place)" >&2
    [ "${ATTEST_REQUIRE_ALL:-}" != 1 ] || exit 1
    exit 0
fi
for entry in "$shared"/*; do
    diff -r "$entry" "tests/vectors/$(basename "$entry")"
done
echo "tests/vectors has all of $shared, unchanged"
