# The two commands of the README. Both install what they need first.
COPPICE = .build/release/coppice
SWIFT ?= swift

.PHONY: quickstart test sanitize-address sanitize-threads inject build setup format lint

quickstart: build
	$(COPPICE) run quickstart

# In release, because kernels and tests are far slower in debug; without testable imports, so that it shares the build.
test: setup
	$(SWIFT) test -c release --disable-testable-imports

# Memory, undefined behaviour and threads, each in a build folder of its own; then every call on files gone wrong once.
sanitize-address: setup
	@sh Tests/Sanitizers/address.sh

sanitize-threads: setup
	@sh Tests/Sanitizers/threads.sh

inject: build
	@COPPICE=$(COPPICE) sh Tests/Faults/inject.sh

build: setup
	$(SWIFT) build -c release --product coppice

setup:
	@sh Makefile.setup

format:
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Experiments

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Experiments
