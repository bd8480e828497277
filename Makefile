# Two commands for a newcomer: `make run` and `make test`. Needs python3 (3.8 or later, with venv) and a network the
# first time. A Python 3.13 already on the machine is used, else uv fetches one. Behind a proxy with a certificate of
# its own: UV_SYSTEM_CERTS=1 make setup.

UV_VERSION := 0.13.9
PY := .venv/bin/python
PYTHONS := python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3 /usr/local/bin/python3 python

# An activated or configured environment of another project must not be the one that is filled.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH UV_PROJECT UV_PYTHON UV_WORKING_DIRECTORY PYENV_VERSION
export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: run setup test test-long bench format lint types check messages
.DEFAULT_GOAL := run

run: setup
	@exec $(PY) manage.py run

# Quick when nothing has changed: the stamp is newer than the lock file and the interpreter is still there.
setup:
	@if [ .venv/.ready -nt uv.lock ] && [ .venv/.ready -nt pyproject.toml ] && [ .venv/.ready -nt .python-version ] \
	    && $(PY) -c "import django" 2>/dev/null; then exit 0; fi; \
	if ! .boot/bin/uv --version 2>/dev/null | grep -q "^uv $(UV_VERSION)\b"; then \
	    rm -rf .boot; \
	    for python in $(PYTHONS); do \
	        if "$$python" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 8))" 2>/dev/null \
	            && "$$python" -m venv .boot; then break; fi; \
	        rm -rf .boot; \
	    done; \
	    if [ ! -x .boot/bin/python ]; then \
	        echo "找不到可用的 python3（3.8 及以上，带 venv）。请先安装，例如：apt-get install python3 python3-venv" >&2; \
	        echo "No usable python3 (3.8 or later, with venv) found. Install one, e.g. apt-get install python3 python3-venv" >&2; \
	        exit 1; \
	    fi; \
	    echo "正在安装 uv $(UV_VERSION)…"; \
	    .boot/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || { \
	        echo "安装 uv 失败：请检查网络、代理（HTTPS_PROXY）和 pip 的软件源设置。" >&2; exit 1; }; \
	fi; \
	echo "正在安装依赖…"; \
	for folder in "$$PYENV_ROOT" "$$HOME/.pyenv" /opt/pyenv /usr/local/pyenv; do \
	    for bin in "$$folder"/versions/3.13*/bin; do [ -x "$$bin/python3.13" ] && PATH="$$PATH:$$bin"; done; \
	done; \
	.boot/bin/uv sync --frozen --quiet --compile-bytecode || { \
	    echo "安装依赖失败。若上面提到证书，请用 UV_SYSTEM_CERTS=1 make setup；若提到 Python 3.13 或 python-build-standalone，请先安装 Python 3.13（例如 pyenv install 3.13），再重试。" >&2; \
	    echo "Installing failed. About certificates: UV_SYSTEM_CERTS=1 make setup. About Python 3.13 or python-build-standalone: install Python 3.13 first (pyenv install 3.13)." >&2; \
	    exit 1; }; \
	$(PY) -m compileall -q povertyrelief households campaigns; \
	touch .venv/.ready

test: setup
	$(PY) -m pytest -n 2 --dist worksteal -m "not long"

test-long: setup
	$(PY) -m pytest -n 2 --dist worksteal -m long

bench: setup
	@$(PY) bench/run.py

format: setup
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .
	$(PY) -m djlint templates --reformat --quiet

# New texts into the English catalogue, and every catalogue compiled; names what still lacks English.
messages: setup
	$(PY) manage.py update_messages

lint: setup
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m djlint templates --lint --quiet
	.venv/bin/lint-imports

types: setup
	$(PY) -m mypy .

# What must hold before a release, besides the tests.
check: lint types
	HTTPS=1 $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) manage.py makemigrations --check --dry-run
