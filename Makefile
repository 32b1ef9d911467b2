# Everything a person does with this repository; `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
CARGO := cargo
PYTHON := .venv/cloud/bin/python
# A minute a target by default; CONTRIBUTING.md has the commands of a long run.
FUZZ_SECONDS ?= 60
# Side by side: end-to-end tests, which wait more than they work, and fuzz targets, which work.
WORKERS ?= 3

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
test: ## All tests: lints, unit, property, golden, template, end to end
	@# What ships is linked, one processor a function, while lints and tests are compiled and run: cargo locks a folder a profile.
	@$(MAKE) --no-print-directory build & shipped=$$!; \
		$(MAKE) --no-print-directory check test-rust || { kill $$shipped; exit 1; }; \
		wait $$shipped
	@$(MAKE) --no-print-directory test-template test-cloud
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
	$(PYTHON) -m pytest -q --numprocesses $(WORKERS) --dist loadfile tests/cloud

.PHONY: bench
bench: ## Throughput as ratios from one run
	$(CARGO) bench --locked --quiet --package logweir-tests --bench ratios --bench patterns --bench documents --bench rules --bench levels

.PHONY: bench-against
bench-against: ## The same benchmarks of another revision, built beside, run in turn: make bench-against REV=a8f3f5a
	@scripts/bench-against $(REV)

.PHONY: bench-search
bench-search: build ## Documents a second into a real search server, beside a plain client with the same bodies
	scripts/bench-search

.PHONY: measure-init
measure-init: build ## Time from start to first answer, beside an empty function
	PATH="$(CURDIR)/.venv/sam/bin:$$PATH" $(CARGO) lambda build --locked --quiet --release --package logweir-lambda-support --example empty
	scripts/measure-init

.PHONY: sizes
sizes: build ## The functions as they ship, and what their zip files weigh
	@scripts/sizes

.PHONY: fuzz
fuzz: ## Fuzz each target for FUZZ_SECONDS, from the committed corpus
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz

.PHONY: clean
clean: ## Remove what was built; the tools in .venv stay
	$(CARGO) clean
	rm -rf .aws-sam .local/demo .local/tests
