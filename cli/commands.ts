import type { Command, Option } from './args';
import { FORMATS } from './format/names';
import { SHELLS } from './shells';
import { COLOR_CHOICES } from './terminal';

const COLOR: Option = {
  name: 'color',
  type: 'string',
  value: 'WHEN',
  choices: COLOR_CHOICES,
  default: 'auto',
  help: 'colours: on a terminal, always or never',
};

const FORMAT: Option = {
  name: 'format',
  short: 'f',
  type: 'string',
  value: 'FORMAT',
  choices: FORMATS,
  default: 'text',
  help: 'how findings are written: for people, for programs, as GitHub annotations, for code scanning, or as a test report',
};

const FAIL_ON: Option = {
  name: 'fail-on',
  type: 'string',
  value: 'SEVERITY',
  choices: ['error', 'warning', 'note'],
  default: 'error',
  help: 'the least severity that makes the exit code 1',
};

const CONFIG: Option = {
  name: 'config',
  type: 'string',
  value: 'FILE',
  help: 'the settings to use instead of the nearest .masq.yaml, here or above',
};

const QUIET: Option = { name: 'quiet', short: 'q', type: 'boolean', help: 'no summary' };

const EXIT_CODES: Command['exitCodes'] = [
  [0, 'nothing to complain about'],
  [1, 'findings (see --fail-on)'],
  [2, 'wrong usage, or a fault of masq itself'],
];

/** The file that `masq init` writes when nobody names another. */
export const FIRST_INTENT = 'masq.yaml';

/** The folder that `masq synth` renders to when nobody names another. */
export const DEFAULT_OUTPUT = 'dist';

/** The platforms for which `masq init` has a first intent. */
export const PLATFORMS = ['kubernetes', 'gke-standard', 'gke-autopilot', 'anthos-bare-metal'] as const;

/** The tools for which `masq gitops` renders. */
export const GITOPS_TOOLS = ['argocd', 'flux'] as const;

/** The languages that `masq init --app` writes an app in. */
export const LANGUAGES = ['javascript', 'typescript'] as const;

/** The systems that `masq init --app` writes a pipeline for. */
export const CI_SYSTEMS = ['github', 'gitlab'] as const;

/** The schemas that `masq schema` prints. */
export const SCHEMAS = [
  'intent',
  'settings',
  'agent-config',
  'egressnatpolicy_v1',
  'egressnatpolicy_v1alpha1',
  'anthosnetworkgateway_v1alpha1',
  'anthosnetworkgatewaynode_v1alpha1',
  'networkgatewaygroup_v1',
] as const;

/** Every command of masq: parsing, help and completion are made from this table. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'validate',
    summary: 'check intents, ip-masq-agent files and manifests',
    usage: '[options] FILE...',
    description:
      'Checks every document that masq knows, whatever its file is called: ClusterIntent and RangeSet, bare ip-masq-agent files, the agent\'s ConfigMap and DaemonSet, EgressNATPolicy, AnthosNetworkGateway and NetworkGatewayGroup. Folders are searched for YAML and JSON; "-" is the standard input. Objects of one folder are taken to be of one cluster and checked against each other.\n\nOther YAML and JSON files may be among them. A folder or a pipe in which nothing is found to check fails, so that a command which writes nothing to a pipe is no success; files that are named one by one may all be of other kinds.\n\nWithout FILE, what .masq.yaml names is checked. Its rules say what is to be made of findings, and so does a comment "# masq-ignore CODE REASON" at a line or above it.',
    options: [
      {
        name: 'changed',
        type: 'boolean',
        help: 'the files are those of a commit: nothing is said of files that masq does not know, and manifests beside them count where they have to agree',
      },
      CONFIG,
      FORMAT,
      FAIL_ON,
      QUIET,
      COLOR,
    ],
    positionals: { name: 'FILE', min: 0, complete: 'file' },
    examples: [
      { line: 'masq validate intents/', says: 'check everything below a folder' },
      { line: 'masq validate --format sarif dist/ > masq.sarif', says: 'a report for code scanning' },
      {
        line: 'kubectl get cm -n kube-system ip-masq-agent -o yaml | masq validate -',
        says: 'check what a cluster runs',
      },
    ],
    exitCodes: [
      [0, 'nothing to complain about'],
      [1, 'findings (see --fail-on), or no document at all that masq knows'],
      [2, 'wrong usage, or a fault of masq itself'],
    ],
  },
  {
    name: 'synth',
    summary: 'render intents to manifests',
    usage: '[options] FILE...',
    description:
      'Checks the intents, renders each cluster to a folder of its own with one object a file, reads the result back to prove that it means what the intent says, and only then writes: all of it or nothing. Files that are up to date are not touched.\n\nWithout FILE and --app, what .masq.yaml names is rendered, and its "prune" counts. An error keeps a cluster from being rendered, whatever .masq.yaml or a comment makes of it.',
    options: [
      {
        name: 'output',
        short: 'o',
        type: 'string',
        value: 'DIR',
        help: `the folder that holds a folder for each cluster; if nobody says, ${DEFAULT_OUTPUT}`,
      },
      {
        name: 'check',
        type: 'boolean',
        help: 'write nothing; exit 1 when a rendered file is missing, different or left over',
      },
      {
        name: 'prune',
        type: 'boolean',
        help: 'also delete (with --check: complain about) rendered files of clusters that no given intent renders',
      },
      { name: 'kustomization', type: 'boolean', help: 'write a kustomization.yaml into each folder' },
      {
        name: 'app',
        type: 'string',
        value: 'COMMAND',
        multiple: true,
        help: 'also take what a cdk8s app renders: a command that writes to the folder in CDK8S_OUTDIR',
      },
      CONFIG,
      FORMAT,
      FAIL_ON,
      QUIET,
      COLOR,
    ],
    positionals: { name: 'FILE', min: 0, complete: 'file' },
    examples: [
      { line: 'masq synth', says: 'render what .masq.yaml names' },
      { line: 'masq synth intents/', says: 'render to dist/' },
      { line: 'masq synth intents/ --check --prune', says: 'in CI: is dist/ up to date?' },
      { line: 'masq synth --app "node fleet.js" -o deploy', says: 'take a cdk8s app, with the same care in writing' },
    ],
    exitCodes: [
      [0, 'rendered, or with --check up to date'],
      [1, 'findings, or with --check not up to date; nothing was written'],
      [2, 'wrong usage, or a fault of masq itself; nothing was written'],
    ],
  },
  {
    name: 'gitops',
    summary: 'render what Argo CD or Flux needs to sync dist/',
    usage: 'TOOL --repo URL [options]',
    description:
      'Looks which clusters are rendered, and writes what the tool needs to sync each to its cluster: for Argo CD an AppProject with the least rights and Applications or, with canaries, an ApplicationSet whose clusters change in stages; for Flux a source and Kustomizations. Run it again when a cluster comes or goes; --check says when.\n\nStages of Argo CD need an ApplicationSet controller that runs with --enable-progressive-syncs: without it, all clusters change at once.',
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
  },
  {
    name: 'init',
    summary: 'write a commented first intent, or a whole repository',
    usage: '[--app] [PLATFORM...] [options]',
    description:
      'Writes a first intent for a platform, with a comment for each key, ready to be rendered: change the addresses to yours.\n\nWith --app it makes a repository: an intent for each platform, a cdk8s app, settings, hooks for pre-commit, a CI job, and what all of it renders to, so that its own checks pass at once. What is there already is not overwritten; only a package.json is completed.',
    options: [
      {
        name: 'app',
        type: 'boolean',
        help: 'make a repository of a cdk8s app, intents, hooks, CI and what is rendered',
      },
      {
        name: 'name',
        short: 'n',
        type: 'string',
        value: 'NAME',
        default: 'my-cluster',
        help: "the cluster's name; of several, what they begin with",
      },
      {
        name: 'output',
        short: 'o',
        type: 'string',
        value: 'PATH',
        help: `the file to write; if nobody says, ${FIRST_INTENT}; "-" is the standard output. With --app the folder; if nobody says, this one`,
      },
      {
        name: 'language',
        type: 'string',
        value: 'LANGUAGE',
        choices: LANGUAGES,
        help: `with --app: what the app is written in; if nobody says, ${LANGUAGES[0]}`,
      },
      {
        name: 'ci',
        type: 'string',
        value: 'SYSTEM',
        choices: CI_SYSTEMS,
        help: `with --app: where its checks run; if nobody says, ${CI_SYSTEMS[0]}`,
      },
      { name: 'force', type: 'boolean', help: 'overwrite what is there' },
    ],
    positionals: { name: 'PLATFORM', min: 0, complete: PLATFORMS },
    examples: [
      { line: 'masq init gke-standard --name prod-eu-1', says: 'writes masq.yaml' },
      { line: 'masq init anthos-bare-metal -o -', says: 'shows an intent with an egress gateway' },
      { line: 'masq init --app gke-standard -n prod-eu-1 -o net', says: 'makes a repository in net/' },
    ],
    exitCodes: EXIT_CODES,
  },
  {
    name: 'schema',
    summary: 'print a JSON Schema',
    usage: '[NAME]',
    description:
      'Prints a schema for editors and other validators: of the intent, of .masq.yaml, of the ip-masq-agent file, or of a custom resource.',
    options: [{ name: 'list', type: 'boolean', help: 'list the names' }],
    positionals: { name: 'NAME', min: 0, max: 1, complete: SCHEMAS },
    examples: [
      { line: 'masq schema > intent.schema.json', says: 'the schema of the intent' },
      { line: 'masq schema agent-config', says: "the schema of ip-masq-agent's file" },
    ],
    exitCodes: EXIT_CODES,
  },
  {
    name: 'rules',
    summary: 'explain what is checked',
    usage: '[CODE...] [options]',
    description:
      'Lists every rule, or explains the ones asked for: what it means, an example, what to do, and where it comes from. A rule goes by its code or its name.',
    options: [
      {
        name: 'format',
        short: 'f',
        type: 'string',
        value: 'FORMAT',
        choices: ['text', 'json'],
        default: 'text',
        help: 'how rules are written',
      },
      COLOR,
    ],
    positionals: { name: 'CODE', min: 0, complete: 'rule' },
    examples: [
      { line: 'masq rules', says: 'all rules, a line each' },
      { line: 'masq rules MQ303', says: 'why preserving 0.0.0.0/0 is refused' },
    ],
    exitCodes: EXIT_CODES,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    usage: 'SHELL',
    description: 'Prints a script that completes commands, options and files.',
    options: [],
    positionals: { name: 'SHELL', min: 1, max: 1, complete: SHELLS },
    examples: [
      { line: 'source <(masq completion bash)', says: 'for this session; put it into ~/.bashrc to keep it' },
      { line: 'masq completion fish > ~/.config/fish/completions/masq.fish', says: 'for good' },
    ],
    exitCodes: EXIT_CODES,
  },
];
