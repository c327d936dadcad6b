# Two commands matter: `make demo` and `make test`. Both bring what they need (scripts/bootstrap.py).
.DEFAULT_GOAL := help
.PHONY: help demo stop test test-full check test-only bench shots pin clean bootstrap-test

# The first Python that is new enough; PYTHON=… chooses another. An old one gets a message from the script.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; \
	done; echo python3)
BIN := .venv/bin
CODE := prm profiling tests scripts manage.py
# Test workers: the machine of reference has two cores.
WORKERS ?= 2

help:
	@echo "make demo        the product at http://localhost:8000 (PORT=… for another), with a demo world"
	@echo "make stop        stop a running demo and its servers"
	@echo "make test        everything that CI checks"
	@echo "make test-full   also the full crosses, walls off one by one, and kills; before a release"
	@echo "make check       format, lint, types, contracts, migrations, translations (no tests)"
	@echo "make bench       the benchmarks (NAME=… for one)"
	@echo "make shots       screenshots of every page, both themes, both widths"
	@echo "make pin         pin requirements/*.in again"
	@echo "make clean       remove what the commands made, but not the data in var/"

demo:
	@$(PYTHON) scripts/bootstrap.py demo
	@$(BIN)/python -m prm.local.demo

stop:
	@$(BIN)/python -m prm.local stop

bootstrap-test:
	@$(PYTHON) scripts/bootstrap.py test

# What `check` has asked of the tree is not asked twice.
test: check
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --ignore=tests/house -m "not slow"

test-full: check
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --ignore=tests/house

check: bootstrap-test
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python scripts/styles.py check
	$(PYTHON) scripts/bootstrap.py npm run --silent lint
	$(BIN)/mypy prm profiling tests/benchmarks
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py api_schema --check
	$(BIN)/python manage.py event_docs --check
	$(BIN)/python scripts/messages.py check
	$(BIN)/pytest tests/house -q

bench: bootstrap-test
	$(BIN)/python manage.py bench $(NAME)

shots: bootstrap-test
	$(BIN)/python manage.py shots

pin:
	@$(PYTHON) scripts/bootstrap.py uv pip compile -q --generate-hashes --universal --python-version 3.11 requirements/base.in -o requirements/base.txt
	@$(PYTHON) scripts/bootstrap.py uv pip compile -q --generate-hashes --universal --python-version 3.11 requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf .venv node_modules static/build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
