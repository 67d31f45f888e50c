# orbat: two commands matter, `make demo` and `make test`; each sets up all it needs in .venv.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
ORBAT := $(VENV)/bin/orbat
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check
CORPUS ?= ../shared/corpus
BENCH ?= ../shared/bench
MINUTES ?= 30
SHELL := /bin/bash

.PHONY: setup demo check test eval bench bench-store bench-records bench-service bench-web bench-scale soak fuzz audit lock refresh picture page-pictures training-setup train clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml requirements.lock requirements-ftm.lock hatch_build.py orbat/web/package.json orbat/web/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "orbat needs Python 3.11 or newer: set PYTHON=/path/to/python3.11")'
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --no-deps -r requirements.lock
	@# FollowTheMoney's own library needs ICU's headers (Debian: libicu-dev, pkg-config); without them its tests are skipped and say so.
	if pkg-config --exists icu-i18n; then $(PIP) --require-hashes --no-deps -r requirements-ftm.lock; fi
	$(PIP) --no-deps -e .
	touch $@

demo: setup
	rm -rf build/demo && mkdir -p build/demo
	$(ORBAT) read examples/[0-9]* --store build/demo/orbat.db --format table
	$(ORBAT) show "Islamic State" --store build/demo/orbat.db --limit 4

check: setup
	$(VENV)/bin/ruff check orbat training tests evals scripts fuzz hatch_build.py
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

test: check
	$(RUN) -m pytest -n auto --maxprocesses 8 --dist loadfile

# Scores on the corpus's dev part and on the links, and the gate of evals/. Fails when a score falls below its floor.
eval: setup
	mkdir -p build
	$(ORBAT) eval $(CORPUS)/dev.jsonl --json > build/eval.json
	$(ORBAT) eval $(CORPUS)/dev.jsonl
	$(ORBAT) eval --references $(CORPUS)/dev.jsonl
	$(ORBAT) eval --actors evals/actors.jsonl
	for f in lgl geovirus; do test ! -f $(BENCH)/places/$$f.jsonl || $(ORBAT) eval --places $(BENCH)/places/$$f.jsonl; done
	for f in timebank aquaint; do test ! -f $(BENCH)/times/$$f.jsonl || $(ORBAT) eval --times $(BENCH)/times/$$f.jsonl; done
	$(RUN) evals/robust.py $(CORPUS)/dev.jsonl
	$(RUN) evals/records.py
	$(RUN) evals/gate.py build/eval.json
	$(ORBAT) eval $(CORPUS)/dev.jsonl --model quick --json > build/eval-quick.json
	$(RUN) evals/gate.py build/eval-quick.json --floors evals/floor_quick.json

bench: setup
	$(RUN) evals/bench.py

bench-store: setup
	$(RUN) evals/bench_store.py

bench-records: setup
	$(RUN) evals/bench_records.py

bench-service: setup
	$(RUN) evals/bench_service.py --reading

bench-web: setup
	$(RUN) evals/bench_web.py

# Rates, the machine's own limit and memory of large runs; then what a month of Common Crawl News comes to by them.
bench-scale: setup
	$(PIP) -c constraints.txt onnx
	$(RUN) evals/bench_scale.py
	$(RUN) evals/plan_month.py

# An hour of watch, serve and batch together on one store, a large one that is made first where it is not there, once they are warm.
soak: setup
	mkdir -p build
	test -f build/war.db || $(RUN) evals/bench_service.py 100000 --keep build/war.db --seconds 1
	$(RUN) evals/soak.py --store build/war.db --before 2000

refresh: setup
	$(RUN) scripts/refresh_examples.py

picture: setup
	$(RUN) scripts/picture.py

training-setup: setup
	$(PIP) -c constraints.txt -e '.[$(if $(filter cpu,$(DEVICE)),training,teacher)]'

# The models again from the corpus's folder; see training/README.md for the hours it takes, or the minutes with DEVICE=cuda.
DEVICE ?= cpu
SEED ?= 1
train: training-setup
	$(RUN) -m training.make --corpus $(CORPUS) --bench $(BENCH) --work build/training --out orbat/data/model --quick orbat/data/quick \
		--references orbat/data/references.json --device $(DEVICE) --seed $(SEED)

# requirements.lock anew, after constraints.txt or the dependencies in pyproject.toml change.
lock: setup
	$(PIP) uv
	$(RUN) scripts/lock.py

# Known holes in what is installed, by an auditor in an environment of its own; needs the network. Exit status: scripts/audit.py.
audit: build/audit/.ready
	build/audit/bin/python scripts/audit.py

build/audit/.ready: requirements-audit.lock
	test -x build/audit/bin/python || $(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-audit.lock
	touch $@

# Hostile bytes for every reader, MINUTES in all (fuzz/README.md).
fuzz: setup
	$(PIP) -c constraints.txt -e '.[fuzz]'
	$(RUN) -m fuzz $(MINUTES)

page-pictures: setup
	$(RUN) scripts/page_pictures.py

clean:
	rm -rf $(VENV) build
