#!/bin/sh
# Makes the lock files anew from pyproject.toml and package.json: hashes for every
# platform, no addresses. Versions stay unless UPGRADE=1. Usage: scripts/lock.sh
set -eu
cd "$(dirname "$0")/.."
[ -z "${UPGRADE:-}" ] || rm -f requirements*.lock package-lock.json

compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url "$@"
}

compile pyproject.toml --group setup --group build --output-file requirements.lock
compile pyproject.toml --group setup --group build --group dev \
    --constraints requirements.lock --output-file requirements-dev.lock
compile pyproject.toml --group setup --group build --group dev --group train \
    --constraints requirements-dev.lock --output-file requirements-train.lock
compile --group node --output-file requirements-node.lock
npm install --package-lock-only --ignore-scripts --loglevel=error >/dev/null
