import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { committed, FLEET_APP, type KubeObject, ROOT, readFiles, withFolder } from './examples';

/** Whether kubectl can be run here; in CI it has to be there. */
function hasKubectl(): boolean {
  if (!spawnSync('kubectl', ['version', '--client']).error) return true;
  if (process.env.CI) throw new Error('kubectl is missing: the kustomizations are not tested');
  console.warn('SKIPPED: kubectl is missing, the kustomizations are not tested');
  return false;
}

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

function identity({ apiVersion, kind, metadata }: KubeObject): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function byIdentity(objects: readonly KubeObject[]): KubeObject[] {
  return [...objects].sort((a, b) => (identity(a) < identity(b) ? -1 : 1));
}

test.skipIf(!hasKubectl())('kubectl kustomize gives back the objects of each folder, patches left out', () => {
  if (!existsSync(join(ROOT, 'lib/cli/masq.js'))) throw new Error('lib/ is missing: run "npm run build" first');
  withFolder(folder => {
    const synth = ['synth', 'examples', '--app', FLEET_APP, '--kustomization', '--output', folder];
    run(process.execPath, join(ROOT, 'lib/cli/masq.js'), ...synth);
    const files = readFiles(folder);
    const folders = new Set([...committed().keys()].map(path => path.split('/')[0]!));
    const kustomizations = [...files.keys()].filter(path => path.endsWith('/kustomization.yaml'));
    expect(kustomizations.map(path => path.split('/')[0]).sort()).toEqual([...folders].sort());
    for (const cluster of folders) {
      const built = parseAllDocuments(run('kubectl', 'kustomize', join(folder, cluster)));
      const rendered = [...committed()].filter(
        ([path]) => path.startsWith(`${cluster}/`) && !path.includes('/patches/'),
      );
      const wanted = rendered.map(([, text]) => parse(text) as KubeObject);
      expect(byIdentity(built.map(document => document.toJS() as KubeObject)), cluster).toEqual(byIdentity(wanted));
    }
  });
});
