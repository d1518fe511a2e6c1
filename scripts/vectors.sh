#!/usr/bin/env bash
# tests/vectors is an exact copy of the shared vectors: nothing may drift.
set -eu
cd "$(dirname "$0")/.."

shared=${ATTEST_VECTORS_DIR:-../shared/vectors}
if [ ! -d "$shared" ]; then
    echo "SKIPPED vectors: there are no shared vectors at $shared (ATTEST_VECTORS_DIR names another place)" >&2
    [ "${ATTEST_REQUIRE_ALL:-}" != 1 ] || exit 1
    exit 0
fi
diff -r "$shared" tests/vectors
echo "tests/vectors is the same as $shared"
