import { describe, expect, test } from 'vitest';
import { RULE_CODES, RULES } from '../../core/diagnostics';
import { sandbox } from './sandbox';

const box = sandbox();

test('masq rules lists every rule on a line', () => {
  const { status, stdout, stderr } = box.masq('rules');
  const widest = Math.max(...RULE_CODES.map(code => RULES[code].name.length));
  const lines = RULE_CODES.map(code => {
    const { severity, title, name } = RULES[code];
    return `${code} ${severity.padEnd(7)} ${name.padEnd(widest)}  ${title}\n`;
  });
  expect(lines[0]).toMatch(/^MQ101 error {3}host-bits-set {3,}A CIDR has bits set beyond its prefix\n$/);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: lines.join(''), stderr: '' });
});

test('a rule goes by its code or its name, in any case', () => {
  const explained = box.masq('rules', 'MQ101');
  expect(explained).toMatchObject({ status: 0, stderr: '' });
  for (const word of ['mq101', 'host-bits-set', 'HOST-BITS-SET']) expect(box.masq('rules', word)).toEqual(explained);
});

test('an explanation has all of its parts', () => {
  const { stdout } = box.masq('rules', 'MQ101');
  expect(stdout).toMatch(/^MQ101 host-bits-set \(error\)\nA CIDR has bits set beyond its prefix\.\n/);
  const headings = stdout.split('\n').filter(line => /^[A-Z][a-z ]+$/i.test(line) && !line.startsWith(' '));
  expect(headings).toEqual(['What it means', 'Example', 'What to do', 'Source']);
});

test('several rules are explained one after the other', () => {
  const [one, two] = [box.masq('rules', 'MQ101').stdout, box.masq('rules', 'MQ121').stdout];
  expect(box.masq('rules', 'MQ101', 'MQ121').stdout).toBe(`${one}\n${two}`);
});

test('json of the rules asked for', () => {
  const { stdout } = box.masq('rules', '-f', 'json', 'MQ121', 'host-bits-set');
  const rules = JSON.parse(stdout) as { code: string }[];
  expect(rules.map(rule => rule.code)).toEqual(['MQ121', 'MQ101']);
});

describe('a rule that there is not', () => {
  test.each([
    ['MQ1011', 'did you mean "MQ101"?'],
    ['host-bit-set', 'did you mean "host-bits-set"?'],
    ['everything', 'run "masq rules" for the list'],
  ])('%s', (word, hint) => {
    expect(box.masq('rules', 'MQ101', word)).toEqual({
      status: 2,
      stdout: '',
      stderr: `masq: "${word}" is no rule; ${hint}\n`,
    });
  });
});
