import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { committed, type KubeObject } from '../examples/examples';
import { gitOpsOfAllStyles } from './styles';

/** What a test looks into. */
// biome-ignore lint/suspicious/noExplicitAny: files of other people's kinds, compared value by value
type Loose = any;

const FILES = [...gitOpsOfAllStyles()].map(([file, text]) => ({
  style: file.slice(0, file.indexOf(':')),
  object: parse(text) as Loose,
}));
const ofStyle = (style: string, kind: string): Loose[] =>
  FILES.filter(file => file.style === style && file.object.kind === kind).map(({ object }) => object);

const FOLDERS = [...new Set([...committed().keys()].map(path => path.split('/')[0]!))];

/** A cluster's objects as a tool applies them. */
const objectsOf = (cluster: string): KubeObject[] =>
  [...committed()]
    .filter(([path]) => path.startsWith(`${cluster}/`) && !path.includes('/patches/'))
    .map(([, text]) => parse(text) as KubeObject);

/** Go's path.Match, as far as the patterns need it. */
function matches(pattern: string, path: string): boolean {
  const [steps, parts] = [pattern.split('/'), path.split('/')];
  return steps.length === parts.length && steps.every((step, i) => step === '*' || step === parts[i]);
}

/** Fills the template of an ApplicationSet in; a key that is missing is an error, as `missingkey=error` says. */
function fill(text: string, params: Loose): string {
  return text.replace(/\{\{ \.([\w.]+) \}\}/g, (_, way: string) => {
    const value = way.split('.').reduce((at: Loose, key) => at?.[key], params);
    if (typeof value !== 'string') throw new Error(`missing key ${way}`);
    return value;
  });
}

function filled(value: Loose, params: Loose): Loose {
  if (typeof value === 'string') return fill(value, params);
  if (Array.isArray(value)) return value.map(item => filled(item, params));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, params)]));
}

/** The Applications that an ApplicationSet makes of folders, as the git directory generator says. */
function applications({ spec }: Loose, folders: readonly string[]): Loose[] {
  return spec.generators.flatMap(({ git }: Loose) => {
    const paths = folders
      .map(folder => `dist/${folder}`)
      .filter(path => {
        const found = git.directories.filter((directory: Loose) => matches(directory.path, path));
        return found.length > 0 && !found.some((directory: Loose) => directory.exclude);
      });
    return paths.map(path => {
      const params = { path: { path, basename: path.split('/').at(-1) } };
      return filled(spec.template, { ...params, values: filled(git.values, params) });
    });
  });
}

/** Whether a project lets something be written to a cluster, as `isDestinationMatched` and the lists of kinds say. */
function permits({ spec }: Loose, destination: Loose, object: KubeObject, namespace: string | undefined): boolean {
  const at = spec.destinations.some(
    (one: Loose) =>
      ((destination.name && one.name === destination.name) ||
        (destination.server && one.server === destination.server)) &&
      (namespace === undefined || one.namespace === namespace),
  );
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
  const kinds = namespace === undefined ? spec.clusterResourceWhitelist : spec.namespaceResourceWhitelist;
  return at && (kinds ?? []).some((one: Loose) => one.group === group && one.kind === object.kind);
}

const STAGED = ['applicationset', 'one stage'];
const STYLES = ['applications', ...STAGED];

describe.each(STYLES)('%s', style => {
  const [project] = ofStyle(style, 'AppProject');
  const made = STAGED.includes(style)
    ? applications(
        ofStyle(style, 'ApplicationSet')[0],
        [...FOLDERS, 'drafts'].filter(name => style === 'applicationset' || name !== 'drafts'),
      )
    : ofStyle(style, 'Application');

  test('makes one Application for each cluster, and none for other folders', () => {
    expect(made.map(({ spec }) => spec.source.path).sort()).toEqual(FOLDERS.map(name => `dist/${name}`).sort());
    expect(new Set(made.map(({ metadata }) => metadata.name)).size).toBe(FOLDERS.length);
  });

  test('names for each one place, which its project allows, with each of its objects', () => {
    for (const { spec } of made) {
      const { name = '', server = '', namespace } = spec.destination;
      expect(name === '').not.toBe(server === '');
      expect(spec.project).toBe(project.metadata.name);
      expect(project.spec.sourceRepos).toEqual([spec.source.repoURL]);
      expect(project.spec.destinations).toContainEqual(name === '' ? { server, namespace } : { name, namespace });
      for (const object of objectsOf(spec.source.path.slice('dist/'.length)))
        expect(permits(project, spec.destination, object, object.metadata.namespace), object.kind).toBe(true);
    }
  });

  test('does not allow what is nowhere rendered', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } };
    for (const { spec } of made) expect(permits(project, spec.destination, secret, 'kube-system')).toBe(false);
    const used = new Set(
      FOLDERS.flatMap(objectsOf).map(({ apiVersion, kind }) => `${apiVersion.replace(/\/?v1\w*$/, '')} ${kind}`),
    );
    const allowed = [...project.spec.clusterResourceWhitelist, ...project.spec.namespaceResourceWhitelist];
    expect(allowed.map(({ group, kind }: Loose) => `${group} ${kind}`).sort()).toEqual([...used].sort());
  });
});

describe.each(STAGED)('the stages of %s', style => {
  const [set] = ofStyle(style, 'ApplicationSet');
  const stages = applications(set, FOLDERS).map(({ metadata }) => metadata.labels['masq/stage']);

  test('have each Application once', () => {
    const { steps } = set.spec.strategy.rollingSync;
    for (const stage of stages) {
      const selecting = steps.filter(({ matchExpressions }: Loose) =>
        matchExpressions.every(({ key, values }: Loose) => key === 'masq/stage' && values.includes(stage)),
      );
      expect(selecting).toHaveLength(1);
    }
  });

  test('begin with the canaries, whether they are somewhere else or not', () => {
    const canaries = applications(set, FOLDERS).filter(({ metadata }) => metadata.labels['masq/stage'] === 'canary');
    const names = canaries.map(({ metadata }) => metadata.labels['masq/cluster']).sort();
    expect(names).toEqual(style === 'one stage' ? [] : ['google-config-map', 'masq-agent']);
  });

  test('take in a cluster that comes, as one of the rest, and give up none that goes', () => {
    const [come] = applications(set, ['new']);
    expect([come.metadata.labels['masq/stage'], come.spec.destination.name]).toEqual(['rest', 'new']);
    expect(set.spec.syncPolicy.applicationsSync).toBe('create-update');
  });
});

test('the dependences of Flux lead to Kustomizations that are there, in no circle, from one source', () => {
  const all = ofStyle('hub', 'Kustomization');
  const byName = new Map(all.map(one => [one.metadata.name, one]));
  const [source] = ofStyle('hub', 'GitRepository');
  for (const { metadata, spec } of all) {
    expect(spec.sourceRef).toEqual({ kind: source.kind, name: source.metadata.name });
    const needed: string[] = (spec.dependsOn ?? []).map(({ name }: Loose) => name);
    expect(needed).toEqual(
      metadata.labels['masq/stage'] === 'rest' ? ['masq-google-config-map', 'masq-masq-agent'] : [],
    );
    for (const name of needed) expect(byName.get(name).spec.dependsOn).toBeUndefined();
  }
  expect(all).toHaveLength(FOLDERS.length);
});

test('a project of cluster-scoped objects alone allows no object in a namespace', () => {
  const [{ spec }] = ofStyle('cluster-scoped objects only', 'AppProject') as [Loose];
  expect(spec.namespaceResourceWhitelist).toBeUndefined();
  expect(spec.namespaceResourceBlacklist).toEqual([{ group: '*', kind: '*' }]);
});
