#!/usr/bin/env bash
# `make bench`: builds for release, installs the peers where they are missing (kept in the build directory, pinned),
# and prints one table. Its arguments are those of attest-bench: --quick, and the names of groups of rows.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

tools=$target/bench
mkdir -p "$tools"

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

cargo build --release --locked -p attest-cli -p attest-bench
ATTEST_BIN=$target/release/attest ATTEST_BENCH_B3SUM=$b3sum ATTEST_BENCH_TURBO=$turbo \
    "$target/release/attest-bench" "$@"
