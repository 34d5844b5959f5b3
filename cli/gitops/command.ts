import type { Command } from '../args';
import { DEFAULT_OUTPUT, GITOPS_TOOLS } from '../choices';
import { COLOR, FORMAT, QUIET } from '../options';

/** `masq gitops`, as data. */
export const GITOPS: Command = {
  name: 'gitops',
  summary: 'render what Argo CD or Flux needs to sync dist/',
  usage: '[options] TOOL --repo URL',
  description:
    'Looks which clusters are rendered, and writes what the tool needs to sync each to its cluster: for Argo CD an AppProject with the least rights and Applications or, with canaries, an ApplicationSet whose clusters change in stages; for Flux a source and Kustomizations. Run it again when a cluster comes or goes; --check says when. Named in .masq.yaml, under gitops, it is rendered by masq synth.\n\nStages of Argo CD need an ApplicationSet controller that runs with --enable-progressive-syncs: without it, all clusters change at once.',
  options: [
    {
      name: 'repo',
      short: 'r',
      type: 'string',
      value: 'URL',
      help: 'the repository that holds the rendered folders',
    },
    {
      name: 'revision',
      type: 'string',
      value: 'REV',
      help: 'branch, refs/tags/TAG or commit; of an OCI artifact tag or digest (default: main, or latest)',
    },
    {
      name: 'dist',
      type: 'string',
      value: 'DIR',
      default: DEFAULT_OUTPUT,
      help: 'the folder, here, that holds a folder for each cluster',
    },
    { name: 'path', type: 'string', value: 'DIR', help: 'the same folder in the repository (default: as --dist)' },
    {
      name: 'canary',
      type: 'string',
      value: 'CLUSTER',
      multiple: true,
      help: 'a cluster that changes before the rest',
    },
    {
      name: 'destination',
      type: 'string',
      value: 'CLUSTER=WHERE',
      multiple: true,
      help: "where a cluster is: for Argo CD its name or server (default: the folder's name), for Flux the Secret with its kubeconfig (default: CLUSTER-kubeconfig), or in-cluster",
    },
    {
      name: 'style',
      type: 'string',
      value: 'STYLE',
      choices: ['applications', 'applicationset', 'per-cluster', 'hub'],
      help: 'for Argo CD applications, or with canaries applicationset; for Flux per-cluster (a Flux in each cluster), or with canaries hub (one for all)',
    },
    {
      name: 'max-update',
      type: 'string',
      value: 'N',
      help: 'how many clusters of the rest change at once, such as 1 or 25%; 0 waits for a hand (applicationset; default: 1)',
    },
    {
      name: 'source',
      type: 'string',
      value: 'KIND',
      choices: ['git', 'oci'],
      help: 'for Flux: what --repo is (default: git)',
    },
    { name: 'name', type: 'string', value: 'NAME', default: 'masq', help: 'what names of objects begin with' },
    { name: 'project', type: 'string', value: 'NAME', help: "Argo CD's project (default: as --name)" },
    {
      name: 'namespace',
      short: 'n',
      type: 'string',
      value: 'NS',
      help: 'where the tool runs (default: argocd, or flux-system)',
    },
    { name: 'secret', type: 'string', value: 'NAME', help: 'for Flux: the Secret with what the repository asks for' },
    {
      name: 'service-account',
      type: 'string',
      value: 'NAME',
      help: 'for Flux: the ServiceAccount with whose rights objects are applied',
    },
    {
      name: 'timeout',
      type: 'string',
      value: 'SPAN',
      help: 'for Flux: how long a cluster may take to become healthy (default: 10m0s)',
    },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      value: 'DIR',
      help: 'the folder to write (default: gitops/argocd, or gitops/flux)',
    },
    { name: 'check', type: 'boolean', help: 'write nothing; exit 1 when a file is missing, different or left over' },
    FORMAT,
    QUIET,
    COLOR,
  ],
  positionals: { name: 'TOOL', min: 1, max: 1, complete: GITOPS_TOOLS },
  examples: [
    {
      line: 'masq gitops argocd --repo https://github.com/org/clusters.git',
      says: 'an Application for each cluster',
    },
    {
      line: 'masq gitops argocd -r https://github.com/org/clusters.git --canary staging --max-update 25%',
      says: 'staging first, then a quarter of the rest at a time',
    },
    {
      line: 'masq gitops flux --source oci -r oci://ghcr.io/org/clusters --path .',
      says: 'for an artifact of dist/',
    },
  ],
  exitCodes: [
    [0, 'rendered, or with --check up to date'],
    [1, 'with --check not up to date; nothing was written'],
    [2, 'wrong usage, nothing to render, or a fault of masq itself; nothing was written'],
  ],
};
