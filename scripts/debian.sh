#!/bin/sh
# Installs Debian packages, as root. Usage: scripts/debian.sh PACKAGE...
set -eu
echo "Installing $* with apt-get"
export DEBIAN_FRONTEND=noninteractive
# The package lists of a new machine are empty, those of an old one may name files that are gone.
apt-get -qq update
apt-get -qq install --yes --no-install-recommends "$@" >/dev/null
