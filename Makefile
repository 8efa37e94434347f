# `make run` and `make test` need Python 3.11 or later, git and make, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DATA_DIR ?= $(CURDIR)/.local
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help run test lint bench lock shell format

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/run.stamp node_modules/.stamp locale/.stamp ## the whole system on http://127.0.0.1:8000 (PORT, DATA_DIR)
	@exec $(BIN)/python -m yorozu.local run

test: $(VENV)/dev.stamp node_modules/.stamp locale/.stamp ## every test, against a real PostgreSQL, Redis and Chromium
	@$(BIN)/python tools/chromium.py
	@YOROZU_MODE=test DATA_DIR=$(DATA_DIR)/test $(BIN)/python -m yorozu.local with $(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/dev.stamp node_modules/.stamp locale/.stamp ## style, types, floors, migrations, deployment, translations, templates, vulnerabilities
	@$(BIN)/python tools/lint.py

bench: $(VENV)/dev.stamp node_modules/.stamp locale/.stamp ## speed, as ratios to limits measured in the same run (BENCH_ROWS)
	@YOROZU_MODE=test DATA_DIR=$(DATA_DIR)/bench $(BIN)/python -m yorozu.local with $(BIN)/python -m bench

shell: $(VENV)/dev.stamp ## Django's shell beside the embedded services
	@YOROZU_MODE=demo $(BIN)/python -m yorozu.local with $(BIN)/python manage.py shell

format: $(VENV)/dev.stamp ## write the code in the one style
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

lock: $(VENV)/bootstrap.stamp ## write the locks anew
	@for set in "pyproject.toml run" "pyproject.toml --group dev dev" "requirements/bootstrap.in bootstrap"; do \
	  name=$${set##* }; \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
	    $${set% *} --output-file requirements/$$name.txt; done

# ---- what the above need
$(VENV)/bootstrap.stamp: requirements/bootstrap.txt
	@echo "Setting up (once) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: PYTHON=python3.12 make …"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/run.stamp: $(VENV)/bootstrap.stamp requirements/run.txt
	@test -e $(VENV)/dev.stamp -a $(VENV)/dev.stamp -nt requirements/run.txt \
	  || $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/bootstrap.stamp requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

# the wheel's npm comes with the virtual environment, so that no Node.js is asked of the machine
node_modules/.stamp: package.json package-lock.json | $(VENV)/bootstrap.stamp
	@test -e $(VENV)/run.stamp -o -e $(VENV)/dev.stamp || $(MAKE) --no-print-directory $(VENV)/run.stamp
	@npm ci --silent
	@touch $@

locale/.stamp: $(wildcard locale/*/LC_MESSAGES/*.po) tools/translations.py | $(VENV)/bootstrap.stamp
	@test -e $(VENV)/run.stamp -o -e $(VENV)/dev.stamp || $(MAKE) --no-print-directory $(VENV)/run.stamp
	@$(BIN)/python tools/translations.py compile
	@touch $@
