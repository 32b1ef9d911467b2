# Everything a person does with this repository; `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
CARGO := cargo
PYTHON := .venv/cloud/bin/python
# A minute a target by default; CONTRIBUTING.md has the commands of a long run.
FUZZ_SECONDS ?= 60

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

.PHONY: demo
demo: ## Build, deploy into a local AWS, send thousands of log lines through every path, show what came out
	@scripts/demo up

.PHONY: demo-down
demo-down: ## End the local AWS of the demo
	@scripts/demo down

.PHONY: test
test: check test-rust test-template test-cloud ## All tests: lints, unit, property, golden, template, end to end
	@echo "all tests passed"

.PHONY: check
check: ## Formatting, lints and documentation, with every warning an error
	$(CARGO) fmt --all -- --check
	$(CARGO) clippy --locked --quiet --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --quiet --workspace --no-deps

.PHONY: test-rust
test-rust: ## Unit, property, golden and documentation tests
	$(CARGO) test --locked --workspace

.PHONY: setup
setup: ## Install SAM, cargo-lambda, the local AWS and pytest into .venv
	@scripts/setup

.PHONY: build
build: setup ## The functions, for this machine, as `sam build` makes them
	@scripts/demo build

.PHONY: test-template
test-template: setup ## sam validate, cfn-lint, and what the template must hold
	$(PYTHON) -m pytest -q tests/template

.PHONY: test-cloud
test-cloud: build ## End to end: real binaries, a real deploy into a local AWS, faults, a poller that keeps Lambda's rules
	$(PYTHON) -m pytest -q tests/cloud

.PHONY: bench
bench: ## Throughput as ratios from one run
	$(CARGO) bench --locked --quiet --package logweir-tests --bench ratios --bench patterns --bench documents --bench rules

.PHONY: bench-search
bench-search: build ## Documents a second into a real search server, beside a plain client with the same bodies
	$(CARGO) build --locked --quiet --release --package logweir-cli
	scripts/bench-search

.PHONY: measure-init
measure-init: setup ## Time from start to first answer, beside an empty function
	$(CARGO) build --locked --quiet --release --package logweir-lambda-support --example empty
	$(CARGO) build --locked --quiet --release --package logweir-transformer --package logweir-archiver --package logweir-indexer --package logweir-alarmer
	scripts/measure-init

.PHONY: sizes
sizes: ## Stripped binaries and what their zip files weigh
	$(CARGO) build --locked --quiet --release --package logweir-transformer --package logweir-archiver --package logweir-indexer --package logweir-alarmer
	@for name in transformer archiver indexer alarmer; do \
		binary=target/release/logweir-$$name; \
		printf '%-12s %5.1f MB, zipped %4.1f MB\n' $$name \
			"$$(stat -c %s $$binary | awk '{print $$1 / 1e6}')" \
			"$$(python3 -c 'import sys, zlib; print(len(zlib.compress(open(sys.argv[1], "rb").read(), 6)) / 1e6)' $$binary)"; \
	done

.PHONY: fuzz
fuzz: ## Fuzz each target for FUZZ_SECONDS, from the committed corpus
	@command -v cargo-fuzz >/dev/null || $(CARGO) install --quiet --locked cargo-fuzz@0.13.1
	@for target in payload envelope pattern pattern_match records document rules evidence; do \
		corpus=$${target/document/records}; \
		echo "fuzzing $$target for $(FUZZ_SECONDS) s"; \
		mkdir -p fuzz/artifacts fuzz/found/$$target; \
		RUSTC_WRAPPER=$(CURDIR)/fuzz/rustc-wrapper $(CARGO) fuzz run --no-trace-compares -s none $$target \
			fuzz/found/$$target fuzz/corpus/$$corpus -- -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -verbosity=0; \
	done

.PHONY: clean
clean: ## Remove what was built; the tools in .venv stay
	$(CARGO) clean
	rm -rf .aws-sam
