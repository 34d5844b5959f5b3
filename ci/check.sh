#!/usr/bin/env bash
# What a CI job asks of a repository that has intents, a .masq.yaml and what was rendered in dist/; run at its top.
# MASQ is the command, if it is not on the PATH: MASQ="npx masq" ci/check.sh
set -uo pipefail

read -ra masq <<<"${MASQ:-masq}"
status=0
"${masq[@]}" validate || status=$?
"${masq[@]}" synth --check || status=$?
exit "$status"
