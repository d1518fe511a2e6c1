#!/usr/bin/env bash
# The C library and its header, from outside: what is exported, that it compiles as C99, C11 and C++17, and the programs of
# bindings/c/tests and examples/c, alone and beside a real server.
set -eu -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

for tool in cc c++ nm readelf pkg-config; do
    command -v "$tool" >/dev/null && continue
    echo "SKIPPED the tests of C: $tool is not here (Debian, Ubuntu: apt-get install gcc g++ binutils pkg-config)"
    [ "${ATTEST_REQUIRE_ALL:-}" != 1 ]
    exit
done
fail() {
    echo "scripts/test-c.sh: $1" >&2
    exit 1
}

bash scripts/c-programs.sh
lib=$target/c-test/lib header=bindings/c/include/attest.h hooks=bindings/c/tests/attest_test_hooks.h

warnings="-Wall -Wextra -Wpedantic -Werror -fsyntax-only"
for standard in c99 c11; do
    # shellcheck disable=SC2086
    cc -x c -std=$standard $warnings -I bindings/c/include "$hooks"
done
# shellcheck disable=SC2086
c++ -x c++ -std=c++17 $warnings -I bindings/c/include "$hooks"
echo "attest.h compiles as C99, C11 and C++17"

# attest_text is no symbol: it is inline.
declared=$(cat "$header" "$hooks" | sed 's,//.*,,' | grep -oE '\battest_[a-z0-9_]+\(' | tr -d '(' | grep -vx attest_text | sort -u)
shared=$(nm -D --defined-only "$lib/libattest.so" | awk '{ print $3 }' | sort)
static=$(nm -g --defined-only "$lib/libattest.a" | awk 'NF == 3 { print $3 }' | sort)
diff <(echo "$declared") <(echo "$shared") || fail "the shared library exports (>) something else than the header declares (<)"
diff <(echo "$declared") <(echo "$static") || fail "the static library exports (>) something else than the header declares (<)"
echo "Both libraries export the $(wc -l <<<"$declared") functions of the header, and nothing else"

abi=$(sed -n 's/^#define ATTEST_ABI_VERSION //p' "$header")
readelf -d "$lib/libattest.so" | grep -q "soname: \[libattest.so.$abi\]" || fail "the shared library is not named libattest.so.$abi"

needed=$(cargo rustc --locked -q -p attest-c --features test-hooks --crate-type staticlib -- --print native-static-libs 2>&1 | sed -n 's/.*native-static-libs: //p')
grep -qxF "static=\${libdir}/libattest.a $needed" bindings/c/attest.pc || fail "attest.pc does not link what a static library needs: $needed"

# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
[ -n "${ATTEST_BIN:-}" ] || cargo build --locked --workspace --bins
ATTEST_BIN=${ATTEST_BIN:-$target/debug/attest} cargo test --locked --workspace --features attest-tests/c \
    --test header --test surface --test header_examples --test c_abi -- --nocapture
