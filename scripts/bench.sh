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

# in-toto-run, from its Python package, in an environment of its own.
in_toto_run() {
    local place=$target/bench/in-toto packages='in-toto==3.1.0 securesystemslib==1.6.0 cryptography==50.0.2'
    in_toto=$place/bin/in-toto-run
    if [ "$(cat "$place/installed" 2>/dev/null)" != "$packages" ]; then
        echo "Installing $packages (once)."
        rm -rf "$place"
        # Split at the blanks.
        # shellcheck disable=SC2086
        if python3 -m venv "$place" && "$place/bin/python" -m pip install --quiet --disable-pip-version-check $packages; then
            echo "$packages" >"$place/installed"
        fi
    fi
    [ -e "$place/installed" ] || in_toto=
}

# The libraries of others that verify the same receipt, and the programs of tests/bench/drivers/peers that do it by them.
libraries() {
    local place=$target/bench/peers sources=tests/bench/drivers/peers name packages
    mkdir -p "$place"

    packages='cryptography==50.0.2 securesystemslib==1.6.0 blake3==1.0.11'
    if [ "$(cat "$place/python/installed" 2>/dev/null)" != "$packages" ]; then
        echo "Installing $packages (once)."
        rm -rf "$place/python"
        # Split at the blanks.
        # shellcheck disable=SC2086
        if python3 -m venv "$place/python" && "$place/python/bin/python" -m pip install --quiet --disable-pip-version-check $packages; then
            echo "$packages" >"$place/python/installed"
        fi
    fi
    if [ -e "$place/python/installed" ]; then
        for name in cryptography securesystemslib; do
            program "$place/run-$name" "$place/python/bin/python" -B "$PWD/$sources/python/check.py" "$name"
        done
        export ATTEST_BENCH_CRYPTOGRAPHY=$place/run-cryptography ATTEST_BENCH_SECURESYSTEMSLIB=$place/run-securesystemslib
    fi

    packages='@noble/curves@2.4.0 @noble/hashes@2.4.0 hash-wasm@4.13.0'
    if command -v npm >/dev/null && [ "$(cat "$place/node/installed" 2>/dev/null)" != "$packages" ]; then
        echo "Installing $packages (once)."
        rm -rf "$place/node"
        mkdir -p "$place/node"
        # They say which Node they want; with an older one they are left out.
        # shellcheck disable=SC2086
        if npm install --prefix "$place/node" --no-save --no-audit --no-fund --engine-strict $packages; then
            echo "$packages" >"$place/node/installed"
        fi
    fi
    if [ -e "$place/node/installed" ]; then
        # Node looks for packages from where a program lies.
        cp "$sources"/node/*.mjs "$place/node/"
        for name in node:crypto noble; do
            program "$place/run-${name/:/-}" node "$place/node/check.mjs" "$name"
        done
        export ATTEST_BENCH_NODE_CRYPTO=$place/run-node-crypto ATTEST_BENCH_NOBLE=$place/run-noble
    fi

    # Its versions are in its go.mod.
    if command -v go >/dev/null && go -C "$sources/go" build -o "$place/go" .; then
        export ATTEST_BENCH_GO_CRYPTO=$place/go
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
b3sum='' turbo='' continuum='' in_toto=''
! wanted hash pipeline step upload || peers
! wanted step || in_toto_run
if wanted hash pipeline && interop_tool; then
    continuum=$tool
fi
if wanted languages; then
    languages
    libraries
fi

cargo build --release --locked -p attest-cli -p attest-bench
if wanted verify; then
    # As in the crates of users, to whom .cargo/config.toml does not come.
    quick=
    [[ "$*" != *--quick* ]] || quick=--quick
    RUSTFLAGS='' cargo build --release --locked -p attest-bench --target-dir "$target/bench/default"
    ATTEST_BIN=$target/release/attest "$target/bench/default/release/attest-bench" $quick verify
    echo
fi
ATTEST_BIN=$target/release/attest ATTEST_BENCH_B3SUM=$b3sum ATTEST_BENCH_TURBO=$turbo ATTEST_BENCH_CONTINUUM=$continuum \
    ATTEST_BENCH_IN_TOTO=$in_toto \
    "$target/release/attest-bench" "$@"
