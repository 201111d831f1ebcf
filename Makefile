# Everything runs in a virtual environment of its own, .venv, so nothing is installed into the system's Python.
PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTED := $(VENV)/.ready_for_tests
SYSTEM := PYTHONPATH=tests/helpers $(BIN)/python tests/system
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile
PIP := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
POLICIES := as_documented,open_asylum,closed_borders,exit_ban,open_asylum_exit_ban,tourist_visas_open,humanitarian_visas,protected_categories,shared_intake,support_networks,asylum_for_deserters,neighbours_close,no_rumour,no_policy
.DEFAULT_GOAL := help
.PHONY: help setup compare test check headline benchmark mutations invariants kills lint baseline clean

help:  ## what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 18
	@echo '  PYTHON=python3.12 chooses the Python, ARGS="draws=50" is passed on'

setup: $(TESTED)  ## the virtual environment with the packages of every study and of the tests, pinned

compare: $(READY)  ## the default comparison of policies: a table and figures
	$(BIN)/flight compare $(ARGS)

test: $(TESTED)  ## all tests, on all cores
	$(PYTEST) $(ARGS)

check: lint  ## lint and the tests that are fast, for every change
	$(PYTEST) -m 'not slow and not cluster' $(ARGS)

headline: $(READY)  ## results/headline, made anew
	$(BIN)/flight compare name=headline policies=[$(POLICIES)] out=results/headline --replace $(ARGS)

benchmark: $(READY)  ## this engine beside other frameworks on one workload; installs them
	$(PIP) --quiet -e '.[bench]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps mesa-frames==0.1.0a0
	$(BIN)/python -m conscription_flight.benchmarks.frameworks $(ARGS)

mutations: $(TESTED)  ## wrong commands by the hundred, run whole: ARGS="500" of every verb, which takes hours
	$(SYSTEM)/mutations.py $(ARGS)

invariants: $(TESTED)  ## strange settings by the thousand: ARGS="2000", or ARGS="1 417" for number 417 alone
	$(SYSTEM)/invariants.py $(ARGS)

kills: $(TESTED)  ## studies killed at random moments and given again: ARGS="50" of each
	$(SYSTEM)/kills.py $(ARGS)

lint: $(TESTED)  ## the import contracts, of the tree as it is installed, and ruff
	$(SYSTEM)/import_contract.py
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

baseline: $(TESTED)  ## tests/data/baseline.json made anew, after a change that is meant to move numbers
	$(SYSTEM)/baseline.py

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .import_linter_cache build *.egg-info

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo '$(PYTHON): Python 3.11 or later is needed; name one, as in make PYTHON=python3.12' >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'Packages into $(VENV): some 900 MB, a few minutes.'
	$(PIP) -e .
	@echo 'Compiling the model, once for each version of it: half a minute.'
	$(BIN)/python -m conscription_flight.commands.compile_kernels
	@touch $(READY)

$(TESTED): $(READY)
	@echo 'Packages of the studies and the tests into $(VENV): some 100 MB more.'
	$(PIP) -e '.[test]'
	@touch $(TESTED)
