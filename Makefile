# The commands of the README. Each works in a fresh clone on a machine with the Rust toolchain, cc and make.
.PHONY: help demo build test spec interop bench lint clean

help: ## What can be asked of make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: ## A first receipt: build, run examples/hello-c, run it again from the cache, verify offline, break it
	@bash examples/demo.sh

build: ## The attest command, for use (release; takes some minutes)
	cargo build --release --locked -p attest-cli

test: ## Unit, property and end-to-end tests
	@bash scripts/test.sh

spec: ## The specification's Rust program, as it is printed there, against a real server
	@bash scripts/spec.sh

interop: ## Receipts made here, judged by the independent command-line tool
	@bash scripts/interop.sh

bench: ## What it costs, beside b3sum and turbo (release; ARGS=--quick for fewer runs, ARGS=hash for some rows)
	@bash scripts/bench.sh $(ARGS)

lint: ## Format and lints, as CI asks for them
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings

clean: ## Remove what was built
	cargo clean
