#!/bin/sh
# test/browser/screenshots.sh [FOLDER]: makes the pictures of the README anew; without a folder, only tries it.
. "$(dirname "$0")/../docs/demo.sh"
folder=$(realpath "${1:-$work}")
start_demo
node test/browser/screenshots.mjs "$base" "$work/data/demo-accounts.json" "$folder"
