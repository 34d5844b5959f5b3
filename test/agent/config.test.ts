import { expect, test } from 'vitest';
import { configOf, configOfText, findingLine, findingLines } from '../../agent/config';

const read = async (text: string): Promise<readonly string[]> => {
  const config = await configOfText('config', text, {});
  return config.kind === 'unreadable' ? [config.why] : findingLines(config.findings);
};

test('findings are in the order of the file', async () => {
  const lines = await read('colour: red\nmasqLinkLocal: 1\nnonMasqueradeCIDRs:\n  - 10.0.0.1/8\nresyncInterval: 60\n');
  expect(lines.map(line => line.split(' ')[0])).toEqual(['config:1:1', 'config:2:16', 'config:4:5', 'config:5:17']);
});

test('of very many findings the first are told, errors before others', async () => {
  const keys = Array.from({ length: 1_000 }, (_, i) => `k${i}: 1\n`).join('');
  const lines = await read(keys);
  expect(lines).toHaveLength(51);
  expect(lines[50]).toMatch(/^and \d+ findings more$/);
  const config = await configOfText('config', `nonMasqueradeCIDRs: []\n${'x'.repeat(9)}: 1\n`, {});
  const many = config.kind === 'refused' ? Array(100).fill(config.findings).flat() : [];
  expect(
    new Set(
      findingLines(many)
        .slice(0, 50)
        .map(line => line.split(' ')[1]),
    ),
  ).toEqual(new Set(['error']));
});

test('a document that is null is an empty file, as for upstream', async () => {
  for (const text of ['', '---\n', '--- null\n', 'null\n', '~\n', '# none\n~ # either\n']) {
    const config = await configOfText('config', text, {});
    expect(config).toMatchObject({ kind: 'valid', config: { masqLinkLocal: false, masqLinkLocalIPv6: false } });
    expect(await read(text)).toEqual([expect.stringMatching(/ warning MQ310 the file is empty/)]);
  }
  expect(await read('nonMasqueradeCIDRs: ~\n')).toEqual([expect.stringMatching(/ error MQ211 /)]);
});

test.each(['resyncInterval: 60\n', '\t\nresyncInterval: 60s\n', 'colour: red\n'])(
  'of a file that is refused, %j, nobody is told which list holds without its own',
  async text => {
    expect(await read(text)).toEqual([expect.stringMatching(/ error MQ(?:216|207|203) /)]);
  },
);

test('every mistake is told at once, whichever reader finds it', async () => {
  const lines = await read('nonMasqeradeCIDRs:\n  - 10.0.0.1/8\n\t\nmasqLinkLocal: yes\nresyncInterval: 60\n');
  expect(lines.map(line => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'config:1:1 error MQ203',
    'config:3:1 error MQ207',
    'config:4:16 error MQ208',
    'config:5:17 error MQ216',
  ]);
});

test.each([
  [
    'kind: ClusterIntent\nspec: {}\n',
    'config:1:1 error MQ203 this is a masq intent, not the agent\'s file; "masq synth"',
  ],
  [
    'apiVersion: masq/v1alpha1\nspec: {}\n',
    'config:1:1 error MQ203 this is a masq intent, not the agent\'s file; "masq synth"',
  ],
  [
    'apiVersion: v1\nkind: Pod\n',
    "config:1:1 error MQ203 a manifest of the kind Pod stands where the agent's file belongs",
  ],
  [
    'config:\n  masqLinkLocal: true\n',
    'config:1:1 error MQ203 the agent\'s file is what stands below "config:"; keep only that',
  ],
  [
    'data:\n  x: |\n    cidrLimit: 7\n',
    'config:2:3 error MQ203 the agent\'s file is what stands below "x:"; keep only that',
  ],
  ['|\n  cidrLimit: 7\n', 'config:1:1 error MQ204 the agent\'s file is one text here; remove the "|"'],
])('%j is told what it is, and nothing else', async (text, start) => {
  expect((await read(text)).map(line => line.slice(0, start.length))).toEqual([start]);
});

test.each([
  [
    '- 10.0.0.0/8',
    'MQ204 the document is a list; write "nonMasqueradeCIDRs:" above it, or before it if it is in brackets',
  ],
  [
    'hello',
    'MQ204 the document "hello" is text; write a map with nonMasqueradeCIDRs, masqLinkLocal, masqLinkLocalIPv6, cidrLimit or resyncInterval',
  ],
  [
    'resyncInterval:60s',
    'MQ204 the document "resyncInterval:60s" is text; write "resyncInterval: 60s" (a space is missing behind ":")',
  ],
  [
    'nonMasqueradeCIDRs: ["10.0.0.0/8 // office"]',
    'MQ105 CIDR "10.0.0.0/8 // office": prefix length "8 // office" is not a plain number; write "10.0.0.0/8", and a comment behind " #"',
  ],
  [
    'nonMasqueradeCIDRs: "10.0.0.0/8 172.16.0.0"',
    'MQ204 nonMasqueradeCIDRs "10.0.0.0/8 172.16.0.0" is text; write [10.0.0.0/8, 172.16.0.0/32]',
  ],
  [
    'nonMasqueradeCIDRs: 5',
    'MQ204 nonMasqueradeCIDRs 5 is a number; write a list such as [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]',
  ],
  [
    'nonMasqueradeCIDRs: $(CIDRS)',
    'MQ613 "$(CIDRS)" is a placeholder that was never filled in; write a list such as [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]',
  ],
  [
    'nonMasqueradeCIDRs: [<CIDR>]',
    'MQ613 "<CIDR>" is a placeholder that was never filled in; write a CIDR such as "10.0.0.0/8"',
  ],
  ['masqLinkLocal: $(X)', 'MQ613 "$(X)" is a placeholder that was never filled in; write true or false'],
  ['resyncInterval: true', 'MQ204 resyncInterval true is a boolean; write a Go duration such as 60s'],
  ['resyncInterval: 60 s', 'MQ216 resyncInterval "60 s" is no Go duration; write 60s'],
  ['resyncInterval: 2days', 'MQ216 resyncInterval "2days" is no Go duration; write 48h'],
  ['resyncInterval: 1w', 'MQ216 resyncInterval "1w" is no Go duration; write one such as 60s, 500ms or 1h30m'],
  [
    'toPorts: 1-2',
    'MQ203 unknown key "toPorts"; remove it: the agent takes it as a flag, such as --to-ports=1024-29999',
  ],
  ['preserve: []', 'MQ203 unknown key "preserve"; write "nonMasqueradeCIDRs"'],
])('%j is refused with what to write instead', async (text, words) => {
  const errors = (await read(`${text}\n`)).filter(line => !line.includes(' MQ310 nonMasqueradeCIDRs is missing'));
  expect(errors.map(line => line.replace(/^config:\d+:\d+ error /, ''))).toEqual([words]);
});

test("a tab at the start of a blank line is refused, as by Go's YAML, but between brackets", async () => {
  const list = 'nonMasqueradeCIDRs: [10.0.0.0/8]\n';
  expect(await read(`\t\n${list}`)).toEqual([expect.stringMatching(/^config:1:1 error MQ207 /)]);
  expect(await read(`${list}\t \nmasqLinkLocal: true\n`)).toEqual([expect.stringMatching(/^config:2:1 error MQ207 /)]);
  expect(await read('{"nonMasqueradeCIDRs": [\n\t\n"10.0.0.0/8"]}\n')).toEqual([]);
  expect(await read('nonMasqueradeCIDRs: [\n\t\n 10.0.0.0/8]\n')).toEqual([]);
});

test('a finding is one line that is no longer than a screen', async () => {
  const [line] = await read(`nonMasqueradeCIDRs: "${'x'.repeat(2_000_000)}"\n`);
  expect(line!.length).toBeLessThan(1100);
  const [odd] = await read('? "a\\nb\\e[31m"\n: 1\n');
  expect(odd).toMatch(/^config:1:3 error MQ203 unknown key "a b \[31m"/);
});

test('keys that objects have by themselves are keys like others', async () => {
  for (const key of ['toString', 'valueOf', 'constructor', '__proto__', 'hasOwnProperty', 'toJSON']) {
    expect((await read(`nonMasqueradeCIDRs: {${key}: 1}\n`))[0]).toMatch(/ error MQ204 nonMasqueradeCIDRs is a map/);
    expect((await read(`${key}: {${key}: 1}\n`))[0]).toMatch(/ error MQ203 unknown key/);
  }
});

test('what keeps a file from being read is said in words', async () => {
  const why = async (code: string): Promise<unknown> => configOf('/a', { ok: false, fault: { code } }, {});
  expect(await why('EISDIR')).toEqual({ kind: 'unreadable', why: '/a cannot be read: it is a folder (EISDIR)' });
  expect(await why('EACCES')).toEqual({ kind: 'unreadable', why: '/a cannot be read: this user may not (EACCES)' });
  expect(await why('ESTALE')).toEqual({ kind: 'unreadable', why: '/a cannot be read: ESTALE' });
  expect(await why('ENOENT')).toMatchObject({ kind: 'valid' });
});

test('a finding without a place', () => {
  expect(findingLine({ code: 'MQ201', severity: 'error', message: 'm', hint: 'h' })).toBe('error MQ201 m (h)');
});
