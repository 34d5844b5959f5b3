import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { FluxSource } from '../../constructs';
import { withFolder } from '../examples/examples';
import { REPO, rendered } from './styles';

/** A repository's files, and folders of three clusters in several places. */
const FILES = [
  'README.md',
  'intents/prod.yaml',
  ...['', 'dist/', 'infra/dist/', 'infra/other/'].flatMap(folder => [
    `${folder}prod/20-configmap.yaml`,
    `${folder}prod/patches/cluster.yaml`,
    `${folder}prod/kustomization.yaml`,
    `${folder}staging/20-configmap.yaml`,
  ]),
];

/** The files that a source fetches, as git itself reads the format that Flux has taken from it. */
function fetched(path: string, cluster?: string): string[] {
  const [text] = rendered(
    chart => new FluxSource(chart, 'Source', { repo: REPO, path, ...(cluster !== undefined && { cluster }) }),
  ).values();
  const { spec } = parse(text!) as { spec: { ignore: string } };
  return withFolder(folder => {
    for (const file of FILES) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    writeFileSync(join(folder, '.git-exclude'), `${spec.ignore}.git-exclude\n`);
    spawnSync('git', ['init', '--quiet'], { cwd: folder });
    const args = ['ls-files', '--others', '--exclude-from=.git-exclude'];
    const { status, stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(0);
    return stdout.trim().split('\n').sort();
  });
}

const PROD = ['20-configmap.yaml', 'kustomization.yaml'];

test.each([
  ['dist', undefined, [...PROD.map(name => `dist/prod/${name}`), 'dist/staging/20-configmap.yaml']],
  ['dist', 'prod', PROD.map(name => `dist/prod/${name}`)],
  ['infra/dist', undefined, [...PROD.map(name => `infra/dist/prod/${name}`), 'infra/dist/staging/20-configmap.yaml']],
  ['infra/dist', 'staging', ['infra/dist/staging/20-configmap.yaml']],
  ['.', 'prod', PROD.map(name => `prod/${name}`)],
])('of %s and the cluster %s Flux fetches what is rendered, and no patches', (path, cluster, wanted) => {
  expect(fetched(path, cluster)).toEqual(wanted);
});

test('of the root Flux fetches the files of its folders', () => {
  expect(fetched('.').filter(file => file.includes('patches'))).toEqual([]);
  expect(fetched('.')).toEqual(expect.arrayContaining(['prod/20-configmap.yaml', 'staging/20-configmap.yaml']));
});
