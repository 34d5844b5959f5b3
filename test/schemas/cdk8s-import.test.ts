import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from './fixtures';

const CRDS = join(ROOT, 'schemas/crds');
const APP = `
import { Chart, Testing } from 'cdk8s';
import * as gke from './imports/networking.gke.io';

const chart = new Chart(Testing.app(), 'chart');
new gke.EgressNatPolicy(chart, 'v1', {
  metadata: { name: 'default' },
  spec: { action: gke.EgressNatPolicySpecAction.NO_SNAT, destinations: [{ cidr: '10.0.0.0/8' }] },
});
new gke.EgressNatPolicyV1Alpha1(chart, 'v1alpha1', {
  metadata: { name: 'egress' },
  spec: {
    egress: [{ namespaceSelector: { matchLabels: { user: 'alice' } }, podSelector: {} }],
    destinationCidRs: ['8.8.8.0/24'],
    egressSourceIp: '192.168.1.100',
  },
});
new gke.AnthosNetworkGateway(chart, 'gateway', { metadata: { name: 'default' }, spec: { floatingIPs: ['192.168.1.100'] } });
new gke.AnthosNetworkGatewayNode(chart, 'node', { metadata: { name: 'worker1' } });
new gke.NetworkGatewayGroup(chart, 'group', { metadata: { name: 'default' }, spec: { floatingIPs: ['10.0.1.100'] } });
process.stdout.write(JSON.stringify(chart.toJson()));
`;

// Inside of node_modules, so that the imported classes find cdk8s and constructs, and git does not see it.
let folder = '';
beforeAll(() => {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'masq-cdk8s-import-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('cdk8s import turns the definitions into classes that render valid objects', { timeout: 120_000 }, async () => {
  const all = readdirSync(CRDS)
    .sort()
    .map(file => readFileSync(join(CRDS, file), 'utf8'));
  writeFileSync(join(folder, 'crds.yaml'), all.join('---\n'));
  const cdk8s = join(ROOT, 'node_modules/cdk8s-cli/bin/cdk8s');
  execFileSync(process.execPath, [cdk8s, 'import', 'crds.yaml', '--language', 'typescript'], {
    cwd: folder,
    env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
    stdio: 'pipe',
  });
  writeFileSync(join(folder, 'app.ts'), APP);
  buildSync({
    absWorkingDir: folder,
    entryPoints: ['app.ts'],
    outfile: join(folder, 'app.js'),
    bundle: true,
    format: 'cjs',
    packages: 'external',
    platform: 'node',
  });
  const rendered = JSON.parse(
    execFileSync(process.execPath, ['app.js'], { cwd: folder, encoding: 'utf8' }),
  ) as object[];
  expect(rendered).toEqual([
    {
      apiVersion: 'networking.gke.io/v1',
      kind: 'EgressNATPolicy',
      metadata: { name: 'default' },
      spec: { action: 'NoSNAT', destinations: [{ cidr: '10.0.0.0/8' }] },
    },
    {
      apiVersion: 'networking.gke.io/v1alpha1',
      kind: 'EgressNATPolicy',
      metadata: { name: 'egress' },
      spec: {
        egress: [{ namespaceSelector: { matchLabels: { user: 'alice' } }, podSelector: {} }],
        destinationCIDRs: ['8.8.8.0/24'],
        egressSourceIP: '192.168.1.100',
      },
    },
    {
      apiVersion: 'networking.gke.io/v1alpha1',
      kind: 'AnthosNetworkGateway',
      metadata: { name: 'default' },
      spec: { floatingIPs: ['192.168.1.100'] },
    },
    { apiVersion: 'networking.gke.io/v1alpha1', kind: 'AnthosNetworkGatewayNode', metadata: { name: 'worker1' } },
    {
      apiVersion: 'networking.gke.io/v1',
      kind: 'NetworkGatewayGroup',
      metadata: { name: 'default' },
      spec: { floatingIPs: ['10.0.1.100'] },
    },
  ]);
});
