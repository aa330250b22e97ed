# `make demo` and `make test` are all that a newcomer needs. Both make their own .venv.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
LAB ?= examples/adder
# Processes that test side by side; 0: none but the one.
JOBS ?= auto
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help demo test slow check format lint types contracts budget docs bench constraints clean

help:  ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed  ## improve examples/adder until a base case ends it, then write the report
	$(BIN)/successor improve $(LAB)
	@$(BIN)/successor report $(LAB) --open no > /dev/null
	@echo "The report is $(abspath $(LAB))/report.html"

test: check  ## everything that has to hold: format, lint, types, contracts, budget, tests
	$(PYTEST) -n $(JOBS) --maxprocesses 4 --dist worksteal

slow: $(VENV)/.dev  ## the tests that take minutes: kills, simulations, training
	$(PYTEST) -m slow --timeout 3600

check: format lint types contracts budget  ## all of `make test` that runs nothing

format: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/pyright

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

budget: $(VENV)/.dev  ## how long files and functions are; fails when a number rose
	$(BIN)/python tools/budget.py

docs: $(VENV)/.dev  ## write the generated parts of docs/ anew
	$(BIN)/python tools/docs.py

bench: $(VENV)/.installed  ## the controls: what the loop gains over training without it
	$(BIN)/python benchmarks/adder.py

constraints: $(VENV)/.dev  ## write constraints.txt anew from what is installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group bench
	$(BIN)/python tools/freeze.py

clean:  ## forget the environment, not the labs
	rm -rf $(VENV)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Name one: make PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv $(VENV)

# A venv brings the pip that its Python came with; dependency groups need 25.1 or newer.
$(VENV)/.pip: constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --upgrade --constraint constraints.txt pip
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt $(VENV)/.pip
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[programs,train]' \
		|| { $(BIN)/python tools/why_no_torch.py; exit 1; }
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[language,local,mcp,ray,web]' --group dev
	@touch $@
