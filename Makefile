PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check

.PHONY: env run test coverage verify published bench words lock

env: .venv/installed

.venv/installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("equisite needs Python 3.11 or newer (make PYTHON=...)" if sys.version_info < (3, 11) else 0)'
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(PIP) install --quiet --requirement requirements.lock
	$(PIP) install --quiet --no-deps --editable .
	touch $@

run: env
	.venv/bin/equisite solve instances/lan-xi --gap 0.01 -o solutions/lan-xi.gpkg -o solutions/lan-xi.png

test: env
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/pytest -n 2

# Which lines the tests run. Python traces each line for it, which takes as long again as the tests.
coverage: env
	.venv/bin/pytest -n 2 --cov

# Questions at random until the MINUTES are over, from the SEED on: every algorithm against the others,
# all plans, a local search and plain rules. Then the tests that take minutes. What is wrong is
# written as a small instance into build/verify.
MINUTES ?= 10
SEED ?= 0
verify: env
	.venv/bin/python -m tests.verify $(MINUTES) --seed $(SEED)
	.venv/bin/pytest -m slow -n 2 --ignore tests/published

# Published optima, the slow ones too; EQUISITE_BENCH is the folder with their data.
published: env
	.venv/bin/pytest tests/published -m ''

# DATA is the folder with the published instances; without it only what needs none is measured.
# The peers are installed when they are missing, at the versions that the lock allows.
bench: env
ifdef DATA
	@.venv/bin/python -c 'import pulp, spopt' 2>/dev/null \
	  || $(PIP) install --quiet --constraint requirements.lock --editable '.[bench]' \
	  || echo 'The peers cannot be installed; their columns will say so.' >&2
	.venv/bin/python -m benchmarks location '$(DATA)'
else
	@echo 'No published instances: name their folder to have them solved, make bench DATA=folder' >&2
endif
	.venv/bin/python -m benchmarks growth
	.venv/bin/python -m benchmarks sweep

# Entries for what the code says since, in optimizer/locale; those without words are listed.
words: env
	.venv/bin/python -m tests.catalogues

# Run it with the oldest Python that is supported, so that what only that one needs is pinned too.
lock:
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet --editable '.[dev]'
	{ echo '# Exact versions of all that equisite and its tests run on; made by `make lock`.'; \
	  build/lock/bin/python -m pip freeze --all --exclude pip --exclude-editable; } > requirements.lock
