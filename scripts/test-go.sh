#!/usr/bin/env bash
# The Go SDK's tests and lints, against the debug library with the tests' hooks and a real server.
set -eu
cd "$(dirname "$0")/.."
. scripts/target-dir.sh
. scripts/go-here.sh

bash scripts/go.sh testhooks
# The whole workspace at a time, so that every make target shares the same builds of the dependencies.
[ -n "${ATTEST_BIN:-}" ] || cargo build --locked --workspace --bins

cd bindings/go
unformatted=$(gofmt -l . ../../examples/go)
if [ -n "$unformatted" ]; then
    printf 'gofmt would change these files:\n%s\n' "$unformatted"
    exit 1
fi
go vet -tags testhooks ./...
# Without cgo it compiles too.
CGO_ENABLED=0 go vet ./...
# `make test` names one that it has built already.
export ATTEST_BIN=${ATTEST_BIN:-$target/debug/attest}
# glibc overwrites what is freed, so that a use of it shows.
export MALLOC_PERTURB_=165
# -count=1: the go command does not see what a test asks of a server.
go test -tags testhooks -race -count=1 "$@" ./...
# What the process keeps cannot be told under the race detector.
go test -tags testhooks -count=1 -run TestNoCallLeavesMemoryBehind ./attest
