# The two commands of the README. Both install what they need first.
COPPICE = .build/release/coppice
SWIFT ?= swift

.PHONY: quickstart test fuzz sanitize-address sanitize-threads inject build setup format lint

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

# Every reader with 10,000 damaged inputs each, for the night: `make test` gives it a few hundred. What was being read when a run
# ended badly is kept in the folder it names, one file an input.
FUZZ ?= 10000
FUZZ_FOLDER = .build/fuzz

fuzz: setup
	@rm -rf $(FUZZ_FOLDER)
	COPPICE_FUZZ=$(FUZZ) COPPICE_FUZZ_FOLDER=$(abspath $(FUZZ_FOLDER)) $(SWIFT) test -c release \
	  --disable-testable-imports --no-parallel --filter 'Fuzzing|Forged' || \
	  { echo "being read when it ended, if anything:" >&2; find $(FUZZ_FOLDER) -type f >&2; exit 1; }

build: setup
	$(SWIFT) build -c release --product coppice

setup:
	@sh Makefile.setup

format:
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Experiments

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Experiments
