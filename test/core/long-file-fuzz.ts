import { isDeepStrictEqual } from 'node:util';
import { readFrugally } from '../../core/agentfile/long';
import { type ReadAgentFile, readAgentFile, type Strictness } from '../../core/agentfile/read';
import { SourceText } from '../../core/source/text';
import type { Target } from '../dataplane/fuzz';
import { AGENT_FILE } from './agent-file-fuzz';
import { STRICT_FILE } from './strict-file-fuzz';

type Random = (below: number) => number;

/** A file that is longer than this is not read at once. */
const LONG = 16 * 1024;

/** Lines as people and templates write them, right and wrong. */
const LINES = [
  ...['nonMasqueradeCIDRs:', 'nonMasqueradeCIDRs: ', 'nonmasqueradeCIDRs:', 'excluded:', 'nonMasqueradeCIDRs: []'],
  ...['- 10.0.0.0/8', '  - 10.1.0.0/16', '  - "fd00::/8"', "- '10.2.0.0/16' # pods", '-', '- ~', '  - null', '- 1'],
  ...[
    '- 10.0.0.1/8',
    '  - 10.0.0.0',
    '-10.0.0.0/8',
    '- - 10.0.0.0/8',
    '- {a: b}',
    '- a: b',
    '- [10.0.0.0/8]',
    '- ::/0',
  ],
  ...['- 10.3.0.0/16:', '- "10.4.0.0/16"x', '- "10.4.0.0/16', "- it's", '- 10.5.0.0/16 10.6.0.0/16', '10.7.0.0/16'],
  ...['- *a', '- &a 10.8.0.0/16', '- !!str 10.9.0.0/16', '- |', '- >-', '  10.10.0.0/16', '- 10.11.0.0/16#x', '- #x'],
  ...['- 169.254.0.0/16', '- 0.0.0.0/0', '- 128.0.0.0/1', '- fe80::/64', '- $(PODS)', '- {{ x }}', '- <no value>'],
  ...['masqLinkLocal: true', 'masqLinkLocal: yes', 'masqLinkLocal:', 'masqLinkLocalIPv6: True', 'MasqLinkLocal: true'],
  ...['cidrLimit: 2000', 'cidrLimit: 0x7d0', 'cidrLimit: 02000', 'cidrLimit: "9"', 'cidrLimit: 3', 'cidrLimit: 1.0'],
  ...['resyncInterval: 60s', 'resyncInterval: 1.5h', 'resyncInterval: 60', 'resyncInterval: >-', '  60s', '  1m'],
  ...['resyncInterval: "60s', 'resyncInterval: "1m\\', '  0s"', 'resyncInterval: |-', 'resyncInterval: "10s" # a'],
  ...[
    '---',
    '...',
    '--- # x',
    '%YAML 1.2',
    '? nonMasqueradeCIDRs',
    ': - 10.0.0.0/8',
    'a.b-c: 1',
    '1: 2',
    'null: x',
    '<<: {}',
  ],
  ...['{', '}', '[', ']', '],', '"nonMasqueradeCIDRs": [', '"10.0.0.0/8",', '"10.0.0.1/8",', '10.0.0.0/8,', '}, {'],
  ...[
    '\t',
    '\t- 10.0.0.0/8',
    '- 10.0.0.0/8\t',
    '- 10.0.0.0/8\r',
    '\ufeff',
    '- 10.0.0.0/8\u00a0',
    '# \u0085',
    '#\u0007',
    'kind: x',
    'apiVersion: v1',
  ],
];

/** Files beyond the length from which the agent reads them with little memory. */
export const LONG_FILE: Target = {
  name: 'a long file of the agent',
  input: random => padded(short(random), random),
  read: isReadAlikeThough,
};

function short(random: Random): string {
  switch (random(4)) {
    case 0:
      return AGENT_FILE.input(random);
    case 1:
      return STRICT_FILE.input(random);
    case 2:
      return plainLines(random);
    default:
      return JSON.stringify(mapOf(random), undefined, random(3));
  }
}

function plainLines(random: Random): string {
  const lines = ['nonMasqueradeCIDRs:', '- 10.20.0.0/16'];
  for (let count = 1 + random(8); count > 0; count--) lines.splice(random(lines.length + 1), 0, anyOf(LINES, random));
  return lines.join(random(9) === 0 ? '\r\n' : '\n') + (random(9) === 0 ? '' : '\n');
}

/** A map as JSON could have it, with a list that may hold anything. */
function mapOf(random: Random): Record<string, unknown> {
  const values = [
    '10.0.0.0/8',
    'fd00::/8',
    '10.0.0.1/8',
    '0.0.0.0/0',
    '169.254.1.0/24',
    'a b',
    '',
    null,
    1,
    true,
    -1.5e3,
  ];
  const list = Array.from({ length: random(5) }, () => (random(3) > 0 ? '10.0.0.0/8' : anyOf(values, random)));
  const map: Record<string, unknown> = { nonMasqueradeCIDRs: list };
  if (random(3) === 0) map.masqLinkLocal = random(2) === 0;
  if (random(3) === 0) map.resyncInterval = anyOf(['60s', '1.5m', '60', 60, null], random);
  if (random(4) === 0) map.cidrLimit = anyOf([1, 64, 3000, '64', 1e21], random);
  if (random(9) === 0) map[anyOf(['other', 'masqlinklocal', '', 'a b', '__proto__'], random)] = list;
  return map;
}

/** Comments, blank lines and entries are put in until a text is long. */
function padded(text: string, random: Random): string {
  const lines = text.split('\n');
  const many = random(6) === 0 ? entries(text, random) : [];
  const at = lines.findIndex(line => /^ *(?:- |")?10\./.test(line.trim()) || line.includes('- '));
  if (at >= 0) lines.splice(at + 1, 0, ...many);
  for (let length = lines.join('\n').length; length <= LONG; ) {
    const line = `${' '.repeat(anyOf([0, 0, 1, 2, 4], random))}# ${'x'.repeat(2000)}`;
    const place = random(8) > 0 ? anyOf([0, lines.length], random) : random(lines.length + 1);
    const pad = text.startsWith('{') && random(9) > 0 ? ' '.repeat(2000) : random(9) === 0 ? '' : line;
    lines.splice(text.startsWith('{') && pad !== line ? Math.max(place, 1) : place, 0, pad);
    length += pad.length + 1;
  }
  return lines.join('\n');
}

function entries(text: string, random: Random): string[] {
  const indent = /^( *)- /m.exec(text)?.[1] ?? '';
  const isJson = text.startsWith('{');
  return Array.from({ length: 20 + random(random(6) === 0 ? 900 : 60) }, (_, n) => {
    const cidr = `10.${40 + (n >> 8)}.${n & 255}.0/24`;
    return isJson ? `"${cidr}",` : `${indent}- ${cidr}`;
  });
}

function anyOf<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)]!;
}

/** Whether both readers take a text; they have to say the same of it. */
export function isReadAlikeThough(text: string): boolean {
  const source = new SourceText('config', text);
  const strictness: Strictness = {
    unnecessary: text.length % 2 === 0 ? 'skip' : 'tell',
    unknownKeys: text.length % 3 === 0 ? 'warn' : 'refuse',
  };
  const frugal = readFrugally(source, strictness);
  const strict = readAgentFile(source, strictness);
  if (!isSaidAlike(frugal, strict)) {
    const said = [frugal, strict].map(({ config, diagnostics }) => ({
      config,
      said: diagnostics.map(({ code, message, range }) => [code, message, range?.start, range?.end]),
    }));
    throw new Error(JSON.stringify(said, undefined, 1).slice(0, 3000));
  }
  return frugal.config !== undefined;
}

function isSaidAlike(frugal: ReadAgentFile, strict: ReadAgentFile): boolean {
  if (frugal.config) return isDeepStrictEqual(frugal, strict);
  if (strict.config) return false;
  const [mine, theirs] = [frugal, strict].map(read => read.diagnostics.filter(({ severity }) => severity === 'error'));
  // The agent has less room for what aliases stand for: it may end there before it sees what else is wrong.
  if (mine![0]!.code === 'MQ210') return true;
  const isCut = mine!.at(-1)!.code === 'MQ219';
  return isDeepStrictEqual(isCut ? mine!.slice(0, -1) : mine, isCut ? theirs!.slice(0, mine!.length - 1) : theirs);
}
