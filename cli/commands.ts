import { TARGETS } from '../core/target/facts';
import type { Command } from './args';
import { DIFF, EXPLAIN, VERIFY } from './ask/commands';
import { CI_SYSTEMS, DEFAULT_OUTPUT, FIRST_INTENT, GITOPS_OF_APPS, LANGUAGES, PLATFORMS, SCHEMAS } from './choices';
import { GITOPS } from './gitops/command';
import { IMPORT } from './import/command';
import {
  answerFormat,
  CHANGED,
  COLOR,
  CONFIG,
  EXIT_CODES,
  FAIL_ON,
  FORCE,
  FORMAT,
  NODE_CIDR,
  POD_CIDR,
  QUIET,
} from './options';
import { REPORT } from './report/command';
import { SHELLS } from './shells';
import { TARGET_OPTIONS } from './target/command';

/** Every command of masq: parsing, help and completion are made from this table. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'validate',
    summary: 'check intents, ip-masq-agent files and manifests',
    usage: '[options] [FILE...]',
    description:
      'Checks every document that masq knows, whatever its file is called: ClusterIntent and RangeSet, bare ip-masq-agent files, the agent\'s ConfigMap and DaemonSet, EgressNATPolicy, AnthosNetworkGateway and NetworkGatewayGroup. Folders are searched for YAML and JSON; "-" is the standard input, git:REV:PATH what is at a revision, and cluster: what runs in the cluster of kubectl\'s current context. Objects of one folder are taken to be of one cluster and checked against each other.\n\nOther YAML and JSON files may be among them. A run that finds nothing to check fails, so that a command which writes nothing to a pipe is no success; with --changed, a commit may have nothing for masq.\n\nWithout FILE, what .masq.yaml names is checked. Its rules say what is to be made of findings, and so does a comment "# masq-ignore CODE REASON" at a line or above it.',
    options: [CHANGED, CONFIG, FORMAT, FAIL_ON, QUIET, COLOR],
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
      [2, 'wrong usage, also a FILE that is not there and a folder without any, or a fault of masq itself'],
    ],
  },
  {
    name: 'lint',
    summary: 'say what could be better, and mend it',
    usage: '[options] [FILE...]',
    description:
      'Checks files as "masq validate" does, and then looks at what they denote together: rules that change nothing, ranges that are one, exceptions without effect, pod and node ranges that are not preserved, files that disagree when an agent merges them, and the kubelet\'s own masquerading. Files with errors are looked at no further. A FILE may also be git:REV:PATH, or cluster: for the running cluster.\n\nWith --fix it takes out what changes nothing and puts together what is one, and leaves every other character as it is. Nothing is written that is not proved to mean the same, over all addresses.\n\nWithout FILE, what .masq.yaml names is looked at. Its rules and the comments "# masq-ignore CODE REASON" count here as well: what they leave out is not mended either.',
    options: [
      { name: 'fix', type: 'boolean', help: 'write what is better in place of what is there' },
      { name: 'diff', type: 'boolean', help: 'show what --fix would write, and write nothing; exit 1 if there is any' },
      {
        ...POD_CIDR,
        help: 'a range that pods have their addresses from, which is to be preserved; with commas between several',
      },
      NODE_CIDR,
      CHANGED,
      CONFIG,
      FORMAT,
      FAIL_ON,
      QUIET,
      COLOR,
    ],
    positionals: { name: 'FILE', min: 0, complete: 'file' },
    examples: [
      { line: 'masq lint intents/', says: 'look at everything below a folder' },
      { line: 'masq lint --diff intents/', says: 'show what would be mended' },
      {
        line: 'masq lint --pod-cidr 10.4.0.0/14 --node-cidr 10.128.0.0/20 config.yaml',
        says: 'is the cluster itself covered?',
      },
    ],
    exitCodes: [
      [0, 'nothing to complain about'],
      [1, 'findings (see --fail-on), with --diff something to mend, or no document at all that masq knows'],
      [2, 'wrong usage, also a FILE that is not there and a folder without any, or a fault of masq itself'],
    ],
  },
  {
    name: 'synth',
    summary: 'render intents to manifests',
    usage: '[options] [FILE...]',
    description:
      'Checks the intents, renders each cluster to a folder of its own with one object a file, reads the result back to prove that it means what the intent says, and only then writes: all of it or nothing. Files that are up to date are not touched.\n\nWith --target the intents become what another data plane is configured with: read back as that one reads it, it must treat every packet as the intent says, and what it cannot express is refused where it stands. It has an output folder of its own.\n\nWithout FILE and --app, what .masq.yaml names is rendered, and its "prune" counts. An error keeps a cluster from being rendered, whatever .masq.yaml or a comment makes of it.',
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
      {
        name: 'target',
        type: 'string',
        value: 'NAME',
        choices: TARGETS,
        help: 'render for another data plane instead: exactly, or not at all; if nobody says where, to targets/NAME',
      },
      ...TARGET_OPTIONS,
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
      {
        line: 'masq synth --target aws --vpc-cidr 10.0.0.0/16 intents/',
        says: "for Amazon's VPC CNI, to targets/aws/",
      },
      { line: 'masq synth --app "node fleet.js" -o deploy', says: 'take a cdk8s app, with the same care in writing' },
    ],
    exitCodes: [
      [0, 'rendered, or with --check up to date'],
      [1, 'findings, or with --check not up to date; nothing was written'],
      [2, 'wrong usage, or a fault of masq itself; nothing was written'],
    ],
  },
  GITOPS,
  EXPLAIN,
  DIFF,
  VERIFY,
  IMPORT,
  REPORT,
  {
    name: 'init',
    summary: 'write a commented first intent, or a whole repository',
    usage: '[options] [PLATFORM...]',
    description:
      'Writes a first intent for a platform, with a comment for each key, ready to be rendered: change the addresses to yours.\n\nWith --app it makes a repository: an intent for each platform, a cdk8s app, settings, hooks for pre-commit, a CI job, what Argo CD or Flux needs, and what all of it renders to, so that its own checks pass at once. What is there already is not overwritten: a package.json and a .gitignore are completed, a README.md is left as it is.\n\nPlatforms are kubernetes, gke-standard, gke-autopilot and anthos-bare-metal; with --app kubernetes if none is named.',
    options: [
      {
        name: 'app',
        type: 'boolean',
        help: 'make a repository of a cdk8s app, intents, hooks, CI, GitOps files and what is rendered',
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
      {
        name: 'gitops',
        type: 'string',
        value: 'TOOL',
        choices: GITOPS_OF_APPS,
        help: `with --app: what syncs it; if nobody says, ${GITOPS_OF_APPS[0]}`,
      },
      {
        name: 'repo',
        type: 'string',
        value: 'URL',
        help: "with --app: where it is synced from; if nobody says, git's origin, or an example to be changed",
      },
      FORCE,
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
    usage: '[options] [NAME]',
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
    usage: '[options] [CODE...]',
    description:
      'Lists every rule, or explains the ones asked for: what it means, an example, what to do, and where it comes from. A rule goes by its code or its name.',
    options: [answerFormat('how rules are written'), COLOR],
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
