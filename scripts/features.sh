#!/usr/bin/env bash
# attest-core compiles with each of its feature sets, and without features brings in no HTTP, no async runtime, no threads.
set -eu
cd "$(dirname "$0")/.."

for features in "" fs parallel source client "fs,client" upload; do
    echo "attest-core with features [$features]"
    cargo check --locked -p attest-core --no-default-features --features "$features"
done

refused='reqwest|hyper|hyper-util|h2|tokio|futures|futures-executor|async-std|smol|rayon|rayon-core|crossbeam-.*|threadpool|rustls|rustix'
tree=$(cargo tree --locked -p attest-core --no-default-features -e normal --prefix none --format '{p}' | awk '{ print $1 }' | sort -u)
if found=$(grep -xE "$refused" <<<"$tree"); then
    echo "attest-core without features must not depend on:" $found >&2
    exit 1
fi
echo "Without features attest-core has $(wc -l <<<"$tree") crates in its tree; none does HTTP, async or threads."
