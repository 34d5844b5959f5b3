import { isDeepStrictEqual } from 'node:util';
import { readOrdinaryAgentFile } from '../../core/agentfile/ordinary';
import { readAgentFile } from '../../core/agentfile/read';
import { SourceText } from '../../core/source/text';
import type { Target } from '../dataplane/fuzz';

type Random = (below: number) => number;

const CIDRS = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '10.1.2.3/32', '100.64.0.0/10', '0.0.0.0/0', '128.0.0.0/1'],
  ...['169.254.0.0/16', '169.254.1.0/24', '10.0.0.1/8', '010.0.0.0/8', '10.0.0.0/33', '10.0.0/24', '10.0.0.0'],
  ...['fc00::/7', 'fe80::/10', 'fe80::1/128', '2001:DB8::/32', '::/0', '::1/128', '::ffff:10.0.0.0/104', 'fd00::/08'],
];
const LIMITS = [
  '64',
  '0',
  '1',
  '100000',
  '064',
  '6.4e1',
  '-1',
  '64.0',
  '1e3',
  '"64"',
  '~',
  '0x40',
  '9999999999',
  '+64',
];
const DURATIONS = [
  '60s',
  '1h30m',
  '"60s"',
  '"500ms"',
  '99ms',
  '60',
  '"60"',
  '1e3s',
  '-60s',
  '1.5s',
  '0s',
  '"1m"',
  'on',
];
const BOOLEANS = ['true', 'false', 'True', 'yes', '"true"', 'null', ''];
const COMMENTS = ['# nodes', '# ünï – 中', '#', '# {{ .Values.x }}', '# a: b', '#\ttab', '#10.0.0.0/8', '# 😀'];
const SIGNS =
  ' |  |\n|\n\n|\t|\r\n|-|- |:|: |,|"|\'|#| #|{|}|[|]|\\|\\u0031|0|1|/|.|a|F|~|&a |*a|!|!!str |%|@|`|<<: |---\n|...\n|{{|$(x)|\ufeff|\u0000|\u0085|\u00a0|\u2028|ü'.split(
    '|',
  );

/** The agent's file: ordinary ones, and such with signs and lines changed. Two readers of it are held to each other. */
export const AGENT_FILE: Target = {
  name: "the agent's file",
  input: random => {
    let text = random(2) === 0 ? jsonFile(random) : yamlFile(random);
    for (let changes = random(4); changes > 0; changes--) text = changed(text, random);
    return text;
  },
  read: isReadAlike,
};

/** Whether the quick reader takes a text; then the strict one says the same of it, and nothing else. */
export function isReadAlike(text: string): boolean {
  const config = readOrdinaryAgentFile(text);
  if (!config) return false;
  const strict = readAgentFile(new SourceText('config', text), { unnecessary: 'skip' });
  if (!isDeepStrictEqual(strict, { config, diagnostics: [] }))
    throw new Error(`${JSON.stringify(text)}: ${JSON.stringify([config, strict])}`);
  return true;
}

/** Mostly one of the first few, which are in order. */
function one(list: readonly string[], random: Random, good: number): string {
  return list[random(random(8) > 0 ? good : list.length)]!;
}

function yamlFile(random: Random): string {
  const rest = (): string => (random(6) === 0 ? ` ${one(COMMENTS, random, 3)}` : random(9) === 0 ? '  ' : '');
  const blocks = [listLines(random, rest)];
  if (random(2) === 0) blocks.push([`masqLinkLocal: ${one(BOOLEANS, random, 2)}${rest()}`]);
  if (random(3) === 0) blocks.push([`masqLinkLocalIPv6: ${one(BOOLEANS, random, 2)}${rest()}`]);
  if (random(3) === 0) blocks.push([`cidrLimit: ${one(LIMITS, random, 1)}${rest()}`]);
  if (random(3) > 0) blocks.push([`resyncInterval: ${one(DURATIONS, random, 4)}${rest()}`]);
  const at = random(blocks.length);
  const lines = [...blocks.slice(at), ...blocks.slice(0, at)].flat();
  while (random(3) === 0) lines.splice(random(lines.length + 1), 0, random(2) === 0 ? '' : one(COMMENTS, random, 3));
  return lines.join('\n') + (random(8) === 0 ? '' : '\n');
}

function listLines(random: Random, rest: () => string): string[] {
  const indent = ' '.repeat(random(3));
  const quote = ['', '', '"', "'"][random(4)]!;
  const count = 1 + random(random(20) === 0 ? 70 : 4);
  const items = Array.from({ length: count }, () => `${indent}- ${quote}${one(CIDRS, random, 5)}${quote}${rest()}`);
  return [`nonMasqueradeCIDRs:${rest()}`, ...items];
}

function jsonFile(random: Random): string {
  const fields: [string, string][] = [];
  const list = Array.from({ length: 1 + random(4) }, () => one(CIDRS, random, 5));
  fields.push(['nonMasqueradeCIDRs', JSON.stringify(list, undefined, random(2) * 2)]);
  if (random(2) === 0) fields.push(['masqLinkLocal', one(BOOLEANS, random, 2)]);
  if (random(3) === 0) fields.push(['cidrLimit', one(LIMITS, random, 1)]);
  if (random(3) > 0) fields.push(['resyncInterval', `"${one(DURATIONS, random, 2).replaceAll('"', '')}"`]);
  const at = random(fields.length);
  const [colon, between] = [
    [':', ','],
    [': ', ', '],
    [': ', ',\n  '],
    [':', ',\n'],
  ][random(4)] as [string, string];
  const inside = [...fields.slice(at), ...fields.slice(0, at)].map(([key, value]) => `"${key}"${colon}${value}`);
  const gap = between.startsWith(',\n') ? '\n' : '';
  return `{${gap}${inside.join(between)}${gap}}${random(4) === 0 ? '' : '\n'}`;
}

/** The text with signs or lines changed at one place. */
export function changed(text: string, random: Random): string {
  const at = random(text.length + 1);
  const sign = SIGNS[random(SIGNS.length)]!;
  const lines = text.split('\n');
  const line = random(lines.length);
  switch (random(6)) {
    case 0:
      return text.slice(0, at) + sign + text.slice(at);
    case 1:
      return text.slice(0, at) + sign + text.slice(at + 1 + random(3));
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + random(8));
    case 3:
      return [...lines.slice(0, line), lines[random(lines.length)]!, ...lines.slice(line)].join('\n');
    case 4:
      return [...lines.slice(0, line), ...lines.slice(line + 1)].join('\n');
    default:
      return [...lines.slice(0, line), sign + lines[line]!, ...lines.slice(line + 1)].join('\n');
  }
}
