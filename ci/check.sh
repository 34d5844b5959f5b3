#!/bin/sh
# What a CI job asks of a repository that has intents, a .masq.yaml and what was rendered in dist/; run at its top.
# MASQ is the command, if it is not on the PATH: MASQ="npx masq" ci/check.sh
# shellcheck disable=SC2086 # the command may be several words
set -u

status=0
${MASQ:-masq} validate || status=$?
${MASQ:-masq} synth --check || status=$?
exit "$status"
