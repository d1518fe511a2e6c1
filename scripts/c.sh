#!/usr/bin/env bash
# The C library for use, in target/c: include/attest.h, lib/libattest.{a,so}, lib/pkgconfig/attest.pc.
# c.sh [FOLDER [PROFILE [FEATURES]]]; the profile is `release` or `dev`.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
prefix=${1:-$target/c} profile=${2:-release} features=${3:-}

cargo build --locked -p attest-c --profile "$profile" --features "$features"
built=$target/$profile
[ "$profile" != dev ] || built=$target/debug

mkdir -p "$prefix/include" "$prefix/lib/pkgconfig"
cp bindings/c/include/attest.h "$prefix/include/"
# Removed first: a program that runs keeps the file it has.
rm -f "$prefix"/lib/libattest.*
bash scripts/c-static.sh "$built/libattest.a" "$prefix/lib/libattest.a"
if [ -f "$built/libattest.so" ]; then
    cp "$built/libattest.so" "$prefix/lib/libattest.so.1"
    ln -s libattest.so.1 "$prefix/lib/libattest.so"
else
    cp "$built"/libattest.dylib "$prefix/lib/"
fi
version=$(cargo metadata --locked --no-deps --format-version 1 | grep -o '"name":"attest-c","version":"[^"]*"' | cut -d'"' -f8)
sed "s/@VERSION@/$version/" bindings/c/attest.pc >"$prefix/lib/pkgconfig/attest.pc"
