#!/usr/bin/env bash
# `make spec`: the specification's programs in every language that is here, taken from its text, run against a real
# server; then a table, program × result.
set -u -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

place=$target/spec
mkdir -p "$place"

# What each language's programs run with. Where one cannot be prepared its tests say that they are skipped, and with
# ATTEST_REQUIRE_ALL=1 they fail.
python() {
    bash scripts/python.sh || return 1
    [ -x "$place/python/bin/python" ] || python3 -m venv "$place/python" || return 1
    # pytest and its coverage are what the program's step runs.
    "$place/python/bin/python" -m pip install --quiet --disable-pip-version-check pytest==9.2.0 pytest-cov==7.1.0 &&
        "$place/python/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps \
            "$target"/python/wheels/attest_sdk-*.whl || return 1
    export ATTEST_SPEC_PYTHON=$place/python/bin/python
}

go_module() {
    command -v go >/dev/null || return 1
    bash scripts/go.sh || return 1
    ATTEST_SPEC_GO=$(command -v go)
    export ATTEST_SPEC_GO
}

typescript() {
    command -v npm >/dev/null || return 1
    bash scripts/node.sh || return 1
    mkdir -p "$place/typescript" &&
        cp tests/spec-projects/typescript/package.json "$place/typescript/package.json" &&
        npm install --prefix "$place/typescript" --no-audit --no-fund --silent typescript@6.0.3 @types/node@20 "$PWD/bindings/node" || return 1
    export ATTEST_SPEC_TYPESCRIPT=$place/typescript
}

python
go_module
typescript

export ATTEST_SPEC_TABLE=$place/table
rm -f "$ATTEST_SPEC_TABLE"
# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
cargo build --locked --workspace --bins || exit 1
ATTEST_BIN=$target/debug/attest cargo test --locked --workspace --features attest-tests/spec --test spec_programs -- --nocapture
code=$?

printf '\n%-18s %s\n' program result
for program in Rust Go TypeScript "Python, basic" "Python, advanced" "Webhook receiver" "Rate limits"; do
    result=$(awk -F '\t' -v program="$program" '$1 == program { print $2 }' "$ATTEST_SPEC_TABLE" 2>/dev/null)
    printf '%-18s %s\n' "$program" "${result:-skipped}"
done
exit "$code"
