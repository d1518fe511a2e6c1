#!/usr/bin/env bash
# Every test of the workspace, then those of each language; at the end one line for each that counts them, and what was
# skipped.
set -u -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

# The end-to-end tests start these; cargo does not build them for the tests by itself.
cargo build --locked --workspace --bins --examples || exit 1
export ATTEST_BIN=$target/debug/attest

log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
summary=()

cargo test --workspace --locked --no-fail-fast 2>&1 | tee "$log" || code=1
# What only tests have: a count of live handles, a panic on request.
cargo test --locked -p attest-bindings-support --features test-hooks --test handles 2>&1 | tee -a "$log" || code=1
summary+=("$(awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
     END { printf "%d passed, %d failed, %d ignored", passed, failed, ignored }' "$log")")

# What each runner says at its end.
counted() {
    case $1 in
    c) awk '/^test result:/ { passed += $4; failed += $6 } END { if (NR) printf "%d passed, %d failed", passed, failed }' ;;
    go) awk '/^ok / { passed++ } /^(FAIL|---) / && !/^--- PASS/ { failed++ } END { printf "%d packages passed, %d failed", passed, failed }' ;;
    python) grep -E '^=+ .*(passed|failed|error).* =+$' | tail -1 | tr -d '=' ;;
    node) awk '/^(#|ℹ) pass / { passed += $3 } /^(#|ℹ) fail / { failed += $3 } END { printf "%d passed, %d failed", passed, failed }' ;;
    esac
}
languages=(c go python node)
for language in "${languages[@]}"; do
    printf '\n=== %s\n' "$language"
    part=$(mktemp)
    result=ok
    bash "scripts/test-$language.sh" 2>&1 | tee "$part" || { code=1 result=FAILED; }
    if grep -q '^SKIPPED' "$part" && ! grep -qE 'passed|^ok |pass ' "$part"; then
        summary+=("skipped")
    else
        summary+=("$(counted "$language" <"$part") ($result)")
    fi
    cat "$part" >>"$log"
    rm -f "$part"
done

printf '\nmake test: rust     %s\n' "${summary[0]}"
for i in "${!languages[@]}"; do
    printf 'make test: %-8s %s\n' "${languages[$i]}" "${summary[$((i + 1))]}"
done
# A line of libtest without its end may stand before the word.
grep -o 'SKIPPED .*' "$log" | sort -u
exit "$code"
