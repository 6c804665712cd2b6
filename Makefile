# `make help` lists what follows.
PYTHON ?= python3
PORT ?= 8000
BOOTSTRAP := @$(PYTHON) scripts/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run servers flower stop reset setup check test test-fast fmt lock env-docs

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the whole platform: PostgreSQL, Redis, web, worker, beat (PORT=8000)
	$(BOOTSTRAP) run --port "$(PORT)"

servers: ## Run only PostgreSQL and Redis, for `python manage.py …`
	$(BOOTSTRAP) servers

flower: setup ## Workers and queues in the browser, behind the login of FLOWER_USER and FLOWER_PASSWORD
	@.venv/bin/python manage.py flower

stop: ## End what `make run` or `make servers` started
	$(BOOTSTRAP) stop

reset: ## Delete databases, uploads and logs of this checkout; asks first (YES=1 does not)
	$(BOOTSTRAP) reset $(if $(YES),--yes)

setup: ## Make the environment in .venv, or bring it up to date
	$(BOOTSTRAP) setup

check: setup ## Format, lint, types, layers, templates, migrations
	@.venv/bin/python -m deltacrown.local check

test: setup ## The whole suite on PostgreSQL and Redis, and the journeys in a real browser
	$(BOOTSTRAP) programs
	@.venv/bin/pytest -n 2 --dist loadfile

test-fast: setup ## The suite without journeys and slow tests (ARGS=tests/teams)
	@.venv/bin/pytest -m "not slow and not journey" $(ARGS)

fmt: setup ## Put the code into its format
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format .

lock: setup ## Pin what requirements/*.in ask for, with hashes
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet requirements/base.in -o requirements/base.txt --custom-compile-command "make lock"
	@.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet requirements/dev.in -c requirements/base.txt -o requirements/dev.txt --custom-compile-command "make lock"

env-docs: setup ## Write .env.example and the table of variables anew
	@.venv/bin/python -m deltacrown.environment docs
