# Two commands matter: `make run` (the product, on this machine) and `make test`.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
BIND ?= 127.0.0.1
PORT ?= 8000
TESTS ?=
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
CELERY := $(BIN)/celery -A storyloom

.PHONY: run test test-gpu lint format serve admin install
.DEFAULT_GOAL := run

install: .venv/.installed

.venv/.installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "Storyloom needs Python 3.11 or newer."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		echo "On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	@touch $@

run: install
	@$(MANAGE) migrate --verbosity 0
	@exec $(MANAGE) serve --host $(BIND) --port $(PORT)

# An account that may open /admin/; asks for an e-mail address and a password.
admin: install
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) createsuperuser

# Two processes share the work, room by room in the order of tests/conftest.py;
# `TESTS="-n 0 FILE"` runs a file in one.
test: install
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(TESTS)

# The engine's contract on a GPU; each test says so where there is none.
test-gpu: install
	$(BIN)/python -m pytest -m gpu -rs $(TESTS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(MANAGE) makemigrations --check --dry-run
	$(DEPLOYED) $(MANAGE) check --deploy --tag security --fail-level WARNING

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What `check --deploy` looks at: the served mode as it should be set up.
DEPLOYED := STORYLOOM_HTTPS=1 STORYLOOM_HOSTS=storyloom.example \
	STORYLOOM_REDIS_URL=redis://localhost/0 \
	STORYLOOM_DATABASE_URL=postgres://localhost/storyloom \
	STORYLOOM_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(40))')

# --- served mode: Redis and PostgreSQL must be running, see .env.example -------------
WEB := $(MANAGE) serve --host $(BIND) --port $(PORT)
GENERATION := $(CELERY) worker -Q generation -n generation@%h --pool threads -c 32
TRAINING := $(CELERY) worker -Q training -n training@%h --pool threads -c 1
BEAT := $(CELERY) beat

serve: install
	@test -f .env || { echo "First: cp .env.example .env, and edit it."; exit 1; }
	@set -a; source ./.env; set +a; \
	$(MANAGE) migrate --verbosity 0 && \
	$(MANAGE) collectstatic --noinput --verbosity 0 && \
	{ trap exit INT TERM; trap 'kill $$(jobs -p) 2>/dev/null; wait' EXIT; \
	  $(WEB) & $(GENERATION) & $(TRAINING) & $(BEAT) & wait -n; }
