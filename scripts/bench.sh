#!/usr/bin/env bash
# `make bench`: builds for release, installs the peers where they are missing (kept in the build directory, pinned),
# and prints one table. Its arguments are those of attest-bench: --quick, and the names of groups of rows.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/interop-tool.sh

tools=$target/bench
mkdir -p "$tools"

# What the rows that are asked for take: all of it, where nothing is named.
groups=${*//--quick/}
wanted() {
    local group
    [ -n "${groups// /}" ] || return 0
    for group in "$@"; do
        [[ " $groups " != *" $group "* ]] || return 0
    done
    return 1
}

# Leaves out, aloud, what is not to be had.
peers() {
    # b3sum, from its authors' crate.
    b3sum_version=1.8.7
    b3sum=$tools/bin/b3sum
    if [ "$("$b3sum" --version 2>/dev/null)" != "b3sum $b3sum_version" ]; then
        echo "Building b3sum $b3sum_version (once)."
        # A build directory of its own, as for the tool of `make interop`.
        CARGO_TARGET_DIR=$tools/build cargo install b3sum --version "$b3sum_version" --locked --root "$tools" || b3sum=
        rm -rf "$tools/build"
    fi

    # turbo, from its npm package. Its own binary is measured, without the Node script that starts it.
    turbo_version=2.11.11
    turbo=$(echo "$tools"/turbo/node_modules/@turbo/*/bin/turbo)
    if [ "$("$turbo" --version 2>/dev/null)" != "$turbo_version" ]; then
        if command -v npm >/dev/null; then
            echo "Installing turbo $turbo_version (once)."
            mkdir -p "$tools/turbo"
            npm install --prefix "$tools/turbo" --no-save --no-audit --no-fund "turbo@$turbo_version" || true
            turbo=$(echo "$tools"/turbo/node_modules/@turbo/*/bin/turbo)
            [ -x "$turbo" ] || turbo=
        else
            echo "turbo is an npm package, and npm is not here: its rows have no peer."
            turbo=
        fi
    fi
}

# program FILE COMMAND...: a program that runs the command with the arguments it is given.
program() {
    local file=$1
    shift
    printf '#!/bin/sh\nexec%s "$@"\n' "$(printf ' "%s"' "$@")" >"$file"
    chmod +x "$file"
}

# Each language's package as users get it, and its program that verifies a receipt again and again. One that cannot be
# built here is left out, aloud.
languages() {
    local place=$target/bench/languages
    mkdir -p "$place"
    if bash scripts/c.sh && cc -std=c99 -D_POSIX_C_SOURCE=200809L -O2 -I "$target/c/include" tests/bench/drivers/c/verify.c \
        -o "$place/c" $(PKG_CONFIG_PATH=$target/c/lib/pkgconfig pkg-config --variable=static attest); then
        export ATTEST_BENCH_C=$place/c ATTEST_BENCH_C_LIBRARY=$target/c/lib/libattest.so.1
    fi
    if command -v go >/dev/null && bash scripts/go.sh && go -C tests/bench/drivers/go build -o "$place/go" .; then
        export ATTEST_BENCH_GO=$place/go
    fi
    if bash scripts/python.sh && [ -x "$target/python-venv/bin/python" ]; then
        [ -x "$place/python/bin/python" ] || python3 -m venv "$place/python"
        "$place/python/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$target"/wheels/attest_sdk-*.whl
        ATTEST_BENCH_WHEEL=$(echo "$target"/wheels/attest_sdk-*.whl)
        export ATTEST_BENCH_WHEEL ATTEST_BENCH_INTERPRETER=$place/python/bin/python ATTEST_BENCH_PYTHON=$place/run-python
        program "$ATTEST_BENCH_PYTHON" "$ATTEST_BENCH_INTERPRETER" "$PWD/bindings/python/tests/bench_verify.py" verify
    fi
    if command -v npm >/dev/null && bash scripts/node.sh; then
        ATTEST_BENCH_NODE_MODULE=$(echo bindings/node/native/*.node)
        export ATTEST_BENCH_NODE_MODULE ATTEST_BENCH_NODE=$place/run-node
        program "$ATTEST_BENCH_NODE" node "$PWD/bindings/node/test/bench-verify.mjs" verify
    fi
}
b3sum='' turbo='' continuum=''
! wanted hash pipeline step upload || peers
if wanted hash && interop_tool; then
    continuum=$tool
fi
! wanted languages || languages

cargo build --release --locked -p attest-cli -p attest-bench
ATTEST_BIN=$target/release/attest ATTEST_BENCH_B3SUM=$b3sum ATTEST_BENCH_TURBO=$turbo ATTEST_BENCH_CONTINUUM=$continuum \
    "$target/release/attest-bench" "$@"
