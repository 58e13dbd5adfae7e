# regretcheck: `make verify` checks the paper, `make test` checks the code.
#
# Requires Python 3.11+ with pip and venv. Everything else is installed into .venv, at the versions of
# constraints.txt. pip reads its configuration from the environment as usual.

VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
THEOREM_R := bounds/formal/theorem_r
# The files of the proof by hand, in the order in which Coq needs them.
ORDER := $(firstword $(wildcard $(THEOREM_R)/_CoqProject $(THEOREM_R)/order.txt))
# The first of these that starts; `make PYTHON=/path/to/python` overrides it.
PYTHON ?= $(firstword $(foreach p,python3.11 python3,$(if $(shell $(p) -c 'print(1)' 2>/dev/null),$(p))) python3)
PIP_INSTALL := $(BIN)/python -m pip install --quiet -c constraints.txt

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DELETE_ON_ERROR:
.PHONY: help verify formal docs test test-all coverage lint format release dist installed clean

help:
	@echo 'make verify    install, check the paper, write the report to $(OUT)/'
	@echo 'make formal    have Coq check the gallery and the proofs by hand (docs/formal.md)'
	@echo 'make docs      build the site into $(OUT)/docs/html, without the network'
	@echo 'make test      install the test tools, lint, run all tests but the slow ones'
	@echo 'make test-all  the same with the slow tests'
	@echo 'make coverage  run the tests but the slow ones, and fail below the share of lines in pyproject.toml'
	@echo 'make lint      style, types and the direction of imports'
	@echo 'make format    let ruff rewrite what it can'
	@echo 'make release   write VERSION=... where it stands, and move changes/ into CHANGELOG.md'
	@echo 'make dist      check the packaging, then build the wheel and the sdist into dist/'
	@echo 'make installed install that wheel elsewhere, play the games and run the tests with it'
	@echo 'make clean     remove reports, builds and caches (keeps $(VENV))'

verify: $(VENV)/.stamp-core
	$(BIN)/regretcheck run --no-cache --out $(OUT)

# T = 1000 leaves out the long games, which take Coq minutes to hours.
formal: $(VENV)/.stamp-core
	$(BIN)/regretcheck formalize --gallery --longest 1000 --compile --out $(OUT)/formal
	@if [ -n '$(ORDER)' ]; then set -e; \
	  rm -rf $(OUT)/formal/theorem_r; mkdir -p $(OUT)/formal/theorem_r; \
	  cp $(THEOREM_R)/*.v $(OUT)/formal/theorem_r; cd $(OUT)/formal/theorem_r; \
	  for file in $$(grep '[.]v$$' $(CURDIR)/$(ORDER)); do \
	    echo "coqc theorem_r/$$file"; coqc -q -Q . TheoremR $$file; done; fi

# Everything is read and executed anew: a page shows what the code says now.
docs: export OMP_NUM_THREADS := 1
docs: $(VENV)/.stamp-docs
	rm -rf $(OUT)/docs
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs $(OUT)/docs/html

# Two test processes share two cores, with one thread each; this also fixes the order of BLAS sums.
test test-all coverage: export OMP_NUM_THREADS := 1
# Compiled test files and modules are kept: each of the hundreds of processes would compile them anew.
test test-all coverage: export PYTHONDONTWRITEBYTECODE :=
test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not slow' --durations=10

test-all: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations=10

coverage: $(VENV)/.stamp-test
	$(PIP_INSTALL) pytest-cov
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not slow' --cov --cov-report=term

lint: $(VENV)/.stamp-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.stamp-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Without VERSION, the fragments join the version of pyproject.toml; without DATE, a new one has today's.
release: $(VENV)/.stamp-core
	$(BIN)/python changes/collect.py $(VERSION) $(if $(DATE),--date $(DATE))

dist: $(VENV)/.stamp-test
	$(BIN)/python -m pytest -q tests/packaging
	rm -rf dist
	$(BIN)/python -m hatchling build

# The tests come from the sdist and lie in a folder without the packages, so that they import the wheel.
TESTS ?= tests
ELSEWHERE = $(abspath $(OUT))/installed
installed: export OMP_NUM_THREADS := 1
installed: export PYTHONPATH :=
installed: dist
	rm -rf $(ELSEWHERE)
	$(PYTHON) -m venv $(ELSEWHERE)/venv
	$(ELSEWHERE)/venv/bin/python -m pip install --quiet -c constraints.txt "$$(ls $(CURDIR)/dist/*.whl)[test]"
	mkdir $(ELSEWHERE)/sdist
	tar -xzf dist/*.tar.gz --strip-components 1 -C $(ELSEWHERE)/sdist
	cd $(ELSEWHERE)/sdist && rm -r theory online_sim bounds paper_checks
	cd $(ELSEWHERE) && venv/bin/regretcheck run one_round wrong_end --out games
	cd $(ELSEWHERE) && venv/bin/regretcheck run --out all
	cd $(ELSEWHERE)/sdist && ../venv/bin/python -m pytest -n 2 --dist worksteal -m 'not slow' --ignore=tests/packaging $(TESTS)

clean:
	rm -rf $(OUT) build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "error: Python 3.11 or newer is needed, but '$(PYTHON)' says: $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "       Name another one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The pinned build tools are installed first, so that the build needs no isolated environment.
$(VENV)/.stamp-core: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) hatchling editables
	$(PIP_INSTALL) --no-build-isolation -e .
	touch $@

# The test extra contains the core, so this brings both stamps up to date.
$(VENV)/.stamp-test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) hatchling editables
	$(PIP_INSTALL) --no-build-isolation -e '.[test]'
	touch $(VENV)/.stamp-core $@

$(VENV)/.stamp-docs: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) hatchling editables
	$(PIP_INSTALL) --no-build-isolation -e '.[docs]'
	touch $(VENV)/.stamp-core $@
