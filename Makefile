# Each target makes the environment itself: nothing is installed by hand.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WHEELS := .wheelhouse/.ready

.PHONY: demo test check bench campaign format clean

demo: $(READY)          ## an order, from queue to invoice to notification, on the local cloud
	$(BIN)/python -m order_app

test: $(WHEELS)         ## all the tests
	$(BIN)/python -m pytest

check: $(READY)         ## formatting, lint, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --strict tests/typing/consumer.py
	$(BIN)/python -m pytest -n0 tests/architecture

bench: $(READY)         ## every figure beside its floor, in one run
	$(BIN)/python -m benchmarks

campaign: $(READY)      ## the long runs: seeded and bounded
	OSBOT_LAMBDA_TEST_ALL_FAULTS=1 $(BIN)/python -m pytest tests/deploy/test_Deploy_faults.py
	$(BIN)/python -m benchmarks.campaign

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .wheelhouse dist build .pytest_cache .mypy_cache .ruff_cache

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "osbot-lambda needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	rm -rf .venv .wheelhouse
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

# From the wheelhouse the tests install, without a network, our wheel into an empty environment, and packages for Lambda.
# aws-sam-cli brings AWS's Runtime Interface Emulator along; without it, the tests that compare with it are skipped.
LAMBDA = from osbot_lambda.packaging.Lambda_Platform import Lambda_Platform; print(*Lambda_Platform.here().pip_options())
$(WHEELS): $(READY)
	rm -rf .wheelhouse
	$(BIN)/python -m pip wheel --quiet --no-build-isolation --wheel-dir .wheelhouse .
	rm -f .wheelhouse/osbot_lambda-*.whl
	$(BIN)/python -m pip download --quiet --only-binary=:all: $$($(BIN)/python -c '$(LAMBDA)') \
	    --dest .wheelhouse numpy pandas requests aws-lambda-powertools mangum fastapi pydantic
	-$(BIN)/python -m pip download --quiet --only-binary=:all: --no-deps --dest .wheelhouse aws-sam-cli
	touch $@
