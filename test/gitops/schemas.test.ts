import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type KubeObject, ROOT, readFiles } from '../examples/examples';
import { completedItems, crdOf, haveCrds } from './crds';
import { gitOpsOfAllStyles } from './styles';

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });

const VALIDATORS = new Map<string, ValidateFunction>();

/** A kind's validator, made once: the schemas are large. */
function validatorOf({ apiVersion, kind }: KubeObject): ValidateFunction {
  const id = `${apiVersion} ${kind}`;
  const validator = VALIDATORS.get(id) ?? ajv.compile(crdOf(apiVersion, kind)!);
  VALIDATORS.set(id, validator);
  return validator;
}

/** Every GitOps file: those of the examples, and those of all styles. */
const files = new Map([
  ...gitOpsOfAllStyles(),
  ...['gitops', 'argocd-cmp'].flatMap(example =>
    [...readFiles(join(ROOT, 'examples', example))]
      .filter(([path]) => path.endsWith('.yaml') && !/^(?:plugin|sidecar)\.yaml$/.test(path))
      .map(([path, text]): [string, string] => [`${example}/${path}`, text]),
  ),
]);

describe.skipIf(!haveCrds())('the schemas of Argo CD and Flux', () => {
  test.each([...files])('take %s', (_, text) => {
    const object = parse(text) as KubeObject;
    const schema = crdOf(object.apiVersion, object.kind);
    expect(schema, object.kind).toBeDefined();
    const validate = validatorOf(object);
    expect(
      validate(object) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`),
    ).toEqual([]);
    expect(completedItems(schema!, object)).toEqual([]);
  });

  test.each([
    ['application', (o: Loose) => (o.spec.syncPolicy.automated.prune = 'yes'), '/spec/syncPolicy/automated/prune'],
    ['application', (o: Loose) => (o.spec.sync = {}), '/spec must NOT have additional properties'],
    ['kustomization', (o: Loose) => (o.spec.interval = '10 minutes'), '/spec/interval must match pattern'],
    ['kustomization', (o: Loose) => (o.spec.deletionPolicy = 'Keep'), '/spec/deletionPolicy must be equal to one of'],
    ['gitrepository', (o: Loose) => delete o.spec.url, "/spec must have required property 'url'"],
  ])('refuse a %s with %s', (kind, breakIt, message) => {
    const [, text] = [...files].find(([path]) => path.includes(`-${kind}-`))!;
    const object = parse(text) as Loose;
    breakIt(object);
    const validate = validatorOf(object);
    expect(validate(object)).toBe(false);
    expect(validate.errors!.map(error => `${error.instancePath} ${error.message}`).join()).toContain(message);
  });

  test('complete items of a list where a default is left out', () => {
    const schema = crdOf('kustomize.toolkit.fluxcd.io/v1', 'Kustomization')!;
    const substituteFrom = [{ kind: 'ConfigMap', name: 'a' }];
    expect(completedItems(schema, { spec: { postBuild: { substituteFrom } } })).toEqual([
      '.spec.postBuild.substituteFrom[].optional',
    ]);
  });

  test('do not all know how RollingSync prunes without automated sync, which is why there is automated sync', () => {
    const { properties } = crdOf('argoproj.io/v1alpha1', 'ApplicationSet')!.properties!.spec!;
    expect(Object.keys(properties!.strategy!.properties!.rollingSync!.properties!)).toEqual(['steps']);
    expect(Object.keys(properties!.syncPolicy!.properties!)).toContain('applicationsSync');
  });
});

/** What a test may break. */
// biome-ignore lint/suspicious/noExplicitAny: breaking it is the point
type Loose = any;

/**
 * The same by facts of this repo: what each field has to be, from the pages of Argo CD and Flux, for where the schemas
 * are not at hand.
 */
describe('each kind has the fields that its page asks for, and no other', () => {
  const folder = join(__dirname, 'facts');
  const facts = new Map(
    readdirSync(folder).map(name => {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n');
      return [name.replace(/\.txt$/, ''), lines.filter(line => line !== '' && !line.startsWith('#'))] as const;
    }),
  );

  test.each([...files])('%s', (_, text) => {
    const object = parse(text) as KubeObject;
    const known = facts.get(object.kind);
    expect(known, object.kind).toBeDefined();
    const fields = new Map(known!.map(line => line.split(/\s+/, 2) as [string, string]));
    const { metadata: _metadata, ...rest } = object;
    const found = leaves(rest).map(([path, type]) => `${path} ${type}`);
    expect(found.filter(line => !fitsFact(line, fields))).toEqual([]);
    for (const [path, type] of fields)
      if (type.endsWith('!'))
        expect(
          found.some(line => line.startsWith(`${path} `)),
          path,
        ).toBe(true);
  });
});

function fitsFact(line: string, fields: ReadonlyMap<string, string>): boolean {
  const [path, type] = line.split(' ') as [string, string];
  const wanted = fields.get(path) ?? fields.get(path.replace(/\.[^.]+$/, '.*'));
  return wanted?.replace('!', '').split('|').includes(type) === true;
}

/** The ways to values that are no maps or lists, each with its type. */
function leaves(value: unknown, path = ''): [path: string, type: string][] {
  if (Array.isArray(value)) return value.flatMap(item => leaves(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [[path, Number.isInteger(value) ? 'integer' : typeof value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}
