# crm-sync: `make demo` shows it, `make test` proves it; both set everything up by themselves.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
JOBS   ?= 2
EXTRAS ?= dev,postgresql

.PHONY: help demo test check exam lint types house bench bench-hubspot bench-salesforce bench-store bench-sandbox \
        bench-identity bench-sla bench-sync clean
.DEFAULT_GOAL := help

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /: /' | awk -F': ' '{printf "  make %-13s %s\n", $$1, $$2}'

demo: $(READY)  ## both CRMs in a sandbox, one sync, the boards (DEMO_ONCE=1 stops after the figures)
	@$(BIN)/crm-sync demo $(if $(DEMO_ONCE),--once,) $(DEMO_ARGS)

test: $(READY)  ## the whole test suite
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(TEST_ARGS)

check: lint types house  ## what must hold before a commit: lint, types, floors of the house, docs, quick tests
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow" $(TEST_ARGS)

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy

house: $(READY)
	@$(BIN)/lint-imports

exam: $(READY)  ## the promises of the connectors, examined on the sandbox; writes docs/connectors.md
	@CRM_SYNC_EXAM_PAGE=docs/connectors.md $(BIN)/python -m pytest -n 0 -m promise tests $(TEST_ARGS)

bench: bench-store bench-identity bench-hubspot bench-salesforce  ## what reading and keeping records costs, and how close to the quotas it comes

bench-sandbox: $(READY)  ## size and speed of the sandbox (BENCH_ARGS=--full for a million people)
	@$(BIN)/python -m bench.sandbox $(BENCH_ARGS)

bench-identity: $(READY)  ## how well and how fast people are matched (BENCH_ARGS='--full --splink --lists --changes')
	@$(BIN)/python -m bench.identity $(BENCH_ARGS)
	@$(BIN)/python -m bench.identity_companies --sizes 20000
	@$(BIN)/python -m bench.identity_own

bench-sla: $(READY)  ## what it costs to judge the promise, from store to store (BENCH_ARGS=--full for a million leads)
	@$(BIN)/python -m bench.sla $(BENCH_ARGS)

bench-sync: $(READY)  ## what deciding costs a sync, by how much is new (BENCH_ARGS=--full for a million leads)
	@$(BIN)/python -m bench.sync $(BENCH_ARGS)

bench-store: $(READY)  ## what it costs to keep a record, in SQLite and PostgreSQL, up to a million
	@$(BIN)/python -m bench.store $(BENCH_ARGS)

bench-hubspot: $(READY)  ## speed and cost of reading HubSpot at its quota (BENCH_ARGS=--full for a million people)
	@$(BIN)/python -m bench.hubspot $(BENCH_ARGS)

bench-salesforce: $(READY)  ## speed and cost of the Salesforce connector (BENCH_ARGS=--full for a million people)
	@$(BIN)/python -m bench.salesforce $(BENCH_ARGS)

clean:  ## removes the environment and every cache
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv when it is there, otherwise venv and pip; done again only when the pins or the project file change.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "crm-sync needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another one: make PYTHON=python3.12"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
	  echo "Setting up $(VENV) with uv ..." >&2; \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[$(EXTRAS)]'; \
	else \
	  echo "Setting up $(VENV) with pip, once; this takes a minute ..." >&2; \
	  { $(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }; } && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'; \
	fi
	@touch $(READY)
