#!/usr/bin/env bash
# `make node`: the npm package in bindings/node, with its native module, ready for `npm install <checkout>/bindings/node`.
set -eu
cd "$(dirname "$0")/.."
. scripts/node-here.sh

# Its `prepare` builds both.
npm --prefix bindings/node ci --no-audit --no-fund
ls -l bindings/node/native
