#!/usr/bin/env bash
# `make demo`: a first receipt, from nothing. Starts a server on loopback, runs hello-c through its API, verifies the
# receipt offline against a pinned key, then changes one byte of it. Installs nothing, and stops all it started.
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

say "2. Start a server on loopback, with a temporary data directory, on examples/hello-c"
data=$work/data
receipts=${target#"$PWD"/}/demo
rm -rf "$receipts" && mkdir -p "$receipts"
echo "\$ attest serve --listen 127.0.0.1:0 --data-dir $data --source examples/hello-c --isolation $isolation &"
attest serve --listen 127.0.0.1:0 --data-dir "$data" --source examples/hello-c --isolation "$isolation" \
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

say "3. Run the pipeline examples/hello-c/attest.yaml through the API"
echo "\$ cd examples/hello-c"
case $receipts in
/*) out=$receipts ;;
*) out=../../$receipts ;;
esac
(cd examples/hello-c && show attest run --receipt "$out/hello-c.yaml")

say "4. Pin the key that signs, and verify the receipt offline"
echo "A receipt cannot vouch for its own key: take the key's id from whoever runs the server, once, and pin it."
# Here we run the server, so we take the id from its data directory, not from the network.
key_id=$(attest keys list --data-dir "$data" --json | sed -n 's/.*"id" *: *"\([0-9a-f]*\)".*/\1/p' | head -n 1)
show attest keys pull --url "$ATTEST_BASE_URL" --id "$key_id" --trust "$receipts/trust"
echo
# No server takes part in this: it is stopped first.
kill "$server" && wait "$server" 2>/dev/null || true
server=
unset ATTEST_BASE_URL ATTEST_API_KEY
echo "The server is stopped. From here on there are only files."
show attest verify "$receipts/hello-c.yaml" --trust "$receipts/trust" --policy require-success

say "5. Change one byte of the receipt"
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
  the receipt              $receipts/hello-c.yaml
  the pipeline that ran    $receipts/hello-c.pipeline.yaml
  the pinned key           $receipts/trust

A server of your own, in a project that has an attest.yaml:
  make build                       # target/release/attest
  attest serve --source . &        # keeps its data in ./attest-data; docs/operating.md says the rest
  attest run                       # finds that server by itself
END
