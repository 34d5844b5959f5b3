import { describe, expect, test } from 'vitest';
import { readOrdinaryAgentFile } from '../../core/agentfile/ordinary';
import { readAgentFile } from '../../core/agentfile/read';
import { parseDuration } from '../../core/intent/duration';
import { SourceText } from '../../core/source/text';

const LIST = 'nonMasqueradeCIDRs: [10.0.0.0/8]\n';
const IN_JSON = '"nonMasqueradeCIDRs":["10.0.0.0/8"]';

function read(text: string) {
  const { config, diagnostics } = readAgentFile(new SourceText('f', text));
  const said = diagnostics.map(({ code, range }) => `${range?.start.line}:${range?.start.column} ${code}`);
  return { isTaken: config !== undefined, said };
}

describe('valid YAML is refused that ip-masq-agent does not read, or reads otherwise:', () => {
  test.each([
    ['a comma behind the last value of JSON', '{"nonMasqueradeCIDRs":["10.0.0.0/8",]}', '1:37 MQ201'],
    ['a comment behind JSON', `{${IN_JSON}} # x\n`, '1:39 MQ201'],
    ['JSON with single quotes', "{'nonMasqueradeCIDRs': []}", '1:2 MQ201'],
    ['JSON with keys without quotes', ' \n{nonMasqueradeCIDRs: []}', '2:2 MQ201'],
    ['JSON with a number that begins with a zero', `{"cidrLimit": 064, ${IN_JSON}}`, '1:15 MQ201'],
    ['JSON with a fraction for a whole number', `{"cidrLimit": 64.0, ${IN_JSON}}`, '1:15 MQ206'],
    ['JSON with an exponent in a whole number', `{"cidrLimit":1e2,${IN_JSON}}`, '1:14 MQ206'],
    ['JSON with an escape in a duration', `{"resyncInterval":"1\\u006d",${IN_JSON}}`, '1:19 MQ216'],
    ['an escaped slash in YAML', 'nonMasqueradeCIDRs: ["10.0.0.0\\/8"]\n', '1:22 MQ201'],
    ['a colon that begins a text in brackets', 'nonMasqueradeCIDRs: [fd00::/8, ::1/128]\n', '1:32 MQ201'],
    ['an empty document before', `---\n# x\n---\n${LIST}`, '4:1 MQ215'],
    ['another version of YAML', `%YAML 1.2\n---\n${LIST}`, '1:1 MQ201'],
    ['a version named twice', `%YAML 1.1\n%YAML 1.1\n---\n${LIST}`, '2:1 MQ201'],
    ['a tab on a blank line', `${LIST} \t\nmasqLinkLocal: true\n`, '2:2 MQ207'],
    ['a tab before a comment', `\t# x\n${LIST}`, '1:1 MQ207'],
    ['a tab behind a dash', 'nonMasqueradeCIDRs:\n-\t10.0.0.0/8\n', '2:2 MQ207'],
    ['a line break of Unicode in a comment', `${LIST}# x\u2028masqLinkLocal: true\n`, '2:4 MQ201'],
    ['a merge key below what it brings in', `${LIST}masqLinkLocal: false\n<<: {masqLinkLocal: true}\n`, '3:1 MQ202'],
    ['a merge key below another one', `<<: {cidrLimit: 1}\n<<: {cidrLimit: 2}\n${LIST}`, '2:1 MQ202'],
  ])('%s', (_, text, place) => {
    const { isTaken, said } = read(text);
    expect({ isTaken, first: said[0] }).toEqual({ isTaken: false, first: place });
    expect(readOrdinaryAgentFile(text)).toBeUndefined();
  });
});

describe('what ip-masq-agent reads is taken:', () => {
  test.each([
    ['JSON behind blanks', ` \n{${IN_JSON}}\n`],
    ['JSON with tabs', `{\n\t"nonMasqueradeCIDRs": [\n\t\t"10.0.0.0/8"\n\t]\n}\n`],
    ['JSON with escapes', '{"nonMasquerade\\u0043IDRs":["10.0.0.0\\/8"]}'],
    ['YAML that looks like JSON behind a line "---"', "---\n{'nonMasqueradeCIDRs': [10.0.0.0/8,]}\n"],
    ['a byte order mark before what looks like JSON', "\ufeff{'nonMasqueradeCIDRs': [10.0.0.0/8,]}\n"],
    ['a colon that begins a text in quotes', 'nonMasqueradeCIDRs: ["::1/128"]\n'],
    ['a colon that begins a text in a line', 'nonMasqueradeCIDRs:\n- ::1/128\n'],
    ['the version of YAML that it knows', `%YAML 1.1 # x\n---\n${LIST}`],
    ['a comment before the document', `# x\n---\n${LIST}`],
    ['an empty document behind', `${LIST}---\n`],
    ['a tab behind a value', 'nonMasqueradeCIDRs:\n- 10.0.0.0/8\t# x\n'],
    ['a tab behind a key', 'nonMasqueradeCIDRs:\t[10.0.0.0/8]\n'],
    ['a merge key above what it brings in', `<<: {masqLinkLocal: true}\nmasqLinkLocal: false\n${LIST}`],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual({ isTaken: true, said: [] });
  });
});

test('a merge key brings in what the first of its maps has', () => {
  const text = `<<: [{masqLinkLocal: true}, {masqLinkLocal: false}]\n${LIST}`;
  expect(readAgentFile(new SourceText('f', text)).config?.masqLinkLocal).toBe(true);
});

test('no duration is longer than what Go has for it', () => {
  expect(parseDuration('9223372036854775808ns')).toBeUndefined();
  expect(parseDuration('2562047h')).toBe(2562047 * 3_600_000);
});
