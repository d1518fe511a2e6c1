#!/usr/bin/env bash
# The documentation of the crates builds without a warning, with features and without, and every public type of the core
# and of the Rust SDK has an example.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

export RUSTDOCFLAGS="-D warnings"
cargo doc --workspace --no-deps --locked
cargo doc -p attest-core --no-deps --locked --no-default-features

# Which type has which text, rustdoc says in JSON alone, and that it calls unstable. It alone is told so: cargo would
# compile dependencies anew that ask for it too.
unstable=$target/rustdoc-unstable
mkdir -p "$target"
printf '#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc "$@"\n' >"$unstable"
chmod +x "$unstable"
written=()
for crate in attest-core attest-sdk; do
    RUSTDOC=$unstable cargo rustdoc --locked -p "$crate" --all-features -- -Z unstable-options --output-format json
    written+=("$target/doc/${crate//-/_}.json")
done
python3 scripts/examples.py "${written[@]}"
