# feedsvc: every task of the project. `make` or `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

## Use it

.PHONY: help
help: ## list these tasks
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n\033[1m%s\033[0m\n", substr($$0, 4)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/run.stamp ## make .venv and install all that running needs

.PHONY: run
run: .venv/run.stamp ## serve the feeds and publish them, until Ctrl-C
	@$(BIN)/feedsvc run $(ARGS)

## Work on it

.PHONY: test
test: .venv/dev.stamp tests/clients/node_modules/.package-lock.json ## run every test
	$(BIN)/python -m pytest -n $(TESTERS) --dist loadscope $(ARGS)
# One more than there are cores: many tests wait for processes that they have started.
TESTERS = $$(($$(nproc 2>/dev/null || echo 1) + 1))

.PHONY: soak
soak: .venv/dev.stamp ## run the tests that go on for minutes: kills, cuts, sizes (an hour in all)
	$(BIN)/python -m pytest -m soak $(ARGS)

.PHONY: check
check: .venv/dev.stamp ## formatter, linter, strict types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: screenshots
screenshots: .venv/dev.stamp ## take the pictures of the documentation anew
	$(BIN)/python -m tests.screenshots $(ARGS)

.PHONY: bench
bench: .venv/dev.stamp ## measure, and write docs/performance.md (25 minutes; ARGS=serving for one part)
	$(BIN)/python -m bench $(ARGS)

.PHONY: format
format: .venv/dev.stamp ## put every file into the project's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lock
lock: ## resolve the dependencies anew into requirements/ (needs uv)
	uv pip compile $(LOCK) pyproject.toml --group build -o requirements/run.txt
	uv pip compile $(LOCK) pyproject.toml --group build --group dev -c requirements/run.txt -o requirements/dev.txt
LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.PHONY: clean
clean: ## remove .venv and caches; articles and feeds stay
	rm -rf .venv tests/clients/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"feedsvc needs Python 3.11 or later; $(PYTHON) is {v[0]}.{v[1]}. Name another: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# The JavaScript readers of tests/clients; without npm their tests are skipped, or fail where CI=true.
tests/clients/node_modules/.package-lock.json: tests/clients/package-lock.json tests/clients/package.json tests/clients/.npmrc
	@if command -v npm >/dev/null; then cd tests/clients && npm ci --silent && touch node_modules/.package-lock.json; \
	  else echo "npm is missing: its tests are skipped (tests/debian-packages installs it)"; fi

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
