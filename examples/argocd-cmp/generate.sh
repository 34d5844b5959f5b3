#!/bin/sh
# Prints the objects of one cluster, rendered from the intents in the working folder. Argo CD takes what is printed for
# manifests, and what else is said for messages.
set -eu
cluster=${ARGOCD_ENV_CLUSTER:?name the cluster in the env of the source\'s plugin}
case $cluster in
  */* | .*) echo "\"$cluster\" is no name of a cluster" >&2 && exit 1 ;;
esac
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
masq synth --output "$out" --quiet . >&2
if ! [ -d "$out/$cluster" ]; then
  echo "no intent here is of the cluster \"$cluster\"" >&2
  exit 1
fi
for file in "$out/$cluster"/*.yaml; do
  echo ---
  cat "$file"
done
