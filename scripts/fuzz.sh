#!/usr/bin/env bash
# Runs every fuzz target of fuzz/ for some seconds each (20, or the first argument), or those that are named after that.
# What was found before is kept beside the builds and tried again; what breaks a law is left in its folder `found`.
set -eu -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

seconds=${1:-20}
shift || true
version=0.13.2
tools=$target/fuzz
cargo fmt --manifest-path fuzz/Cargo.toml --check
# Built by the stable compiler: the instrumentation is all that is unstable.
export RUSTC_BOOTSTRAP=1
export PATH=$tools/bin:$PATH

if [ "$(cargo-fuzz --version 2>/dev/null)" != "cargo-fuzz $version" ]; then
    echo "Installing cargo-fuzz $version (about a minute, once)."
    CARGO_TARGET_DIR=$tools/install cargo install cargo-fuzz --version "$version" --locked --debug --root "$tools"
    rm -rf "$tools/install"
fi

# No sanitizer: the code is safe Rust, and without it the limit on memory is about the code.
build=(--sanitizer none --target-dir "$tools/build")
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
for name in "${targets[@]}"; do
    cargo fuzz build "${build[@]}" "$name"
done

# seeds NAME: a folder with what the target starts from.
seeds() {
    local to=$tools/seeds/$1 from=tests/vectors/receipts
    rm -rf "$to"
    mkdir -p "$to"
    [ ! -d "fuzz/seeds/$1" ] || cp -r "fuzz/seeds/$1/." "$to"
    case $1 in
    receipt_json) for file in "$from"/*/canonical.json; do cp "$file" "$to/$(basename "$(dirname "$file")").json"; done ;;
    receipt_yaml)
        for file in "$from"/*/receipt.yaml; do cp "$file" "$to/$(basename "$(dirname "$file")").yaml"; done
        cp "$from"/mutants-weird/*.yaml "$to"
        ;;
    trust) for file in "$from"/*/trust/*; do cp "$file" "$to/$(basename "$(dirname "$(dirname "$file")")")-$(basename "$file")"; done ;;
    esac
    echo "$to"
}

broken=()
for name in "${targets[@]}"; do
    corpus=$tools/corpus/$name found=$tools/found/$name
    mkdir -p "$corpus" "$found"
    printf '\n=== fuzz %s: %d s\n' "$name" "$seconds"
    # In bounded memory, and no input takes longer than ten seconds.
    cargo fuzz run "${build[@]}" "$name" "$corpus" "$(seeds "$name")" -- -max_total_time="$seconds" -rss_limit_mb=512 \
        -timeout=10 -max_len=16384 -artifact_prefix="$found/" -print_final_stats=1 2>&1 |
        grep -vE '^#[0-9]+\s+(NEW|REDUCE|RELOAD|pulse)|# Uses: |recommended dictionary' || broken+=("$name")
done
if [ ${#broken[@]} -gt 0 ]; then
    echo "make fuzz: a law is broken, or a limit crossed, by ${broken[*]}: see $tools/found" >&2
    exit 1
fi
printf '\nmake fuzz: %d targets, %d s each, no crash, no hang, under 512 MiB\n' "${#targets[@]}" "$seconds"
