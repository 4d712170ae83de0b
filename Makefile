.DEFAULT_GOAL := help
.PHONY: help setup demo chat test test-full check check-fast contract bench setup-tests lock clean ranker

BIN := .venv/bin

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make .venv from the lock file and fetch the style sheets
	@scripts/environment.sh requirements.lock
	@scripts/style_sheets.sh

demo: setup ## Start the demo; FRESH=1 starts over, PORT=8080 chooses the port
	@$(BIN)/return-interview demo $(if $(FRESH),--fresh) $(if $(PORT),--port $(PORT))

chat: setup ## Hold an interview in this terminal
	@$(BIN)/return-interview chat

test: check ## Set up and run everything that must pass
	@scripts/chromium.sh
	$(BIN)/pytest -n 2 --dist worksteal -m "not full"

test-full: check ## The same with every trial at its full length
	@scripts/chromium.sh
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile=wide

check-fast: check ## In under a minute: no PostgreSQL, no browser, nothing slow
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not full and not browser and not postgres"

contract: setup-tests ## Judge our calls to Twilio by its OpenAPI document; SPEC=path/to/it.json
	$(if $(SPEC),TWILIO_SPEC=$(abspath $(SPEC))) $(BIN)/pytest -rs tests/contract

bench: setup-tests ## How fast screening and open inboxes are, and that time tells nothing of what is kept
	$(BIN)/python -m tests.bench.screening
	$(BIN)/python -m tests.bench.concerns
	$(BIN)/python -m tests.bench.tabs

check: setup-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

setup-tests:
	@scripts/environment.sh requirements-dev.lock
	@scripts/style_sheets.sh

ranker: ## Train the models of screening and of reason codes anew from dialogs/ranker/voices
	@scripts/environment.sh requirements-train.lock
	$(BIN)/python scripts/train_ranker.py
	$(BIN)/python scripts/train_reasons.py

lock: setup ## Make the lock files anew; UPGRADE=1 takes the newest versions
	@scripts/lock.sh

clean: ## Remove what setup made; the demo's data stays
	rm -rf .venv .node node_modules web/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
