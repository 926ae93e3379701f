# The two commands of the README. Both install what they need first.
COPPICE = .build/release/coppice
SWIFT ?= swift

.PHONY: quickstart test fuzz sanitize-address sanitize-threads inject torture simulation scale build install uninstall setup format lint

quickstart: build
	$(COPPICE) run quickstart

# In release, because kernels and tests are far slower in debug; without testable imports, so that it shares the build.
test: setup
	$(SWIFT) test -c release --disable-testable-imports

# The five that follow are for the night, and end with exit code 0 where they find nothing.

# Memory and undefined behaviour of the kernels and of the command line, in a build folder of their own: see the script.
sanitize-address: setup
	@sh Tests/Sanitizers/address.sh

# Threads that meet in one place of memory, in another build folder: see the script for what is seen and what is not.
sanitize-threads: setup
	@sh Tests/Sanitizers/threads.sh

# Every call on the files of a small run gone wrong once, in four ways, in a few minutes on two cores: see the script.
inject: build
	@COPPICE=$(COPPICE) sh Tests/Faults/inject.sh

# What happens to results, done for real: kill -9 at random moments, full disks, damaged files, clocks that jump. See the script; PARTS
# names some of them, as PARTS="kills damage --seed 7".
PARTS ?=
torture: build
	@COPPICE=$(COPPICE) python3 Tests/Torture/torture.py $(PARTS)

# Every reader with 10,000 damaged inputs: settings, specifications, IDX, gzip, CIFAR, sentences, trials, stages and checkpoints,
# summaries, journals, benchmarks; weight files with 100,000 a format. `make test` gives it a few hundred, and a few thousand. A run
# goes on from one forged stage or checkpoint of five, and the command line is given one forged file of fifty, for these take a hundred
# times as long as reading. Files lie in memory where the system has a folder for that: syncing them takes no time there. What was
# being read when it ended badly is kept in the folder it names, one file an input: give its number as COPPICE_FUZZ_ONLY, and add it
# to Tests/Corpus.
FUZZ ?= 10000
FUZZ_FOLDER = .build/fuzz
FUZZ_FILES = $(wildcard /dev/shm)

fuzz: setup
	@rm -rf $(FUZZ_FOLDER)
	@temporary=$$(mktemp -d $(if $(FUZZ_FILES),$(FUZZ_FILES)/coppice-fuzz.XXXXXX)) && trap 'rm -rf "$$temporary"' EXIT && \
	  { TMPDIR=$$temporary COPPICE_FUZZ=$(FUZZ) COPPICE_FUZZ_FOLDER=$(abspath $(FUZZ_FOLDER)) $(SWIFT) test -c release \
	    --disable-testable-imports --filter 'Fuzzing|Forged' || \
	    { echo "being read when it ended, if anything:" >&2; find $(FUZZ_FOLDER) -type f >&2; exit 1; }; }

# What `coppice plan --simulate` foretells beside what 1, 2 and 4 processes on one folder need, in a few minutes: see the script.
simulation: build
	@python3 Tests/Simulation/check.py $(COPPICE)

# A store of 10,000 trials and 100,000 stages: how long every command takes on it, in some minutes; needs python3. See the script.
scale: build
	@COPPICE=$(abspath $(COPPICE)) bash Tests/Scale/stores.sh

build: setup
	$(SWIFT) build -c release --product coppice

# The program with its manual page and the completions of three shells: `make install PREFIX=$HOME/.local`.
PREFIX ?= /usr/local
ROOT = $(DESTDIR)$(PREFIX)

install: build
	for folder in bin share/man/man1 share/bash-completion/completions share/zsh/site-functions \
	  share/fish/vendor_completions.d; do mkdir -p "$(ROOT)/$$folder"; done
	install -m 755 "$(COPPICE)" "$(ROOT)/bin/coppice"
	"$(COPPICE)" man > "$(ROOT)/share/man/man1/coppice.1"
	"$(COPPICE)" --generate-completion-script bash > "$(ROOT)/share/bash-completion/completions/coppice"
	"$(COPPICE)" --generate-completion-script zsh > "$(ROOT)/share/zsh/site-functions/_coppice"
	"$(COPPICE)" --generate-completion-script fish > "$(ROOT)/share/fish/vendor_completions.d/coppice.fish"

uninstall:
	rm -f "$(ROOT)/bin/coppice" "$(ROOT)/share/man/man1/coppice.1" "$(ROOT)/share/bash-completion/completions/coppice" \
	  "$(ROOT)/share/zsh/site-functions/_coppice" "$(ROOT)/share/fish/vendor_completions.d/coppice.fish"

setup:
	@sh Makefile.setup

format:
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests Experiments

lint:
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests Experiments
