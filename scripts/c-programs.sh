#!/usr/bin/env bash
# The C library with its test hooks, in target/c-test, and every program of bindings/c/tests and examples/c, in its bin.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
prefix=$target/c-test
bash scripts/c.sh "$prefix" dev test-hooks

mkdir -p "$prefix/bin"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
cflags="-std=c99 -D_DEFAULT_SOURCE -Wall -Wextra -Wpedantic -Werror -g $(pkg-config --cflags attest)"
shared="$(pkg-config --libs attest) -Wl,-rpath,\$ORIGIN/../lib -lpthread"
static=$(pkg-config --variable=static attest)
compile() { # FROM TO FLAGS…: splits the flags above into words
    # shellcheck disable=SC2086
    ${CC:-cc} $cflags "$1" -o "$prefix/bin/$2" ${*:3}
}

# The tests are linked with the shared library, and watched for leaks and stray accesses; what users build is static, and
# so is what measures.
for source in bindings/c/tests/*.c; do
    name=$(basename "$source" .c)
    case $name in
    leaks | parity) compile "$source" "$name" -O2 "$static" ;;
    *) compile "$source" "$name" -fsanitize=address,undefined -fno-sanitize-recover=all "$shared" ;;
    esac
done
for source in examples/c/*.c; do
    compile "$source" "example-$(basename "$source" .c)" "$static"
done
# The program of the documentation, as it is printed there.
awk '/^```c$/ { block++; next } /^```$/ { if (block == 1) exit } block == 1' docs/c.md >"$prefix/verify.c"
compile "$prefix/verify.c" documented-verify "$static"
