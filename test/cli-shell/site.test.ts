import { describe, expect, test } from 'vitest';
import { explain } from '../../cli/command/rules';
import { formatter } from '../../cli/format';
import { ruleAddress, ruleAnchor, SITE } from '../../cli/site';
import { palette } from '../../cli/terminal';
import { RULE_CODES } from '../../core/diagnostics';
import manifest from '../../package.json';
import { finding, report } from './findings';

const HERE = 'https://docs.example/masq/';
const ADDRESS = 'https://docs.example/masq/codes.html#mq101';
const FOUND = report([finding('MQ101', {}, 'wrong')]);

const told = async (format: 'json' | 'sarif', site: string | undefined) =>
  JSON.parse((await formatter(format)).format({ ...FOUND, site }, { color: false }));

test('the site is the one of package.json, which names none as long as there is none', () => {
  expect(SITE).toBe((manifest as { homepage?: string }).homepage);
  if (SITE !== undefined) expect(SITE).toMatch(/^https:\/\/.*\/$/);
});

test('anchors are what they have always been', () => {
  for (const code of RULE_CODES) expect(ruleAnchor(code)).toMatch(/^mq\d{3}$/);
  expect(ruleAddress('MQ101', HERE)).toBe(ADDRESS);
  expect(ruleAddress('MQ101', undefined)).toBeUndefined();
});

describe('where a site is known, a rule is told with its address, and elsewhere none is made up', () => {
  test('sarif', async () => {
    const [rule] = (await told('sarif', HERE)).runs[0].tool.driver.rules;
    expect(rule.helpUri).toBe(ADDRESS);
    expect((await told('sarif', undefined)).runs[0].tool.driver.rules[0]).not.toHaveProperty('helpUri');
  });

  test('json', async () => {
    expect((await told('json', HERE)).diagnostics[0].help).toBe(ADDRESS);
    expect((await told('json', undefined)).diagnostics[0]).not.toHaveProperty('help');
  });

  test('masq rules', () => {
    expect(explain('MQ101', palette(false), HERE)).toMatch(`\nOn the web\n  ${ADDRESS}\n`);
    expect(explain('MQ101', palette(false), undefined)).not.toContain('http');
  });
});
