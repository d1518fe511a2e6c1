#!/usr/bin/env bash
# `make go`: builds the native library for release and puts it, with its header, where cgo looks for it. After that
# `go build` works in any module that has `replace github.com/attest-dev/go-sdk => <checkout>/bindings/go`.
#
# With the argument `testhooks`: the debug library with the tests' hooks, beside it, for `go test -tags testhooks`.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/go-here.sh

platform=$(go env GOOS)_$(go env GOARCH)
lib=bindings/go/internal/native/lib
if [ ! -d "$lib/$platform" ]; then
    echo "The Go SDK has no native library for $platform: only for $(cd "$lib" && echo *_*)." >&2
    exit 1
fi

# Puts the files into a folder of the package, and their digest into its Go code: the go command notices a change of
# that alone.
install() {
    local folder=$1 file digest
    shift
    for file in "$@"; do
        # A link where it can be one: a debug library has 50 MB.
        cp -fl "$file" "$lib/$folder/" 2>/dev/null || cp -f "$file" "$lib/$folder/"
    done
    digest=$(cat "$@" | sha256sum | cut -d ' ' -f 1)
    printf 'package %s\n\n// Stamp is the SHA-256 of the library and its header. It has the go command link them again.\nconst Stamp = "%s"\n' \
        "$folder" "$digest" >"$lib/$folder/stamp.go"
}

# The library of a build directory with no symbol but those of attest.h: a program may well have a zstd of its own.
static() {
    mkdir -p "$target/go/$1"
    bash scripts/c-static.sh "$target/$1/libattest.a" "$target/go/$1/libattest.a"
}

header=bindings/c/include/attest.h
case ${1:-release} in
testhooks)
    cargo build --locked -p attest-c --features test-hooks
    static debug
    install testhooks "$target/go/debug/libattest.a" "$header"
    ;;
release)
    cargo build --locked --release -p attest-c
    static release
    install "$platform" "$target/go/release/libattest.a" "$header"
    CGO_ENABLED=1 go -C bindings/go build ./...
    echo "Built for $platform: bindings/go is ready for \`replace github.com/attest-dev/go-sdk => $PWD/bindings/go\`."
    ;;
*)
    echo "usage: scripts/go.sh [release|testhooks]" >&2
    exit 2
    ;;
esac
