# Every target is thin: the work is done by the tools it names.
# Needs: make, and Python 3.13 (PYTHON=/path/to/python3.13 if it is not on PATH).

PYTHON ?= python3.13
ARCHITECTURE ?= arm64
only ?=
seconds ?= 60

BOOTSTRAP := .tools/bootstrap
UV := $(BOOTSTRAP)/bin/uv
SAM := .tools/sam/bin/sam
RUN := .venv/bin
SETUP := .venv/.stamp .tools/sam/.stamp .tools/ministack/.stamp
# Named one by one: outside a git checkout ruff would go through .tools as well.
SOURCES := $(wildcard bench client functions layers local tests tools)
# The longest tests first: whoever has done with the others takes half of what is left of them.
UNIT_SUITES := tests/chaos tests/openapi tests/functions tests/contract tests/template tests/property tests/unit

# uv works with the interpreter of the bootstrap environment and never fetches one.
export UV_PYTHON := $(CURDIR)/$(BOOTSTRAP)/bin/python
export UV_PYTHON_DOWNLOADS := never
# The certificates this machine trusts, a company's own among them.
export UV_SYSTEM_CERTS ?= 1
export SAM_CLI_TELEMETRY := 0
# sam looks for python3.13 and pip on PATH, the layer's Makefile for uv.
export PATH := $(CURDIR)/$(BOOTSTRAP)/bin:$(PATH)
unexport VIRTUAL_ENV
unexport PYTHONPATH
unexport PYTHONHOME

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help setup demo up down test check unit stack fuzz chaos build bench sam-local api-release sbom audit lock clean pristine

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SETUP)  ## create .venv and the tool environments (the other targets do it when needed)

demo: setup  ## start the local cloud and watch a message go both ways
	@$(RUN)/parley demo

up: setup  ## start the local cloud and leave it running
	@$(RUN)/parley up

down: .venv/.stamp  ## stop the local cloud
	@$(RUN)/parley down

test: seconds = 10
test: check unit fuzz stack  ## everything: lint, types, contracts, unit, template, ten seconds of fuzzing, local-cloud tests

check: setup  ## lint, format, types, import contracts
	$(RUN)/ruff check $(SOURCES)
	$(RUN)/ruff format --check $(SOURCES)
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache

unit: setup  ## all tests that need no running cloud, with the coverage gate
	$(RUN)/pytest -n auto --dist worksteal $(wildcard $(UNIT_SUITES)) --cov --cov-report=term --cov-report=json:.coverage.json
	$(RUN)/python tools/coverage_gate.py .coverage.json --line 95 --branch 90

stack: setup  ## tests against a private local cloud of their own
	$(RUN)/pytest tests/stack

fuzz: setup  ## hostile input for so many seconds=60, other examples every time
	$(RUN)/python tools/fuzz.py $(seconds)

chaos: setup  ## every promise about delivery, over many seeds of misfortune: make chaos seeds=1000 first=0
	@PYTHONHASHSEED=0 $(RUN)/python -m bench.chaos --seeds $(or $(seeds),1000) --first $(or $(first),0) \
		$(if $(only),--only $(only))

build: setup  ## build template.yaml for AWS into .aws-sam/build (ARCHITECTURE=x86_64 for the other one)
	PARLEY_ARCHITECTURE=$(ARCHITECTURE) $(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE)

bench: setup  ## measure; one figure: make bench only=NAME
	@$(RUN)/python -m bench $(only)

sam-local: setup  ## one message each way through `sam local start-api` (needs Docker)
	@$(RUN)/python -m local.sam_local

api-release: setup  ## say that the API as it is now is the released one: from here on it must not break
	@$(RUN)/python -m local.breaking --accept

sbom: $(BOOTSTRAP)/.stamp  ## what is deployed, as CycloneDX, into .aws-sam/sbom.json
	@mkdir -p .aws-sam
	$(UV) export --quiet --frozen --preview-features sbom-export --format cyclonedx1.5 --no-default-groups \
		--group pictures --group attachments --group docs --group codes --no-emit-project -o .aws-sam/sbom.json

audit: setup  ## ask the advisory database about everything that is locked (needs the network)
	$(UV) audit --frozen --preview-features audit

lock: $(BOOTSTRAP)/.stamp  ## bring every locked requirement up to date
	$(UV) lock --upgrade
	$(UV) export --quiet --frozen --no-default-groups --no-emit-project -o layers/shared/requirements.txt
	$(UV) export --quiet --frozen --only-group pictures --no-emit-project -o functions/outbound/requirements.txt
	$(UV) export --quiet --frozen --only-group pictures --no-emit-project -o functions/renditions/requirements.txt
	$(UV) export --quiet --frozen --only-group attachments --no-emit-project -o functions/attachments/requirements.txt
	$(UV) export --quiet --frozen --only-group docs --no-emit-project -o functions/docs/requirements.txt
	$(UV) export --quiet --frozen --only-group codes --no-emit-project -o functions/console/requirements.txt
	cd tools && for name in uv sam ministack; do $(CURDIR)/$(UV) pip compile --quiet --upgrade --universal \
		--python-version 3.13 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
		-o $$name.txt $$name.in || exit 1; done

clean:  ## stop the local cloud and remove everything that was built or cached
	@if [ -x $(RUN)/parley ]; then $(RUN)/parley down --purge; fi
	rm -rf .aws-sam .parley .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache htmlcov
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +

pristine: clean  ## clean, and remove the environments too: as after git clone
	rm -rf .venv .tools

# --- environments: each is made again only when what it is made from has changed ---------------

$(BOOTSTRAP)/.stamp: tools/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' || { \
		echo "Parley needs Python 3.13 and '$(PYTHON)' is not it."; \
		echo "Install Python 3.13, or say where it is: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.13"; \
		exit 1; } >&2
	@echo "Preparing $(BOOTSTRAP) …" >&2
	@rm -rf $(BOOTSTRAP)  # not venv --clear, which would empty what a symbolic link points to
	@$(PYTHON) -m venv $(BOOTSTRAP) || { \
		echo "'$(PYTHON) -m venv' failed: on Debian and Ubuntu install python3.13-venv." >&2; exit 1; }
	@$(BOOTSTRAP)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv.txt
	@touch $@

.venv/.stamp: $(BOOTSTRAP)/.stamp pyproject.toml uv.lock
	@echo "Preparing .venv …" >&2
	@$(UV) sync --quiet --frozen
	@touch $@

.tools/%/.stamp: tools/%.txt $(BOOTSTRAP)/.stamp
	@echo "Preparing .tools/$* …" >&2
	@rm -rf .tools/$*
	@$(UV) venv --quiet .tools/$*
	@$(UV) pip install --quiet --python .tools/$*/bin/python --require-hashes -r tools/$*.txt
	@touch $@
