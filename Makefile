# orbat: two commands matter, `make demo` and `make test`; each sets up all it needs in .venv.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
SHELL := /bin/bash

.PHONY: demo test check eval bench setup training-setup train refresh clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("orbat needs Python 3.11 or newer; set PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

demo: setup
	$(VENV)/bin/orbat demo

check: setup
	$(VENV)/bin/ruff check orbat training tests evals scripts
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: check
	$(RUN) -m pytest
