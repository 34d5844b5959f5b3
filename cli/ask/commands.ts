import { GATE_NAMES } from '../../core/analysis/gate-names';
import type { Command } from '../args';
import {
  AGENT_ARGS,
  answerFormat,
  CLUSTER,
  COLOR,
  CONFIG,
  FACTS,
  FROM,
  NAMESPACE,
  OUT_INTERFACE,
  POD_CIDR,
  SIDES,
  VPC,
} from '../options';

/** `masq explain`. */
export const EXPLAIN: Command = {
  name: 'explain',
  summary: 'say what happens to a packet, and why',
  usage: '[options] --to DESTINATION [SIDE...]',
  description: `Says what happens to the source address of packets from a pod to a destination: the address that they leave with, the rule that decides, with its place, and every rule that is asked before it. A CIDR that is treated differently in parts is split exactly.\n\nA SIDE is ${SIDES}. Without one, the intents that .masq.yaml names are asked.\n\n--from takes labels or an address. Whose address it is only a running cluster knows; elsewhere the packets are taken to be from a pod that no egress policy selects.`,
  options: [
    {
      name: 'to',
      type: 'string',
      value: 'DESTINATION',
      multiple: true,
      help: 'where packets go to: an address, a CIDR, a named range such as rfc1918, or public, pods, nodes, services, on-premises, or a range that an intent declares; with commas between several',
    },
    FROM,
    NAMESPACE,
    CLUSTER,
    FACTS,
    VPC,
    AGENT_ARGS,
    OUT_INTERFACE,
    CONFIG,
    answerFormat('how the answer is written'),
    COLOR,
  ],
  positionals: { name: 'SIDE', min: 0, complete: 'file' },
  examples: [
    { line: 'masq explain intents/ --to 172.16.4.7', says: 'of each cluster' },
    {
      line: 'masq explain git:main:dist/prod-eu-1 --to 10.0.0.0/8 --from app=web -n shop',
      says: 'by what was rendered on main',
    },
    { line: 'masq explain cluster: --from 10.119.130.4 --to 8.8.8.8', says: 'of a pod that runs, by its address' },
  ],
  exitCodes: [
    [0, 'answered'],
    [2, 'wrong usage, files with errors, or a fault of masq itself'],
  ],
};

/** `masq diff`. */
export const DIFF: Command = {
  name: 'diff',
  summary: 'say whose packets change treatment',
  usage: '[options] A [B]',
  description: `Says for each class of pods which destinations are treated differently by B than by A: from what to what, how many addresses, which rule decides on each side, what is hit, and a packet to try. Clusters with the same change are told together.\n\nA and B are ${SIDES}. Without B, A is compared with the intents that .masq.yaml names, and git:REV without a path is those intents at that revision. Manifests are read with the facts of the intent that they are compared with.\n\nWith --fail-on only changes that a gate is for make the exit code 1. The gates are ${GATE_NAMES.join(', ')}; those that begin with "newly-" take a range: newly-masqueraded=RANGE counts packets to RANGE only, which is a CIDR, a named range such as rfc1918, public, or pods, nodes, services or on-premises as the intents declare them.`,
  options: [
    {
      name: 'fail-on',
      type: 'string',
      value: 'GATES',
      multiple: true,
      help: 'the changes that make the exit code 1, with commas between several (default: any)',
    },
    { ...CLUSTER, help: 'the one cluster that is compared (default: all)' },
    FACTS,
    VPC,
    AGENT_ARGS,
    OUT_INTERFACE,
    CONFIG,
    answerFormat(
      'how the changes are written: for people, as a comment of a pull request, as the page of masq report, for programs',
      ['text', 'markdown', 'html', 'json'],
    ),
    COLOR,
  ],
  positionals: { name: 'SIDE', min: 1, max: 2, complete: 'file' },
  examples: [
    { line: 'masq diff git:main', says: 'what this branch changes of what .masq.yaml names' },
    { line: 'masq diff intents/prod.yaml dist/prod', says: 'whether what is rendered means what is asked for' },
    {
      line: 'masq diff git:main --fail-on newly-preserved-public',
      says: 'stop pods that meet the internet as themselves',
    },
    { line: 'masq diff dist/prod cluster:prod', says: 'whether what runs means what was rendered' },
  ],
  exitCodes: [
    [0, 'nothing changes, or nothing that a gate is for'],
    [1, 'something does'],
    [2, 'wrong usage, files with errors, or a fault of masq itself'],
  ],
};

/** `masq verify`, as data. */
export const VERIFY: Command = {
  name: 'verify',
  summary: "prove that nodes' rules do what an intent says",
  usage: '[options] SIDE --against DUMP [DUMP...]',
  description: `Compares what the rules of nodes do with packets of pods with what an intent says of them: over every address, and not by samples. Where they differ it names the addresses, a packet, the rule on each side with its place, and every rule of others that is in the way.\n\nA DUMP is what iptables-save, ip6tables-save, "nft -j list ruleset" or ipset save printed on a node, one or several of them in a file; a folder holds the dumps of one node, and "-" is the standard input. Where rules are for some sources only, the intent says where pods' packets come from. Rules that cannot be followed are named, and nothing is guessed.\n\nThe SIDE is ${SIDES}.`,
  options: [
    {
      name: 'against',
      type: 'string',
      value: 'DUMP',
      multiple: true,
      help: 'the dumps of a node; those of more nodes may stand behind it',
    },
    {
      ...POD_CIDR,
      help: 'a range that packets of pods come from, with commas between several; if nobody says, as the SIDE declares',
    },
    { ...CLUSTER, help: 'the cluster that the nodes belong to, where the SIDE has several' },
    FACTS,
    VPC,
    AGENT_ARGS,
    OUT_INTERFACE,
    CONFIG,
    answerFormat('how the proofs are written'),
    COLOR,
  ],
  positionals: { name: 'SIDE', min: 1, complete: 'file' },
  examples: [
    { line: 'masq verify intents/prod.yaml --against node-1.save', says: 'of one node' },
    { line: 'masq verify dist/prod --against dumps/*', says: 'of several: each file, and each folder, is a node' },
    { line: 'iptables-save | masq verify intents/prod.yaml --against -', says: 'of this node, as it is now' },
  ],
  exitCodes: [
    [0, 'proven of every node'],
    [1, 'some packets are treated otherwise, or it cannot be told'],
    [2, 'wrong usage, files with errors, dumps that cannot be read, or a fault of masq itself'],
  ],
};
