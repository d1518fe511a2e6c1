#!/usr/bin/env bash
# `make demo`: a first receipt, from nothing. Starts a server on loopback, runs hello-c through its API, runs it again from
# the cache, changes a source file and takes the outputs back, verifies all of it offline against a pinned key, then changes
# one byte of the receipt. Installs nothing, and stops all it started. Whatever is not as it says here fails it.
set -eu -o pipefail
cd "$(dirname "$0")/.."
. scripts/target-dir.sh

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }
# Shows a command as a newcomer would type it, then runs it.
show() { printf '$ %s\n' "$*"; "$@"; }

work=$(mktemp -d "${TMPDIR:-/tmp}/attest-demo-XXXXXX")
server=
clean_up() {
    trap - EXIT INT TERM
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "1. Build the attest command (the first time takes a minute or two)"
cargo build --locked -p attest-cli
export PATH=$target/debug:$PATH

isolation=bubblewrap
if ! bwrap --ro-bind / / --unshare-user --unshare-pid --proc /proc true 2>/dev/null; then
    isolation=none
    if command -v bwrap >/dev/null; then
        echo "bubblewrap is here but does not work on this machine (are user namespaces switched off?)."
    else
        echo "bubblewrap is not installed. It keeps the steps of a pipeline away from the server's keys and your files:"
        echo "    Debian, Ubuntu: apt-get install bubblewrap    Fedora: dnf install bubblewrap    Arch: pacman -S bubblewrap"
    fi
    echo "Going on with --isolation none. The receipt will say so."
fi

say "2. Start a server on loopback, with a temporary data directory"
data=$work/data
receipts=${target#"$PWD"/}/demo
rm -rf "$receipts" && mkdir -p "$receipts"
echo "\$ attest serve --listen 127.0.0.1:0 --data-dir $data --isolation $isolation &"
attest serve --listen 127.0.0.1:0 --data-dir "$data" --isolation "$isolation" \
    >"$work/server.log" 2>&1 </dev/null &
server=$!
until [ -s "$data/address" ] && grep -q 'admin key' "$work/server.log"; do
    if ! kill -0 "$server" 2>/dev/null; then
        server=
        echo "The server did not start:" >&2
        cat "$work/server.log" >&2
        exit 1
    fi
    sleep 0.05
done
ATTEST_BASE_URL=$(cat "$data/address")
ATTEST_API_KEY=$(cat "$data/admin-key")
export ATTEST_BASE_URL ATTEST_API_KEY
cat "$work/server.log"

# Which steps of a receipt ran (false) or came from the cache (true), in one line.
steps() {
    awk -v want="$2" '/^- name: / { name = $3 }
                      /^  cache_hit: / && $2 == want { line = line " " name }
                      END { print substr(line, 2) }' "$1" | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//'
}
# Fails the demo where what it is about to say is not so.
expect() {
    if [ "$2" != "$3" ]; then
        printf 'demo: %s: expected "%s", found "%s"\n' "$1" "$2" "$3" >&2
        exit 1
    fi
}

say "3. Run the pipeline examples/hello-c/attest.yaml: the directory is uploaded, the steps run on the server"
project=$work/hello-c
echo "\$ cp -r examples/hello-c $project && cd $project"
cp -r examples/hello-c "$project"
(cd "$project" && show attest run --receipt ../hello-c.yaml)
cp "$work/hello-c.yaml" "$work/hello-c.pipeline.yaml" "$receipts"
expect "steps that ran" "compile-crc32 compile-hex generate link test" "$(steps "$receipts/hello-c.yaml" false)"

say "4. Run it again: nothing changed, so nothing is sent and no step runs"
(cd "$project" && show attest run --receipt ../again.yaml)
cp "$work/again.yaml" "$work/again.pipeline.yaml" "$receipts"
expect "steps that ran again" "" "$(steps "$receipts/again.yaml" false)"
expect "output hashes" "$(grep '^  output_hash:' "$receipts/hello-c.yaml" | sort)" "$(grep '^  output_hash:' "$receipts/again.yaml" | sort)"
echo "Every step came from the cache, with the outputs it had. The new receipt says so, and is signed like any other."

say "5. Pin the key that signs"
echo "A receipt cannot vouch for its own key: take the key's id from whoever runs the server, once, and pin it."
# Here we run the server, so we take the id from its data directory, not from the network.
key_id=$(attest keys list --data-dir "$data" --json | sed -n 's/.*"id" *: *"\([0-9a-f]*\)".*/\1/p' | head -n 1)
(cd "$project" && show attest keys pull --url "$ATTEST_BASE_URL" --id "$key_id")
cp -r "$project/.attest/trust" "$receipts/trust"

say "6. Change one source file, and take the outputs back"
echo "\$ echo 'int checksum_version(void) { return 2; }' >> src/hex.c"
(cd "$project" && echo 'int checksum_version(void) { return 2; }' >>src/hex.c &&
    show attest run --download --receipt ../changed-source.yaml)
cp "$work/changed-source.yaml" "$work/changed-source.pipeline.yaml" "$receipts"
expect "steps that ran" "compile-hex link test" "$(steps "$receipts/changed-source.yaml" false)"
expect "steps from the cache" "compile-crc32 generate" "$(steps "$receipts/changed-source.yaml" true)"
grep -q checksum_version "$project/lib/libchecksum.a" || expect "the new function in lib/libchecksum.a" there missing
echo "compile-hex, link and test see the file and ran. generate and compile-crc32 do not: they came from the cache."

say "7. Verify offline: the receipts, and the files at hand against them"
# No server takes part in this: it is stopped first.
kill "$server" && wait "$server" 2>/dev/null || true
server=
unset ATTEST_BASE_URL ATTEST_API_KEY
echo "The server is stopped. From here on there are only files."
show attest verify "$receipts/hello-c.yaml" --trust "$receipts/trust" --policy require-success
echo
echo "This one hashes the sources and the downloaded outputs again, and compares:"
show attest verify "$receipts/changed-source.yaml" --trust "$receipts/trust" --policy require-success --policy require-recompute --workspace "$project"
echo
echo "One byte more in an output, and it does not agree:"
echo "\$ echo >> lib/libchecksum.a"
echo >>"$project/lib/libchecksum.a"
code=0
attest verify "$receipts/changed-source.yaml" --trust "$receipts/trust" --workspace "$project" >"$work/tampered" || code=$?
grep -oE '^.*NOT VALID|FAIL .*output_hash differs' "$work/tampered"
expect "exit code for a changed output" 1 "$code"

say "8. Change one byte of the receipt"
# One hex digit of a step's output hash: a receipt that would vouch for another file than the one that was built.
awk '!done && /^  output_hash: / {
         digit = substr($2, 1, 1)
         sub(/: ./, ": " (digit == "0" ? "1" : "0"))
         done = 1
     }
     { print }' "$receipts/hello-c.yaml" >"$receipts/changed.yaml"
diff "$receipts/hello-c.yaml" "$receipts/changed.yaml" || true
code=0
show attest verify "$receipts/changed.yaml" --trust "$receipts/trust" || code=$?
verdict=$(attest verify "$receipts/changed.yaml" --trust "$receipts/trust" --json | tr -d ' \n' || true)
if [ "$code" -ne 1 ] || [[ $verdict != *'"name":"signature","status":"fail"'* ]]; then
    echo "attest verify should have refused the changed receipt by its signature, with exit code 1, not $code" >&2
    exit 1
fi
echo "Refused by the signature check, as it should be (exit code 1)."

say "What you have now"
cat <<END
  the receipts             $receipts/hello-c.yaml, again.yaml (cached), changed-source.yaml (in part)
  the pipelines that ran   $receipts/hello-c.pipeline.yaml and its like
  the pinned key           $receipts/trust

A server of your own, in a project that has an attest.yaml:
  make attest                      # target/release/attest
  attest serve &                   # keeps its data in ./attest-data; docs/operating.md says the rest
  attest run                       # finds that server by itself, uploads this directory
END
