import type { Command } from '../args';
import { AGENT_ARGS, CLUSTER, CONFIG, FACTS, FROM, NAMESPACE, OUT_INTERFACE, SIDES, VPC } from '../options';

/** `masq report`. */
export const REPORT: Command = {
  name: 'report',
  summary: 'write a page to look at: maps, rules, what changes',
  usage: '[options] [SIDE...]',
  description: `Writes one HTML file that needs nothing else, no network either: the IPv4 space as a map to zoom into, coloured by what happens to packets, IPv6 as a tree, every rule that decides with all its destinations, and a search for addresses and names. With --before it shows what changes, and both sides.\n\nA SIDE is ${SIDES}. Without one, the intents that .masq.yaml names are shown; git:REV without a path is those intents at that revision.\n\nA report that is there is written over, and no other file is.`,
  options: [
    {
      name: 'output',
      short: 'o',
      type: 'string',
      value: 'FILE',
      help: 'the file to write; if nobody says, masq-report.html, or with --svg masq-report.svg; "-" is the standard output',
    },
    {
      name: 'before',
      type: 'string',
      value: 'SIDE',
      multiple: true,
      help: 'what to compare with: the page shows what changes from it',
    },
    {
      name: 'svg',
      type: 'boolean',
      help: 'write the map of IPv4 alone, as a picture for a pull request, 544 or 804 pixels wide; it shows SIDE, or with --before what changes from there to SIDE, of one cluster (default: the only one, or the first that changes)',
    },
    CLUSTER,
    {
      ...FROM,
      help: 'with --svg: the labels of the pod whose packets are shown (default: a pod that no egress policy selects; with --before the first kind for which something changes)',
    },
    { ...NAMESPACE, help: `with --svg: ${NAMESPACE.help}` },
    FACTS,
    VPC,
    AGENT_ARGS,
    OUT_INTERFACE,
    CONFIG,
  ],
  positionals: { name: 'SIDE', min: 0, complete: 'file' },
  examples: [
    { line: 'masq report', says: 'what .masq.yaml names, to masq-report.html' },
    { line: 'masq report --before git:main', says: 'what this branch changes' },
    { line: 'masq report --svg --cluster prod-eu-1 -o map.svg', says: 'a picture for a page or a pull request' },
  ],
  exitCodes: [
    [0, 'written'],
    [2, 'wrong usage, files with errors, or a fault of masq itself; nothing was written'],
  ],
};
