#!/usr/bin/env bash
# `make spec`: the specification's programs in every language that is here, taken from its text, run against a real
# server; then a table, program × result. All of it is built for debugging: it is the programs that are tested.
set -u -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

place=$target/spec
mkdir -p "$place"

# What each language's programs run with. Where one cannot be prepared its tests say that they are skipped, and with
# ATTEST_REQUIRE_ALL=1 they fail.
prepare_python() (
    set -e
    . scripts/python-venv.sh
    python_venv "the Python programs of the specification"
    # A virtual environment of its own, which the steps see too: pytest and its coverage are what they run.
    [ -x "$place/python/bin/python" ] || python3 -m venv "$place/python"
    rm -f "$place"/wheels/attest_sdk-*.whl
    maturin build --quiet --locked --manifest-path bindings/python/Cargo.toml --out "$place/wheels"
    pip=("$place/python/bin/python" -m pip install --quiet --disable-pip-version-check)
    "${pip[@]}" pytest==9.2.0 pytest-cov==7.1.0
    "${pip[@]}" --force-reinstall --no-deps "$place"/wheels/attest_sdk-*.whl
)

prepare_go() (
    set -e
    . scripts/go-here.sh
    bash scripts/go.sh testhooks
)

prepare_typescript() (
    set -e
    . scripts/node-here.sh
    ATTEST_NODE_PROFILE=dev bash scripts/node.sh
    mkdir -p "$place/typescript"
    echo '{"name": "program", "private": true, "type": "module"}' >"$place/typescript/package.json"
    npm install --prefix "$place/typescript" --no-audit --no-fund --silent \
        typescript@6.0.3 @types/node@20 "$PWD/bindings/node"
)

# Not as conditions: there `set -e` is without effect.
rm -rf "$place/typescript"
prepare_python
[ $? -ne 0 ] || [ ! -x "$place/python/bin/python" ] || export ATTEST_SPEC_PYTHON=$place/python/bin/python
prepare_go
[ $? -ne 0 ] || ! command -v cc >/dev/null || ! ATTEST_SPEC_GO=$(command -v go) || export ATTEST_SPEC_GO
prepare_typescript
[ $? -ne 0 ] || [ ! -d "$place/typescript" ] || export ATTEST_SPEC_TYPESCRIPT=$place/typescript

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
