#!/bin/sh
# Puts the style sheets, scripts and icons of the staff pages into web/static/vendor.
# Usage: scripts/style_sheets.sh, after scripts/environment.sh
# A second run with nothing changed is over at once.
set -eu
cd "$(dirname "$0")/.."
vendor=web/static/vendor
stamp=$vendor/.holds
wanted() {
    cat package-lock.json scripts/style_sheets.sh requirements-node.lock | cksum
}

if [ "$(cat "$stamp" 2>/dev/null)" = "$(wanted)" ]; then
    exit
fi

[ -w "${HOME:-/nonexistent}" ] || export XDG_CACHE_HOME="$PWD/.venv/.cache" npm_config_cache="$PWD/.venv/.cache/npm"
# Certificates of the machine too: the network of an office or a council may have its own.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}" NODE_USE_SYSTEM_CA="${NODE_USE_SYSTEM_CA:-1}"

# npm of the machine or, where there is none, from the Python registry, into a folder of its own.
if ! npm --version >/dev/null 2>&1; then
    echo "Installing npm from requirements-node.lock"
    .venv/bin/uv venv --quiet --clear --no-project --python .venv/bin/python .node
    .venv/bin/uv pip sync --quiet --python .node/bin/python --require-hashes requirements-node.lock
    PATH=$PWD/.node/bin:$PATH
fi

echo "Fetching the style sheets from package-lock.json"
npm ci --ignore-scripts --loglevel=error >/dev/null
govuk=node_modules/govuk-frontend/dist/govuk
moj=node_modules/@ministryofjustice/frontend/moj

rm -rf "$vendor"
mkdir -p "$vendor/images"
cp "$moj"/assets/images/icon-*.svg "$vendor/images/"
# The typeface and the crest are for services on gov.uk only, so they and every
# mention of them stay out: text falls back to Arial. Icons are beside the style sheet.
for sheet in "$govuk/govuk-frontend.min.css" "$moj/moj-frontend.min.css"; do
    sed -e 's/@font-face{[^}]*}//g' \
        -e 's/GDS Transport,//g' \
        -e 's#url(/assets/images/govuk-crest.svg)#none#g' \
        -e 's#url(/assets/images/#url(images/#g' \
        -e '/^\/\*# sourceMappingURL=/d' \
        "$sheet" >"$vendor/$(basename "$sheet")"
done
for script in "$govuk/govuk-frontend.min.js" "$moj/moj-frontend.min.js"; do
    sed 's#//\# sourceMappingURL=.*##' "$script" >"$vendor/$(basename "$script")"
done
rm -rf node_modules .node
wanted >"$stamp"
