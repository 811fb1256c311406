# `make` alone lists what there is. Every target sets up what it needs first.
BIN := .venv/bin
ARGS ?=
FAULTS ?= short
SCALE ?= 1k
export SCALE
#: Four processes, each with servers of its own: most tests wait for something. With --dist loadfile the one that takes
#: the place of another begins with the very test that ended it, again and again, or waits for ever.
SPREAD ?= -n 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help setup run test bench faults attack screens bundle deb operator-check release-check

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## What `make run` needs: system packages where missing, .venv, Python packages
	@build/setup.sh run

run: setup ## Open the program on the embedded servers with demo data (ARGS="--data DIR")
	@$(BIN)/drivesphere $(ARGS)

test: ## Lint, types and all tests (ARGS="-k hold")
	@build/setup.sh test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(SPREAD) $(ARGS)

bench: ## Every benchmark, one after the other (SCALE=1k, 10k or 100k cars, seeded once and kept)
	@case "$(SCALE)" in 1k|10k|100k) ;; *) echo "SCALE is 1k, 10k or 100k, not $(SCALE)"; exit 2 ;; esac
	@build/setup.sh test
	@set -e; for bench in tests/benchmarks/[a-z]*.py; do \
	    [ -e "$$bench" ] || { echo "There is no benchmark yet."; break; }; \
	    echo "== $$bench"; QT_QPA_PLATFORM=offscreen $(BIN)/python "$$bench" $(ARGS); \
	done

faults: ## Break things on purpose (FAULTS=short or long, FAULTS_SEED=7)
	@case "$(FAULTS)" in short|long) ;; *) echo "FAULTS is short or long, not $(FAULTS)"; exit 2 ;; esac
	@build/setup.sh test
	FAULTS=$(FAULTS) $(BIN)/python -m pytest tests/faults tests/integration/test_stateful.py $(if $(filter long,$(FAULTS)),--session-timeout=14400) $(ARGS)

attack: ## Write past the program at every place that there is (ATTACK_SEED=7, ATTACK_VALUES=1)
	@build/setup.sh test
	ATTACK=long $(BIN)/python -m pytest tests/attack $(ARGS)

screens: ## Take the pictures in docs/screens anew
	@build/setup.sh test
	$(BIN)/python tests/screens/screens.py $(ARGS)

bundle: ## A folder that runs without Python: dist/drivesphere; made, then started once to see
	@build/setup.sh bundle
	$(BIN)/pyinstaller --noconfirm --log-level WARN --workpath .bundle-work --distpath dist build/pyinstaller.spec
	@rm -rf .bundle-work/smoke
	QT_QPA_PLATFORM=offscreen dist/drivesphere/drivesphere demo --smoke --data .bundle-work/smoke

deb: bundle ## Of the bundle two Debian packages (program, servers) and a tar for other Linux, in dist/
	QT_QPA_PLATFORM=offscreen $(BIN)/python build/linux/packages.py
	@rm -rf .bundle-work/installed
	@for deb in dist/drivesphere*.deb; do dpkg-deb -x $$deb .bundle-work/installed; done
	QT_QPA_PLATFORM=offscreen .bundle-work/installed/usr/bin/drivesphere demo --smoke --data .bundle-work/smoke
	@rm -rf .bundle-work/installed

operator-check: ## Follow docs/operator.md to the letter: its commands run, with three mongods, a Redis with TLS, and a worker
	@build/setup.sh test
	$(BIN)/python -P tests/support/operator_check.py

release-check: deb ## Tag, pyproject, CHANGELOG and package name one version; licences are there; the frozen program starts
	$(BIN)/python build/release_check.py
