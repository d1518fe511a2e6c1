#!/usr/bin/env bash
# `make spec`: the specification's programs in every language that is here, taken from its text, run against a real
# server, and the README's; then a table, program × result.
set -u -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/languages.sh

prepare_python
prepare_go
prepare_typescript
# Where one is missing its tests say that they are skipped; with ATTEST_REQUIRE_ALL=1 they fail.
[ -z "$python_ready" ] || export ATTEST_SPEC_PYTHON=$python_ready
[ -z "$go_ready" ] || export ATTEST_SPEC_GO=$go_ready
[ -z "$typescript_ready" ] || export ATTEST_SPEC_TYPESCRIPT=$typescript_ready

export ATTEST_SPEC_TABLE=$languages/spec-table
rm -f "$ATTEST_SPEC_TABLE"
# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
cargo build --locked --workspace --bins || exit 1
ATTEST_BIN=$target/debug/attest cargo test --locked --workspace --features attest-tests/spec --test spec_programs -- --nocapture
code=$?

printf '\n%-18s %s\n' program result
for program in Rust Go TypeScript "Python, basic" "Python, advanced" "Webhook receiver" "Rate limits" \
    "README: Rust" "README: Go" "README: TypeScript" "README: Python"; do
    result=$(awk -F '\t' -v program="$program" '$1 == program { print $2 }' "$ATTEST_SPEC_TABLE" 2>/dev/null)
    printf '%-18s %s\n' "$program" "${result:-skipped}"
done
exit "$code"
