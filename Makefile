# The commands of the README. Each works in a fresh clone on a machine with the Rust toolchain, cc and make; what else a
# language takes, its script says where it is missing.
.PHONY: help demo build attest python node go c test spec parity interop ed25519 provenance fuzz bench counts lint clean

help: ## What can be asked of make
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: ## A first receipt: build, run examples/hello-c, run it again from the cache, verify offline, break it
	@bash examples/demo.sh

build: attest c go python node ## The command and every language's package, for use (release; takes some minutes)

attest: ## The attest command: target/release/attest
	cargo build --release --locked -p attest-cli

c: ## The C library: target/c
	@bash scripts/c.sh

go: ## The native library of the Go package: bindings/go is then ready for a `replace`
	@bash scripts/go.sh

python: ## The wheel of the Python package: target/wheels
	@bash scripts/python.sh

node: ## The native module of the npm package: bindings/node is then ready for `npm install`
	@bash scripts/node.sh

test: ## Unit, property and end-to-end tests, and every language's tests and lints
	@bash scripts/test.sh

spec: ## The specification's programs in every language, as they are printed there, against a real server
	@bash scripts/spec.sh

parity: ## Every receipt vector judged, signed and verified in every language: the same bytes
	@bash scripts/parity.sh

interop: ## Receipts made here, judged by the independent command-line tool
	@bash scripts/interop.sh

ed25519: ## The signatures that divide libraries, made and judged by libsodium again
	@bash scripts/ed25519.sh

fuzz: ## Every fuzz target for 20 seconds (ARGS=600 for longer, ARGS="600 policy" for one)
	@bash scripts/fuzz.sh $(ARGS)

provenance: ## Exported receipts, judged by securesystemslib, in-toto, sigstore and cosign
	@bash scripts/provenance.sh

bench: ## What it costs, beside what others cost (release; ARGS=--quick for fewer runs, ARGS=hash for some rows)
	@bash scripts/bench.sh $(ARGS)

counts: ## Instructions of verifying a receipt, beside those that are committed (ARGS=--update commits to new ones)
	@bash scripts/counts.sh $(ARGS)

lint: ## Format and lints, as CI asks for them; those of the other languages are part of `make test`
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings

clean: ## Remove what was built
	cargo clean
