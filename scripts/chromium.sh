#!/bin/sh
# Makes sure that Chromium is there for the browser tests: as root on Debian it is
# installed, elsewhere this says what to type, and fails. Usage: scripts/chromium.sh
set -eu
cd "$(dirname "$0")/.."
if command -v chromium >/dev/null; then
    exit
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    exec scripts/debian.sh chromium fonts-liberation
fi
if command -v apt-get >/dev/null; then
    echo "The browser tests need Chromium. Type: sudo apt-get install chromium" >&2
else
    echo "The browser tests need a program named chromium on the PATH: install Chromium." >&2
fi
exit 1
