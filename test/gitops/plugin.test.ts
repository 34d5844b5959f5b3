import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { intent } from '../cli/sandbox';
import { type KubeObject, ROOT, withFolder } from '../examples/examples';

const EXAMPLE = join(ROOT, 'examples/argocd-cmp');

/** Runs the plugin as Argo CD does: in the source's folder, with the Application's env under a prefix. */
function generate(text: string, env: Readonly<Record<string, string>>) {
  return withFolder(folder => {
    writeFileSync(join(folder, 'masq'), `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/lib/cli/masq.js" "$@"\n`);
    chmodSync(join(folder, 'masq'), 0o755);
    writeFileSync(join(folder, 'prod.yaml'), text);
    const { status, stdout, stderr } = spawnSync(join(EXAMPLE, 'generate.sh'), {
      cwd: folder,
      env: { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: folder, ...env },
      encoding: 'utf8',
    });
    return { status, stdout, stderr, left: readdirSync(folder).sort() };
  });
}

const BOTH = `${intent('prod')}---\n${intent('staging')}`;
const LEFT = ['masq', 'prod.yaml'];

test('prints the objects of the cluster that is asked for, and leaves nothing behind', () => {
  const { status, stdout, left } = generate(BOTH, { ARGOCD_ENV_CLUSTER: 'staging' });
  const objects = parseAllDocuments(stdout).map(document => document.toJS() as KubeObject);
  expect({ status, left, kinds: objects.map(({ kind }) => kind) }).toEqual({
    status: 0,
    left: LEFT,
    kinds: ['ServiceAccount', 'ConfigMap', 'DaemonSet'],
  });
});

test.each([
  [{}, BOTH, 'name the cluster in the env'],
  [{ ARGOCD_ENV_CLUSTER: 'test' }, BOTH, 'no intent here is of the cluster "test"\n'],
  [{ ARGOCD_ENV_CLUSTER: '../x' }, BOTH, '"../x" is no name of a cluster\n'],
  [{ ARGOCD_ENV_CLUSTER: 'prod' }, intent('prod', '[10.0.0.1/8]'), 'prod.yaml:12:16 error MQ101'],
])('prints no object for %j, and says why', (env, text, why) => {
  const { status, stdout, stderr, left } = generate(text, env);
  expect({ status, stdout, stderr, left }).toEqual({
    status: expect.any(Number),
    stdout: '',
    stderr: expect.stringContaining(why),
    left: LEFT,
  });
  expect(status).not.toBe(0);
});

test('names itself, its files and its cluster alike everywhere', () => {
  const file = (name: string) => readFileSync(join(EXAMPLE, name), 'utf8');
  const plugin = parse(file('plugin.yaml'));
  const { source, destination } = parse(file('application.yaml')).spec;
  expect(plugin.metadata.name).toBe(source.plugin.name);
  expect(source.plugin.env).toEqual([{ name: 'CLUSTER', value: destination.name }]);
  expect(file('Dockerfile')).toContain(`COPY examples/argocd-cmp/generate.sh ${plugin.spec.generate.command[0]}\n`);
  const [container] = parse(file('sidecar.yaml')).spec.template.spec.containers;
  expect(file('Dockerfile')).toContain(`ENTRYPOINT ["${container.command[0]}"]\n`);
  expect(file('Dockerfile')).toContain(`USER ${container.securityContext.runAsUser}\n`);
});
