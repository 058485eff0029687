# Two commands do everything: `make demo` and `make test`.  Needs python3 (3.11 or newer), python3-venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# two workers: the tests are sized for two cores
WORKERS ?= 2

.PHONY: demo test soak lint format types imports environment system replay peers lock clean
.DELETE_ON_ERROR:

demo: $(VENV)/.app
	$(BIN)/luutru demo

test: $(VENV)/.dev system peers lint
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not soak"

soak: $(VENV)/.dev system peers
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "soak"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

environment: $(VENV)/.dev

# What tests need beyond Python: chromium looks at the demo portal as a person would.
system:
	@sh tests/system.sh

replay: .envs/replay/.ready
peers: .envs/peers/.ready

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

# New locks, with hashes and without the address of an index.  Needs uv.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	$(LOCK) pyproject.toml --group build -o locks/app.txt
	$(LOCK) pyproject.toml --group dev -c locks/app.txt -o locks/dev.txt
	$(LOCK) locks/replay.in -o locks/replay.txt
	$(LOCK) locks/peers.in -o locks/peers.txt

clean:
	rm -rf $(VENV) .envs demo-store .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
