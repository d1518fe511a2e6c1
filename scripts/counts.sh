#!/usr/bin/env bash
# `make counts`: the instructions of verifying a receipt, of its signature alone, and of its parts, counted by valgrind, beside those that are
# committed. A difference of more than 1 % fails; `make counts ARGS=--update` commits to the new ones.
#
# Unlike time they hardly depend on the machine; on compiler and processor they do, so they say which they are of.
set -eu -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

committed=tests/bench/counts/counts.txt
command -v valgrind >/dev/null || {
    echo "SKIPPED the counts of instructions: valgrind is not here (Debian, Ubuntu: apt-get install valgrind)"
    [ "${ATTEST_REQUIRE_ALL:-}" != 1 ]
    exit
}
# The backend that users of the crates get: .cargo/config.toml's own is for processors that valgrind does not know.
RUSTFLAGS='' cargo build --locked --profile counts -p attest-counts --target-dir "$target/counts"
program=$target/counts/counts/attest-counts

instructions() { # WORK TIMES
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 | awk '/Collected/ { print $4 }'
}
# Of two runs of different lengths, so that what is done once does not count.
each() { echo $((($(instructions "$1" 150) - $(instructions "$1" 50)) / 100)); }

machine="$(rustc --version | cut -d ' ' -f 1,2), $(uname -m)$(grep -qm1 -w avx2 /proc/cpuinfo 2>/dev/null && echo " with AVX2")"
found=$(mktemp)
trap 'rm -f "$found"' EXIT
echo "# Instructions of one call: $machine" >"$found"
for work in signature verify-json verify-yaml canonical-bytes hash-64-kib; do
    echo "$work $(each $work)" >>"$found"
done
if [ "${1:-}" = --update ]; then
    cp "$found" "$committed"
    cat "$committed"
    exit
fi
[ "$(head -1 "$found")" = "$(head -1 "$committed")" ] || {
    echo "SKIPPED the comparison of instructions: $committed is of another compiler or processor (make counts ARGS=--update):"
    diff "$committed" "$found" || true
    exit 0
}
awk 'NR == FNR { if ($1 != "#") was[$1] = $2; next }
    $1 != "#" {
        change = ($2 - was[$1]) / was[$1] * 100
        printf "%-16s %9d instructions, %+.2f %% beside the %d committed\n", $1, $2, change, was[$1]
        if (change > 1 || change < -1) bad = 1
    }
    END { if (bad) print "more than 1 %: look why, or make counts ARGS=--update"; exit bad }' "$committed" "$found"
