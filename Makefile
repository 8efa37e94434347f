# `make run` and `make test` need Python 3.11 or later, git and make, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DATA_DIR ?= $(CURDIR)/.local
export PATH := $(CURDIR)/$(BIN):$(PATH)
# a person's own configuration must not send packages elsewhere than into the virtual environment
export PIP_USER := 0
export PIP_REQUIRE_VIRTUALENV := 0
unexport PIP_TARGET PIP_PREFIX PYTHONPATH PYTHONHOME VIRTUAL_ENV
# what `make run` needs is less than what the others do; whichever comes second finds the first one's work
PACKAGES := $(VENV)/$(if $(filter run,$(MAKECMDGOALS)),run,dev).stamp
READY := $(PACKAGES) node_modules/.stamp $(VENV)/locale.stamp

.PHONY: help run test lint bench lock shell format messages

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(READY) ## the whole system on http://127.0.0.1:8000 (PORT, DATA_DIR)
	@exec $(BIN)/python -m yorozu.local run

test: $(READY) ## every test, against a real PostgreSQL, Redis and Chromium (ARGS="tests/hubs -x")
	@browser=$$($(BIN)/python tools/chromium.py) && CHROMIUM="$$browser" YOROZU_MODE=test DATA_DIR="$(DATA_DIR)/test" \
	  exec $(BIN)/python -m yorozu.local with $(BIN)/python -m pytest -n 2 --dist loadscope $(ARGS)

lint: $(READY) ## style, types, floors, migrations, deployment, translations, templates, vulnerabilities
	@$(BIN)/python tools/lint.py

bench: $(READY) ## speed, as ratios to limits measured in the same run (BENCH_ROWS)
	@YOROZU_MODE=test DATA_DIR="$(DATA_DIR)/bench" exec $(BIN)/python -m yorozu.local with $(BIN)/python -m bench

shell: $(READY) ## Django's shell beside the embedded services
	@YOROZU_MODE=demo exec $(BIN)/python -m yorozu.local with $(BIN)/python manage.py shell

format: $(PACKAGES) ## write the code in the one style
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --fix --quiet .

messages: $(PACKAGES) ## put new texts into the English catalogue, to be translated there
	@$(BIN)/python tools/translations.py collect

UPGRADE ?= --upgrade
lock: $(VENV)/bootstrap.stamp ## write the locks anew, with the newest versions (UPGRADE= keeps what is locked)
	@for set in "pyproject.toml run" "pyproject.toml --group dev dev" "requirements/bootstrap.in bootstrap"; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    $(UPGRADE) $${set% *} --output-file requirements/$${set##* }.txt || exit 1; done

# ---- what the above need
$(VENV)/bootstrap.stamp: requirements/bootstrap.txt
	@echo "Setting up (once; a few minutes, mostly downloads) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python lacks its venv module: on Debian and Ubuntu, apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/run.stamp: requirements/run.txt | $(VENV)/bootstrap.stamp
	@test $(VENV)/dev.stamp -nt requirements/run.txt \
	  || $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt | $(VENV)/bootstrap.stamp
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

# npm comes with the virtual environment, so that no Node.js is asked of the machine
node_modules/.stamp: package.json package-lock.json | $(PACKAGES)
	@npm ci --silent
	@touch $@

$(VENV)/locale.stamp: $(wildcard locale/*/LC_MESSAGES/*.po) tools/translations.py | $(PACKAGES)
	@$(BIN)/python tools/translations.py compile
	@touch $@
