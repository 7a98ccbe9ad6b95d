# Two commands matter: `make run` and `make test`. Both do all set-up on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The environment is ours alone, whoever made it: nothing to warn of. Older pips skip the variable.
export PIP_ROOT_USER_ACTION := ignore

.PHONY: sbom audit run test setup setup-test lint bench burden mutants trace faults real sweep engines anywhere screens vendor lock clean

run: setup
	$(BIN)/daybook run

test: setup-test lint
	$(BIN)/python -m pytest -n 2 --dist loadscope --junitxml=var/report.xml

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Daybook needs Python 3.11 or newer: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

setup-test: $(VENV)/ready-test
	$(BIN)/python -m tests.chromium

# The lock is everything: fonts come without the programs that they are packed for.
$(VENV)/ready-test: requirements-dev.lock $(VENV)/ready
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	touch $@

lint: setup-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@test ! -x $(BIN)/hadolint || $(BIN)/hadolint Dockerfile

# About a quarter of an hour. Fails where a count is above its budget; times are printed alone.
bench: setup-test
	$(BIN)/python -m bench

# Whether the rules find what was planted in a cohort made apart, and how often they are wrong.
burden: setup-test
	$(BIN)/python -m bench.burden

# The validation pack: which test proves which requirement, on this source. Takes the report of the
# last `make test` and of `make mutants` where they were of this source, else runs what is marked.
trace: setup-test
	$(BIN)/python -m tests.trace

# What the product is made of, as CycloneDX JSON in var/.
sbom: setup-test
	$(BIN)/python -m tests.supply.sbom

# Known faults in what is pinned; needs the network, and fails without it.
audit: setup-test
	$(BIN)/python -m tests.supply.audit

# The measures against records of real trials: make real DATA=folder.
real: setup-test
	$(BIN)/python -m tests.real $(DATA)

mutants: setup-test
	$(BIN)/python -m tests.mutants.run

# Kills, locks and a moody mail server, on both databases: about a quarter of an hour.
faults: setup-test
	$(BIN)/python -m tests.faults

# Every sweep over the product whole, on both databases and under both sets of letters.
sweep: setup-test
	$(BIN)/python -m pytest --sweep -m sweep -n 2 --dist loadscope

# The main journey in Chromium, Firefox and WebKit; names what is not installed.
engines: setup-test
	$(BIN)/python -m tests.engines

# What reads the clock, on other days and in other places: about a quarter of an hour.
anywhere: setup-test
	$(BIN)/python -m tests.anywhere

# Renders the pages of the demo into docs/screens.
screens: setup-test
	$(BIN)/python -m tests.screens

# Fetches htmx from the npm registry; needs npm and the network.
vendor:
	sh app/static/vendor/fetch.sh

# Pins and hashes every dependency anew; needs uv.
LOCK := uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --quiet pyproject.toml
lock:
	$(LOCK) --extra build -o requirements.lock
	$(LOCK) --extra build --extra dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache *.egg-info
