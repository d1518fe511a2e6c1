#!/usr/bin/env bash
# c-static.sh FROM TO: the static library as it is handed on. Its only global symbols are those of attest.h, so that it can
# stand beside another zstd, BLAKE3 or Rust library in one program; what no call reaches, and debug information, is gone.
# With other tools than GNU's it is copied as it is.
set -eu
from=$1 to=$2
if ! { ld --version && objcopy --version; } 2>/dev/null | grep -q GNU; then
    cp -f "$from" "$to"
    exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# nm complains of the bitcode in the standard library's objects.
nm -g --defined-only "$from" 2>/dev/null | awk '$3 ~ /^attest_/ { print "--undefined=" $3 }' >"$work/roots"
# Groups are made plain sections: a linker that met the same group elsewhere would throw ours away, with what it names.
ld -r --strip-debug --gc-sections --force-group-allocation "@$work/roots" "$from" -o "$work/all.o"
objcopy --strip-unneeded --wildcard --keep-global-symbol='attest_*' -R .llvmbc -R .llvmcmd "$work/all.o" "$work/attest.o"
rm -f "$to"
ar rcsD "$to" "$work/attest.o"
