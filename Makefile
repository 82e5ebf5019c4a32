# One way to do each thing; `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
PORT ?= 8000
STATE_DIR ?= .state
JOBS ?= 1
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check
export PORT STATE_DIR

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format benchmark-serving benchmark-training benchmark-augmentation \
	benchmark-scale benchmark-training-speed benchmark-encoders benchmark-transformer-training benchmark-decider \
	benchmark-calibrators benchmark-monitoring benchmark-reviews benchmark-claims \
	openapi settings-page clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 32

# What the demo needs: service and trainer. The tests' tools are installed by the second stamp.
$(VENV)/.demo-ready: pyproject.toml constraints.txt
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --progress-bar on -c constraints.txt -e '.[train]'
	@touch $@

$(VENV)/.dev-ready: $(VENV)/.demo-ready
	$(PIP) install --quiet -c constraints.txt -e '.[train,transformer,dev]'
	@touch $@

setup: $(VENV)/.dev-ready ## make the environment for development

demo: $(VENV)/.demo-ready ## train on the sample (once), then serve it on 127.0.0.1:$PORT
	@test -f $(STATE_DIR)/bundles/current || $(VENV)/bin/alc-train fit --bundles $(STATE_DIR)/bundles > /dev/null
	@exec $(VENV)/bin/alc-serve demo

test: $(VENV)/.dev-ready ## run all tests against a real PostgreSQL
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.dev-ready ## format, lint, types, import rules
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.dev-ready ## format and mend what the linter can mend
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

openapi: $(VENV)/.dev-ready ## write docs/openapi.json anew
	$(VENV)/bin/alc-serve openapi

settings-page: $(VENV)/.dev-ready ## write docs/training-settings.md anew
	$(VENV)/bin/alc-train settings --format page > docs/training-settings.md

benchmark-serving: $(VENV)/.dev-ready ## queries per second and latency beside a route that does nothing
	$(VENV)/bin/python -m benchmarks.serving

benchmark-training: $(VENV)/.dev-ready ## what the methods reach on several data sets, beside baselines and goals
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m benchmarks.training --jobs $(JOBS) $(if $(DATA),--data '$(DATA)')

benchmark-encoders: $(VENV)/.dev-ready ## milliseconds to encode queries with a transformer, beside torch
	$(VENV)/bin/python -m benchmarks.encoders

benchmark-decider: $(VENV)/.dev-ready ## milliseconds that the decider adds to a batch of queries, beside its goals
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m benchmarks.decider

benchmark-calibrators: $(VENV)/.dev-ready ## what calibrators automate of simulated traffic, beside MAPIE
	$(VENV)/bin/python -m benchmarks.calibrators

benchmark-transformer-training: $(VENV)/.dev-ready ## queries per second beside the trainer of sentence-transformers
	$(VENV)/bin/python -m benchmarks.transformer_training

benchmark-training-speed: $(VENV)/.dev-ready ## training queries per second on one core, and where the time goes
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m benchmarks.training_speed

benchmark-augmentation: $(VENV)/.dev-ready ## what training queries in the score buy, and what they cost
	$(VENV)/bin/python -m benchmarks.augmentation

benchmark-reviews: $(VENV)/.dev-ready ## what labels of the review queue are worth, beside labels drawn at random
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m benchmarks.reviews --all

benchmark-monitoring: $(VENV)/.dev-ready ## false alarms, delay of the alarm and bounds of a watched promise, beside MAPIE
	OMP_NUM_THREADS=1 $(VENV)/bin/python -m benchmarks.monitoring

benchmark-claims: $(VENV)/.dev-ready ## claims per second of 16 people at one queue, beside a plain select for update
	$(VENV)/bin/python -m benchmarks.claims

benchmark-scale: $(VENV)/.dev-ready ## time and memory of reading 300,000 queries and of the first batches
	$(VENV)/bin/python -m benchmarks.scale

clean: ## remove the environment; the state directory stays
	rm -rf $(VENV)
