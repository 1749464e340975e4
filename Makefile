# Eyrie's commands. `make help` lists them. Everything that is needed is installed by scripts/setup.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BUILD := build
# Where `make run` keeps its data and listens; override on the command line.
DATA ?= $(if $(XDG_DATA_HOME),$(XDG_DATA_HOME),$(HOME)/.local/share)/eyrie
LISTEN ?= 127.0.0.1:4566

.PHONY: help run build dev test test-quick tsan bench accuracy fuzz chaos soak soak-uploads lint format clean setup

help:  ## List the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup:  ## Install what building and running needs
	@scripts/setup

run: build  ## Install, build and serve; the console's address is the last line
	@exec $(BUILD)/release/eyrie serve --data "$(DATA)" --listen "$(LISTEN)"

build: setup  ## Build build/release/eyrie
	@scripts/build release eyrie

dev: setup  ## Build everything with assertions
	@scripts/build dev

test:  ## Install, build and run every test
	@scripts/test

test-quick: setup  ## The unit tests alone, under the sanitizers
	@scripts/build asan
	@ctest --test-dir $(BUILD)/asan --output-on-failure --parallel 2 -L unit

tsan: setup  ## What is concurrent, under ThreadSanitizer (RACE_SECONDS=60)
	@scripts/setup --tests
	@EYRIE_RACE_SECONDS=$(or $(RACE_SECONDS),60) scripts/tsan

bench: setup  ## Print the benchmarks
	@scripts/setup --tests
	@scripts/build release
	@scripts/bench

accuracy: setup  ## Print the accuracy tables on ../shared/eval
	@scripts/build release eyrie_accuracy
	@$(BUILD)/release/tests/accuracy/eyrie_accuracy --check

fuzz: setup  ## Run every fuzzer for a minute (SECONDS_EACH=60)
	@scripts/build fuzz
	@scripts/fuzz $(or $(SECONDS_EACH),60)

chaos: setup  ## The long kill -9 run (ROUNDS=2000)
	@scripts/setup --tests
	@scripts/build release eyrie
	@EYRIE_CHAOS_KILLS=$(or $(ROUNDS),2000) /usr/bin/python3 tests/chaos/kill_test.py
	@EYRIE_CHAOS_EVERYTHING_KILLS=$$(( $(or $(ROUNDS),2000) / 4 )) /usr/bin/python3 tests/chaos/everything_kill_test.py

soak: setup  ## Memory over many pictures with every model (PICTURES=10000; 100000 take a day)
	@scripts/setup --tests
	@scripts/build release eyrie
	@EYRIE_SOAK_PICTURES=$(or $(PICTURES),10000) /usr/bin/python3 tests/load/memory_test.py

soak-uploads: setup  ## Memory over many uploads of small pictures (UPLOADS=100000)
	@scripts/setup --tests
	@scripts/build release eyrie
	@EYRIE_SOAK_UPLOADS=$(or $(UPLOADS),100000) /usr/bin/python3 tests/load/uploads_memory_test.py

lint:  ## clang-tidy over src/
	@scripts/build dev
	@run-clang-tidy-19 -quiet -p $(BUILD)/dev "$(CURDIR)/src/.*" 2>/dev/null

format:  ## clang-format over src/ and tests/
	@git ls-files '*.cc' '*.h' | xargs clang-format-19 -i

clean:  ## Remove build/ (fetched models stay in the cache)
	@rm -rf $(BUILD)
