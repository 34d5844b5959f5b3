import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SCHEMAS } from '../../cli/choices';
import { intent, ROOT, sandbox } from './sandbox';

const box = sandbox();
const schema = (...args: string[]) => JSON.parse(box.masq('schema', ...args).stdout) as Record<string, unknown>;

describe.each(SCHEMAS)('masq schema %s', name => {
  test('is a JSON Schema, ending in a line feed', () => {
    const { status, stdout, stderr } = box.masq('schema', name);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.endsWith('}\n')).toBe(true);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const parsed = JSON.parse(stdout) as Record<string, unknown>;
    expect(ajv.validateSchema(parsed), ajv.errorsText()).toBe(true);
    expect(() => ajv.compile(parsed)).not.toThrow();
    expect(parsed).toHaveProperty('properties');
  });
});

test('the intent is the default, and the file of the package', () => {
  expect(schema()).toEqual(schema('intent'));
  expect(schema()).toEqual(JSON.parse(readFileSync(join(ROOT, 'schemas/intent.schema.json'), 'utf8')));
});

test('--list lists the names', () => {
  expect(box.masq('schema', '--list')).toEqual({ status: 0, stdout: `${SCHEMAS.join('\n')}\n`, stderr: '' });
});

test('the schema of the intent takes an intent and refuses what is none', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema('intent'));
  expect(validate(parse(intent('a')))).toBe(true);
  expect(validate(parse(intent('a').replace('platform:', 'plattform:')))).toBe(false);
  for (const platform of ['kubernetes', 'gke-standard', 'gke-autopilot', 'anthos-bare-metal']) {
    expect(validate(parse(box.masq('init', platform, '-o', '-').stdout)), platform).toBe(true);
  }
});

test("the schema of the agent's file takes one and refuses what is none", () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema('agent-config'));
  expect(validate({ nonMasqueradeCIDRs: ['10.0.0.0/8'], resyncInterval: '60s' })).toBe(true);
  expect(validate({ nonMasqueradeCIDRs: '10.0.0.0/8' })).toBe(false);
});
