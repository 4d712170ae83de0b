#!/bin/sh
# Makes .venv hold exactly what a lock file names, and the project itself.
# Usage: scripts/environment.sh LOCK_FILE
# A second run with nothing changed is over at once.
set -eu
cd "$(dirname "$0")/.."
lock=$1
stamp=.venv/.holds

fail() {
    echo "$*" >&2
    exit 1
}

# What .venv/.holds says when everything that a lock file names is there.
stamp_for() {
    cat "$1" pyproject.toml scripts/environment.sh | cksum
}

holds() {
    [ "$(cat "$stamp" 2>/dev/null)" = "$(stamp_for "$1")" ] && is_usable
}

# A moved .venv still points at the place it was made in, one of an older Python is of no use.
is_usable() {
    [ "$(cat .venv/.made-in 2>/dev/null)" = "$(pwd -P)" ] &&
        is_new_enough .venv/bin/python && .venv/bin/python -c 'import pip' 2>/dev/null
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# venv without ensurepip, as Debian splits them, makes an environment without pip.
can_make_environments() {
    "$1" -c 'import venv, ensurepip' 2>/dev/null
}

find_python() {
    without_venv=
    for python in python3.13 python3.12 python3.11 python3; do
        command -v "$python" >/dev/null && is_new_enough "$python" || continue
        can_make_environments "$python" && return
        without_venv=${without_venv:-$python}
    done
    [ -n "$without_venv" ] ||
        fail "Python 3.11 or newer is needed, and none was found (looked for python3.13, python3.12, python3.11, python3)."
    python=$without_venv
    install_venv_module
}

install_venv_module() {
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    command -v apt-get >/dev/null || fail "$python lacks its venv module: install it, then run make again."
    [ "$(id -u)" = 0 ] || fail "$python lacks its venv module. Type: sudo apt-get install $package"
    scripts/debian.sh "$package"
    can_make_environments "$python" || fail "$python still lacks its venv module after installing $package."
}

# Where the tests have run their tools stay: that lock file holds everything of the service's.
if [ -x .venv/bin/pytest ] && is_usable; then
    lock=requirements-dev.lock
fi
if holds "$lock"; then
    exit
fi

# A folder for caches, where the home folder is missing or not ours to write in.
[ -w "${HOME:-/nonexistent}" ] || export XDG_CACHE_HOME="$PWD/.venv/.cache"

# Certificates of the machine too: the network of an office or a council may have its own.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"

rm -f "$stamp"
if ! is_usable; then
    find_python
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
    pwd -P >.venv/.made-in
fi

echo "Installing from $lock"
if ! .venv/bin/uv --version >/dev/null 2>&1; then
    sed -n '/^uv==/,/[^\\]$/p' "$lock" >.venv/uv.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --force-reinstall --no-deps --require-hashes -r .venv/uv.lock
fi
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes "$lock"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
stamp_for "$lock" >"$stamp"
