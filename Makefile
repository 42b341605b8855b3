# Everything runs in .venv, installed from hash-locked lists; the package index is the only thing fetched.
PYTHON ?= python3
BIN := .venv/bin
LOCK := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --python-version 3.11 pyproject.toml .ci/build.in
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test lint engines runners bench lock clean

demo: .venv/run
	$(BIN)/reviewbot demo

test: .venv/test
	$(BIN)/pytest

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A real Ollama for the tests, in .ollama/: Linux on x86-64, gcc. Without it the tests that need it are skipped.
engines: .ollama/ready

# REPOSITORIES="DIR …": their history too; DATA=DIR: labelled credentials and commits too; PATCHES=DIR: other people's patches too.
bench: .venv/bench .venv/plain/ready
	BENCH_PYTHON=.venv/plain/bin/python $(BIN)/python -m bench $(REPOSITORIES)
	BENCH_PYTHON=.venv/plain/bin/python $(BIN)/python -m bench.drafts
	$(if $(DATA),$(BIN)/python -m bench.credentials $(DATA))
	$(if $(DATA),$(BIN)/python -m bench.messages $(DATA) $(REPOSITORIES))
	$(if $(PATCHES),$(BIN)/python -m bench.patches $(PATCHES))

# Writes the locked lists anew from pyproject.toml (needs uv).
lock:
	$(LOCK) -o .ci/requirements.txt
	$(LOCK) --extra all --extra test -o .ci/requirements-test.txt
	$(LOCK) --extra all --extra test --extra bench -o .ci/requirements-bench.txt

clean:
	rm -rf .venv .ollama dist build tests/*/runner/node_modules tests/packaging/runner/wheels

.venv/python:
	$(PYTHON) -m venv .venv
	touch $@

.venv/run: .venv/python .ci/requirements.txt pyproject.toml
	$(PIP) install --require-hashes -r .ci/requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

.venv/test: .venv/run .ci/requirements-test.txt
	$(PIP) install --require-hashes -r .ci/requirements-test.txt
	touch $@

.ollama/ready: tests/servers/ollama.sh | .venv/python
	PYTHON=$(BIN)/python tests/servers/ollama.sh

# What a user has, without the libraries of the tests.
.venv/plain/ready: .venv/run
	$(PYTHON) -m venv .venv/plain
	.venv/plain/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r .ci/requirements.txt
	.venv/plain/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation -e .
	touch $@

.venv/bench: .venv/test .ci/requirements-bench.txt
	$(PIP) install --require-hashes -r .ci/requirements-bench.txt
	touch $@

# Node's programs and a folder of wheels for the tests of the packaging: node 20 or newer with npm, the package index.
runners: tests/packaging/runner/node_modules/.package-lock.json tests/packaging/runner/wheels/ready \
    tests/trials/runner/node_modules/.package-lock.json

# The programs that run action.yml and the GitLab templates; the test frameworks that scaffolds are tried with.
tests/%/runner/node_modules/.package-lock.json: tests/%/runner/package-lock.json
	npm ci --prefix $(@D)/.. --ignore-scripts --no-audit --no-fund --silent
	touch $@

tests/packaging/runner/wheels/ready: .ci/requirements.txt | .venv/run
	rm -rf $(dir $@)
	$(PIP) download --only-binary=:all: --require-hashes -r .ci/requirements.txt -d $(dir $@)
	touch $@
