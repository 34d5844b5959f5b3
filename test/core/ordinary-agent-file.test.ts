import { describe, expect, test } from 'vitest';
import { readOrdinaryAgentFile } from '../../core/agentfile/ordinary';
import { readAgentFile } from '../../core/agentfile/read';
import { writeAgentFile } from '../../core/agentfile/write';
import { SourceText } from '../../core/source/text';
import { fuzz } from '../dataplane/fuzz';
import { AGENT_FILE, isReadAlike } from './agent-file-fuzz';
import { STRICT_FILE } from './strict-file-fuzz';

const LIST = ['10.0.0.0/8', '2001:db8::/32'];
const ALL = {
  nonMasqueradeCIDRs: LIST,
  masqLinkLocal: true,
  masqLinkLocalIPv6: false,
  cidrLimit: 100,
  resyncInterval: '1m30s',
};

describe('an ordinary file is read at once, as the strict reader reads it:', () => {
  test.each([
    ['JSON on one line', JSON.stringify(ALL)],
    ['JSON as jq prints it', `${JSON.stringify(ALL, undefined, 2)}\n`],
    ['JSON as Python prints it', '{"nonMasqueradeCIDRs": ["10.0.0.0/8", "172.16.0.0/12"], "masqLinkLocal": false}'],
    ['JSON by hand', '{\n  "nonMasqueradeCIDRs": [ "10.0.0.0/8" ],\n  "resyncInterval": "60s"\n}\n'],
    ['YAML', 'nonMasqueradeCIDRs:\n  - 10.0.0.0/8\n  - fd00::/8\nmasqLinkLocal: false\nresyncInterval: 60s\n'],
    ['YAML with its lists not indented', 'nonMasqueradeCIDRs:\n- 10.0.0.0/8\n- 192.168.0.0/16\nmasqLinkLocal: true'],
    [
      'YAML with line breaks of Windows',
      'cidrLimit: 9\r\nnonMasqueradeCIDRs:\r\n- 10.0.0.0/8 # all\r\n\r\n- fd00::/8\r\n',
    ],
    ['JSON with line breaks of Windows', '{\r\n  "nonMasqueradeCIDRs": ["10.0.0.0/8"]\r\n}\r\n'],
    ['YAML behind a line that begins a document', '---\nnonMasqueradeCIDRs:\n- 10.0.0.0/8\n'],
    ['YAML with quotes', `nonMasqueradeCIDRs:\n- "10.0.0.0/8"\n- 'fd00::/8'\nresyncInterval: "60s"\n`],
    ['YAML with the list last', 'cidrLimit: 65\nresyncInterval: 500ms\n\nnonMasqueradeCIDRs:\n    - 10.0.0.0/8\n'],
    [
      'YAML with comments',
      '# für Knoten\nnonMasqueradeCIDRs: # all\n# {{ .Values }}\n  - 10.0.0.0/8 # nodes: all\n\n  # pods\n  - 10.1.0.0/16  \n',
    ],
  ])('%s', (_, text) => {
    expect(isReadAlike(text)).toBe(true);
  });

  test('what masq writes', () => {
    const nonMasqueradeCIDRs = LIST.map(cidr => ({ cidr, note: 'näher an “allem”' }));
    expect(isReadAlike(writeAgentFile({ ...ALL, nonMasqueradeCIDRs }))).toBe(true);
  });

  test('ten thousand entries', () => {
    const list = Array.from({ length: 10_000 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
    expect(isReadAlike(JSON.stringify({ nonMasqueradeCIDRs: list, cidrLimit: 10_000 }))).toBe(true);
    expect(isReadAlike(`nonMasqueradeCIDRs:\n- ${list.join('\n- ')}\ncidrLimit: 10000\n`)).toBe(true);
  });
});

describe('every other file is left to the strict reader:', () => {
  const json = (fields: object): string => JSON.stringify({ nonMasqueradeCIDRs: LIST, ...fields });
  const yaml = (more: string): string => `nonMasqueradeCIDRs:\n  - 10.0.0.0/8\n${more}`;

  test.each([
    ['nothing', ''],
    ['no list', '{}'],
    ['an empty list', '{"nonMasqueradeCIDRs": []}'],
    ['a list of nothing', 'nonMasqueradeCIDRs:\nmasqLinkLocal: true\n'],
    ['JSON that is no map', '["10.0.0.0/8"]'],
    ['JSON with a tab', json({}).replace('{', '{\t')],
    ['JSON that is cut short', json({}).slice(0, -1)],
    ['JSON with a comma too many', json({}).replace('}', ',}')],
    ['JSON with a key twice', json({}).replace('{', '{"nonMasqueradeCIDRs": ["10.0.0.0/8"], ')],
    ['JSON with a key twice, one behind a blank', '{"cidrLimit":1,"cidrLimit" :2,"nonMasqueradeCIDRs":["10.0.0.0/8"]}'],
    ['JSON with a key twice, escaped', json({ masqLinkLocal: false }).replace('{', '{"masqLink\\u004cocal": true, ')],
    ['an unknown key', json({ masqlinklocal: true })],
    ['__proto__', json({}).replace('{', '{"__proto__": {}, ')],
    ['a value of another type', json({ cidrLimit: '64' })],
    ['a null', json({ masqLinkLocal: null })],
    ['an entry that is null', '{"nonMasqueradeCIDRs": [null]}'],
    ['an entry that is no CIDR', '{"nonMasqueradeCIDRs": ["10.0.0.1/8"]}'],
    ['too many entries', json({ cidrLimit: 1 })],
    ['a limit that is no whole number', json({ cidrLimit: 64.5 })],
    ['an interval that is too short', json({ resyncInterval: '99ms' })],
    ['an interval without a unit', yaml('resyncInterval: "60"\n')],
    ['a number as interval', yaml('resyncInterval: 60\n')],
    ['an octal number', yaml('cidrLimit: 064\n')],
    ['a word that YAML 1.1 takes for a boolean', yaml('masqLinkLocal: yes\n')],
    ['a boolean in quotes', yaml('masqLinkLocal: "true"\n')],
    ['a key twice', yaml('nonMasqueradeCIDRs:\n  - 10.0.0.0/8\n')],
    ['a scalar twice', yaml('masqLinkLocal: true\nmasqLinkLocal: true\n')],
    ['an entry in two lines', yaml('    10.1.0.0/16\n')],
    ['entries that do not stand in line', yaml('   - 10.1.0.0/16\n')],
    ['line breaks of old', yaml('').replaceAll('\n', '\r')],
    ['several documents', yaml('---\n')],
    ['an anchor', yaml('').replace('- ', '- &a ')],
    ['a tag', yaml('').replace('- ', '- !!str ')],
    ['a placeholder', yaml('resyncInterval: {{ .Values.resync }}\n')],
    ['a control character in a comment', yaml('# \u0007\n')],
    ['a byte order mark', `\ufeff${yaml('')}`],
    ['link-local that is to be masqueraded', json({ masqLinkLocal: true }).replace('10.0.0.0/8', '169.254.7.0/24')],
    ['IPv6 link-local likewise', json({ masqLinkLocalIPv6: true }).replace('2001:db8::/32', 'fe80::/64')],
    ['the internet', '{"nonMasqueradeCIDRs": ["0.0.0.0/1", "128.0.0.0/1"]}'],
    ['a very long file', json({}) + ' '.repeat(2 ** 21)],
  ])('%s', (_, text) => {
    expect(readOrdinaryAgentFile(text)).toBeUndefined();
  });

  test('though it may be valid', () => {
    const text = yaml('').replace('- ', '- &a ');
    expect(readAgentFile(new SourceText('config', text)).config).toBeDefined();
  });
});

test('3,000 files of all kinds, changed, are taken or refused with a place and a reason', () => {
  const { taken } = fuzz(STRICT_FILE, 3_000);
  expect(taken).toBeGreaterThan(300);
});

test('5,000 files, ordinary and changed, are read alike', () => {
  const { taken } = fuzz(AGENT_FILE, 5_000);
  // Files that are all left to the strict reader would show nothing.
  expect(taken).toBeGreaterThan(1_000);
});
