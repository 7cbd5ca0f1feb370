# Everything that works on a fresh clone: `make demo` and `make test` set up what they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=
FILE ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check format generate clean

help: ## what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 16

demo: $(VENV)/.speech ## the main job on a bundled recording, or FILE=yours: no account, no network
	@$(BIN)/intron demo $(if $(FILE),"$(FILE)")

test: $(VENV)/.developed ## all tests
	@$(BIN)/python -m pytest -q $(PYTEST_ARGS)

check: $(VENV)/.developed ## format, lint, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.developed ## format and mend what lint can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

generate: $(VENV)/.developed ## the tables of the README and the completions, from the code
	@$(BIN)/python scripts/generate.py

clean: ## remove what the others made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "intron needs Python 3.11 or newer. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "This Python comes without venv. Install it (Debian and Ubuntu: apt-get install python3-venv)."; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# A recogniser for recordings of your own, where there is a wheel of it; the demo works without.
$(VENV)/.speech: $(VENV)/.installed
	@echo "Installing a recogniser for recordings of your own (60 MB) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[speech]' 2>/dev/null || \
		echo "There is none for this machine; the bundled recording needs none."
	@touch $@

$(VENV)/.developed: $(VENV)/.speech
	@echo "Installing the tools of the tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@
