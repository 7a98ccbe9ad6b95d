#!/bin/sh
# Fetches the accessibility checker for the tests of the look into var/, which is never committed:
# it is half a megabyte under another licence. The test compares its checksum.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" axe-core@4.14.1 >/dev/null
tar -xzf "$work"/*.tgz -C "$work"
mkdir -p var/axe
cp "$work/package/axe.min.js" var/axe/
