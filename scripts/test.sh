#!/usr/bin/env bash
# Every test of the workspace, then one line that counts them and names what was skipped.
set -u -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

# The end-to-end tests start these; cargo does not build them for the tests by itself.
cargo build --locked --workspace --bins --examples || exit 1

log=$(mktemp)
trap 'rm -f "$log"' EXIT
ATTEST_BIN=$target/debug/attest cargo test --workspace --locked --no-fail-fast 2>&1 | tee "$log"
code=${PIPESTATUS[0]}

echo
awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
     END { printf "make test: %d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$log"
# A line of libtest without its end may stand before the word.
grep -o 'SKIPPED .*' "$log" | sort -u
exit "$code"
