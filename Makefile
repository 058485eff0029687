# Two commands do everything: `make demo` and `make test`.  Needs python3 (3.11 or newer), python3-venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# two workers: the tests are sized for two cores
WORKERS ?= 2
SUITE := .envs/scrapy-suite

.PHONY: demo test soak bench-audit bench-extraction bench-night bench-tables lint format types imports environment system replay peers pandas replaywebpage scrapy-suite lock clean
.DELETE_ON_ERROR:

demo: $(VENV)/.app
	$(BIN)/luutru demo

test: $(VENV)/.dev system replay peers pandas replaywebpage scrapy-suite lint
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not soak"

soak: $(VENV)/.dev system replay peers pandas
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "soak"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# How well pages of unknown make are read; the pages are other people's, in $LUUTRU_EXTRACTION_DEV.
bench-extraction: $(VENV)/.dev
	$(BIN)/python -m benchmarks.extraction

# How the tables grow and answer: 200,000 articles in 20 nights.
bench-tables: $(VENV)/.dev
	$(BIN)/python -m benchmarks.tables

# How fast a store is audited, beside other people's checkers.
bench-audit: $(VENV)/.dev peers
	$(BIN)/python -m benchmarks.audit

# What the night after costs, on a portal of 2,000 articles that hardly change.
bench-night: $(VENV)/.dev
	$(BIN)/python -m benchmarks.night

environment: $(VENV)/.dev

# What tests need beyond Python: chromium looks at the demo portal as a person would.
system:
	@sh tests/system.sh

replay: .envs/replay/.ready
peers: .envs/peers/.ready
pandas: .envs/pandas/.ready
replaywebpage: .envs/replaywebpage/.ready
scrapy-suite: .envs/scrapy-suite/.ready .envs/mitmproxy/.ready

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "luutru needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Say make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "luutru needs python3-venv: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: locks/app.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/app.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: locks/dev.txt $(VENV)/.app
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	@touch $@

.envs/%/.ready: locks/%.txt
	$(PYTHON) -m venv .envs/$*
	.envs/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/$*.txt
	@touch $@

# The viewer of WACZ files: two scripts out of its npm package, by the hash in its lock, for Chromium to run.
VIEWER := .envs/replaywebpage
.envs/replaywebpage/.ready: locks/replaywebpage.sha512 | system
	rm -rf $(VIEWER)
	mkdir -p $(VIEWER)
	cd $(VIEWER) && npm pack --silent --ignore-scripts \
		$$(sed -E 's/^.*  (.+)-([0-9.]+)\.tgz$$/\1@\2/' $(CURDIR)/locks/replaywebpage.sha512)
	cd $(VIEWER) && sha512sum --quiet -c $(CURDIR)/locks/replaywebpage.sha512
	tar -xzf $(VIEWER)/replaywebpage-*.tgz -C $(VIEWER) --strip-components 1 package/ui.js package/sw.js
	@touch $@

# The application once more, beside what Scrapy's own tests need, and those tests out of the source of the Scrapy that
# locks/app.txt names.  Only tests are unpacked: the Scrapy that runs is the one that is installed.
.envs/scrapy-suite/.ready: locks/scrapy-suite.txt locks/app.txt pyproject.toml
	$(PYTHON) -m venv .envs/scrapy-suite
	$(SUITE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/app.txt
	$(SUITE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/scrapy-suite.txt
	$(SUITE)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	rm -rf $(SUITE)/source
	mkdir -p $(SUITE)/source
	sed -n '/^scrapy==/,/[^\\]$$/p' locks/app.txt >$(SUITE)/source.txt
	$(SUITE)/bin/python -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --no-binary :all: \
		--no-build-isolation --dest $(SUITE)/source -r $(SUITE)/source.txt
	tar -xzf $(SUITE)/source/scrapy-*.tar.gz -C $(SUITE)/source --strip-components 1 --no-wildcards-match-slash \
		--wildcards 'scrapy-*/tests' 'scrapy-*/conftest.py' 'scrapy-*/pyproject.toml'
	@touch $@

# New locks, with hashes and without the address of an index.  Needs uv.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	$(LOCK) pyproject.toml --group build -o locks/app.txt
	$(LOCK) pyproject.toml --group build --extra cluster -c locks/app.txt -o locks/cluster.txt
	$(LOCK) pyproject.toml --group dev -c locks/app.txt -o locks/dev.txt
	$(LOCK) locks/replay.in -o locks/replay.txt
	$(LOCK) locks/peers.in -o locks/peers.txt
	$(LOCK) locks/pandas.in -o locks/pandas.txt
	$(LOCK) locks/scrapy-suite.in -c locks/app.txt -o locks/scrapy-suite.txt
	$(LOCK) locks/mitmproxy.in -o locks/mitmproxy.txt

clean:
	rm -rf $(VENV) .envs demo-store .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
