# Leadrail: every task of a working day. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
# cluster starts one throw-away Postgres and sets TEST_DATABASE_URL for what follows.
CLUSTER := go run ./internal/pgtest/cluster --
# CHAOS are the tests that account for every lead while something is wrong.
CHAOS := ^(TestNoDeathLosesALead|TestOneKeyIsOneLead|TestTemporalIsAway|Test.*PostgresIsAway|TestNothingIsLostInTrouble|TestARollingRestartFailsNoRequest|TestAReplayAfterAnEndpointWasDead)$$

##@ Use

.PHONY: help
help: ## list these targets
	@awk -f scripts/help.awk $(MAKEFILE_LIST)

.PHONY: run
run: postgres build ## build, then run everything on this machine: http://localhost:8080
	exec bin/leadrail up

.PHONY: build
build: ## build bin/leadrail and the Temporal server it starts, bin/leadrail-temporal
	mkdir -p bin
	go build -ldflags '$(LDFLAGS)' -o bin/leadrail ./cmd/leadrail
	scripts/build-temporal

##@ Check

# The built programs are tested last and alone: they share the machine's cores
# with what they wait for.
.PHONY: test
test: postgres iproute build ## run all tests, with the race detector, on real Postgres and Temporal servers
	go -C devserver test ./...
	$(CLUSTER) go test -race -shuffle=on $$(go list ./... | grep -v '^leadrail/e2e$$')
	go test -count=1 -shuffle=on -timeout=20m ./e2e

.PHONY: test-short
test-short: postgres ## run the tests that need no built binary, without the race detector
	$(CLUSTER) go test -short ./...

.PHONY: check-long
check-long: test fuzz ## run the tests, each fuzz target for a minute, and the long end-to-end tests
	LEADRAIL_LONG=1 $(CLUSTER) go test -count=1 -timeout=60m ./e2e/...

.PHONY: samples
samples: postgres build ## send all 2,000 sample leads at once and check what became of each
	LEADRAIL_LONG=1 go test -count=1 -timeout=30m -v -run '^TestEverySampleLead$$' ./e2e

.PHONY: chaos
chaos: postgres build ## kill, stop, freeze and cut off every part under load, and account for each lead: 40 minutes
	LEADRAIL_LONG=1 go test -count=1 -timeout=60m -parallel=1 -v -run '$(CHAOS)' ./e2e

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZ_SECONDS (60)
	scripts/fuzz $(or $(FUZZ_SECONDS),60)

.PHONY: lint
lint: ## check formatting, vet, linters and the determinism of the workflows
	scripts/lint

.PHONY: bench
bench: postgres build ## measure how many leads a second this machine takes in and delivers
	go run ./bench

##@ Change

.PHONY: fmt
fmt: ## format the Go sources
	scripts/lint fmt

.PHONY: generate
generate: ## write generated files anew
	go generate ./...

.PHONY: clean
clean: ## remove what build made; data stays
	rm -rf bin

# Installs what a test needs to make a network of its own.
.PHONY: iproute
iproute:
	scripts/ensure-iproute

# Installs PostgreSQL where that is possible and says how where it is not.
.PHONY: postgres
postgres:
	scripts/ensure-postgres
