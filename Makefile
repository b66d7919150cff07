# `make verify` and `make test` are all a newcomer needs: both install what they
# need into .venv first, and again only when pyproject.toml or constraints.txt change.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	if $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; break; fi; done)
BIN := .venv/bin

.PHONY: help setup verify test lint train accuracy benchmark torture demo wheel smoke sbom audit clean

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .venv/installed ## install everything, pinned, into .venv

.venv/installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "factcheck needs Python 3.11 or newer with its venv module; set it with: make PYTHON=/path/to/python3" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

verify: setup ## check the demo's claims against its sources
	$(BIN)/factcheck verify claims/*.yaml

test: setup ## run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: setup ## style and types
	$(BIN)/ruff check .
	$(BIN)/mypy

demo: setup ## rebuild sources.db from claims/sources
	rm -f sources.db
	$(BIN)/factcheck sources add claims/sources/*.md

train: setup ## train the models that ship (hours; needs the data that training/README.md names)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train]'
	$(BIN)/python -m training.base build/base
	$(BIN)/python -m training.mix --out build/mix.jsonl.gz
	$(BIN)/python -m training.train --base build/base/all-mpnet-base-v2 --mix build/mix.jsonl.gz --out build/stage1 --minutes 220 --stop 157 --rate 4e-5 --tokens 3000
	$(BIN)/python -m training.mix --stage final --seed 11 --out build/final.jsonl.gz
	$(BIN)/python -m training.train --base build/base/all-mpnet-base-v2 --mix build/final.jsonl.gz --stage-from build/stage1 --out build/stage2 --minutes 220 --rate 4e-5 --tokens 3000
	$(BIN)/python -m training.mix --stage again --seed 41 --out build/again.jsonl.gz
	$(BIN)/python -m training.train --base build/stage2/model --mix build/again.jsonl.gz --out build/stage3 --minutes 260 --rate 3e-5 --top 6
	$(BIN)/python -m training.export verdict build/stage3/model factcheck/models/verdict --name factcheck-verdict
	$(BIN)/python -m training.calibrate factcheck/models/verdict --picture docs/risk-coverage.svg
	$(BIN)/python -m training.embedder --base build/base/all-MiniLM-L6-v2 --out build/embedder --minutes 45
	$(BIN)/python -m training.export embedder build/embedder/model factcheck/models/embedder --name factcheck-embedder
	$(BIN)/python -m training.checkworthy

accuracy: setup ## measure the verdicts on the labelled claims of tests/accuracy
	$(BIN)/factcheck eval --kinds tests/accuracy/news tests/accuracy/pairs.jsonl

benchmark: setup ## time whole runs beside the same job in plain sentence-transformers
	$(BIN)/python benchmarks/verify_speed.py

torture: setup ## hostile input, faults and load: 200,000 inputs, 200 kills (an hour or two; goes on where it was)
	$(BIN)/python -m benchmarks.torture.patterns
	$(BIN)/python -m benchmarks.torture.pumps
	$(BIN)/python -m benchmarks.torture.faults --kills 200
	$(BIN)/python -m benchmarks.torture.load
	$(BIN)/python -m benchmarks.torture.wheel
	$(BIN)/python -m benchmarks.torture.fuzz --inputs 200000

# The day of the last commit, and not of the build, is the day in what is released: the same commit, the same bytes.
wheel sbom: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)

wheel: setup ## build the wheel into dist: the same bytes from the same commit
	$(BIN)/python -m hatchling build --target wheel --directory dist

smoke: setup ## build the committed wheel twice and compare, then install and try it in a clean environment (minutes)
	$(BIN)/python -m benchmarks.torture.wheel

sbom: setup ## list the parts of an installation in build/factcheck.cdx.json (CycloneDX)
	$(BIN)/python -m supply.sbom build/factcheck.cdx.json

audit: setup ## ask an advisory service about every pinned package (needs the network)
	$(BIN)/python -m supply.audit

clean: ## remove .venv and every cache
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
