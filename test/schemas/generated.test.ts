import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import { CRDS } from '../../core/schema/generated/crds';
import { validateClusterIntent, validateIntent } from '../../core/schema/generated/validator-intent';
import { findStale, writeOutputs } from '../../tools/generate/output';
import { addReadonly } from '../../tools/generate/readonly';
import { pascal, readCrds, readSchemas } from '../../tools/generate/sources';
import { ROOT } from './fixtures';

const GENERATED = join(ROOT, 'core/schema/generated');
const MAIN = ['--import', 'tsx', join(ROOT, 'tools/generate/main.ts')];

describe('tools/generate', () => {
  test('nothing is stale', { timeout: 60_000 }, () => {
    expect(execFileSync(process.execPath, [...MAIN, '--check'], { cwd: ROOT, encoding: 'utf8' })).toBe('');
  });

  test('an unknown argument is refused', { timeout: 60_000 }, () => {
    const run = spawnSync(process.execPath, [...MAIN, '--chekc'], { cwd: ROOT, encoding: 'utf8' });
    expect(run.status).toBe(2);
    expect(run.stderr).toBe('unknown argument "--chekc"; usage: main.ts [--check]\n');
  });

  test.each([
    ['agent-config', 'AgentConfig'],
    ['intent', 'Intent'],
    ['v1', 'V1'],
    ['v1alpha1', 'V1Alpha1'],
    ['v2beta10', 'V2Beta10'],
  ])('%s becomes %s', (name, wanted) => {
    expect(pascal(name)).toBe(wanted);
  });
});

describe('stale files', () => {
  const root = mkdtempSync(join(tmpdir(), 'masq-generate-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const outputs = [
    { path: 'out/same.ts', text: 'same\n' },
    { path: 'out/changed.ts', text: 'new\n' },
    { path: 'out/deep/missing.ts', text: 'missing\n' },
  ];

  test('are found and brought up to date', () => {
    mkdirSync(join(root, 'out'));
    writeFileSync(join(root, 'out/same.ts'), 'same\n');
    writeFileSync(join(root, 'out/changed.ts'), 'old\n');
    writeFileSync(join(root, 'out/orphan.ts'), 'orphan\n');
    const stale = findStale(root, outputs, ['out']);
    expect(stale).toEqual([
      { path: 'out/changed.ts', reason: 'changed' },
      { path: 'out/deep/missing.ts', reason: 'missing' },
      { path: 'out/orphan.ts', reason: 'not generated any more' },
    ]);
    writeOutputs(root, outputs, stale);
    expect(findStale(root, outputs, ['out'])).toEqual([]);
  });
});

describe('types', () => {
  test('become read-only without any other change', () => {
    const text =
      "/** a: string[] */\nexport interface A {\n  a: string[];\n  b?: (B | 'x[]')[];\n  c: number[][];\n  [k: string]: unknown;\n}\n";
    expect(addReadonly(text)).toBe(
      "/** a: string[] */\nexport interface A {\n  readonly a: readonly string[];\n  readonly b?: readonly (B | 'x[]')[];\n  readonly c: readonly (readonly number[])[];\n  readonly [k: string]: unknown;\n}\n",
    );
  });

  test('have no numbered doubles and no any', () => {
    for (const { name } of readSchemas(ROOT)) {
      const text = readFileSync(join(GENERATED, `types-${name}.ts`), 'utf8');
      expect(text).not.toMatch(/export (?:type|interface) \w*[A-Za-z]\d+\b/);
      expect(text).not.toMatch(/^(?! *\*).*: any\b/m);
    }
  });
});

test('the CRDs are those of schemas/crds', () => {
  expect(CRDS).toEqual(Object.fromEntries(readCrds(ROOT).map(crd => [crd.name, crd.definition])));
});

describe('validators', () => {
  const names = readdirSync(GENERATED).flatMap(file => /^(validator-.*)\.js$/.exec(file)?.[1] ?? []);

  test('are in a file for each schema', () => {
    expect(names).toEqual([
      'validator-agent-config',
      'validator-anthosnetworkgateway-v1alpha1',
      'validator-anthosnetworkgatewaynode-v1alpha1',
      'validator-egressnatpolicy-v1',
      'validator-egressnatpolicy-v1alpha1',
      'validator-intent',
      'validator-networkgatewaygroup-v1',
      'validator-settings',
    ]);
  });

  test.each(names)('%s runs where there is nothing but the language, as in QuickJS', name => {
    const validators = runModule(name);
    const declarations = readFileSync(join(GENERATED, `${name}.d.ts`), 'utf8');
    const declared = [...declarations.matchAll(/export declare const (\w+): SchemaValidator;/g)].map(
      ([, name]) => name,
    );
    expect(Object.keys(validators)).toEqual(declared);
    for (const validate of Object.values(validators)) expect(validate(1)).toBe(false);
  });

  test('tell right from wrong there', () => {
    const { validateAgentConfig } = runModule('validator-agent-config');
    expect(validateAgentConfig?.({ masqLinkLocal: true })).toBe(true);
    expect(validateAgentConfig?.({ masqLinkLocal: null })).toBe(false);
  });

  test('name the place in the schema file that is violated', () => {
    const intent = readSchemas(ROOT).find(({ name }) => name === 'intent')?.schema;
    const bad = { kind: 'ClusterIntent', metadata: { name: 'UPPER' }, spec: { network: { podCIDRs: [1], zzz: 1 } } };
    for (const validate of [validateIntent, validateClusterIntent]) {
      expect(validate(bad)).toBe(false);
      const errors = validate.errors ?? [];
      expect(errors.length).toBeGreaterThan(4);
      for (const { schemaPath, keyword } of errors) {
        const parts = schemaPath.split('/').slice(1);
        const found = parts.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], intent);
        expect([schemaPath, found]).not.toEqual([schemaPath, undefined]);
        expect(parts.at(-1)).toBe(keyword);
      }
      expect(errors).toContainEqual(
        expect.objectContaining({ instancePath: '/spec/network', schemaPath: '#/$defs/Network/additionalProperties' }),
      );
    }
  });
});

function runModule(name: string): Record<string, (data: unknown) => boolean> {
  const module = { exports: {} };
  runInNewContext(readFileSync(join(GENERATED, `${name}.js`), 'utf8'), { module, exports: module.exports });
  return module.exports;
}
