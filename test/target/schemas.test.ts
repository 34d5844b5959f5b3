import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadIntents } from '../../core/intent/load';
import { parseSource } from '../../core/source';
import { NO_FACTS, type TargetName } from '../../core/target/facts';
import { renderTarget } from '../../core/target/render';
import type { KubeObject as Named } from '../examples/examples';
import { completedItems, crdOf, haveCrds, type Schema } from '../gitops/crds';

const INTENT = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: prod, labels: {team: network}, annotations: {owner: us}}
spec:
  platform: kubernetes
  network:
    nodeCIDRs: [192.168.1.0/24, 'fd00:1::/64']
    podCIDRs: [10.244.0.0/16, 'fd00:2::/56']
    serviceCIDRs: [10.96.0.0/12, 'fd00:3::/112']
  masquerade:
    preserve: [{cidr: 10.0.0.0/8, except: [10.200.10.7/32]}, 'fd00::/8']
    linkLocal: masquerade
    linkLocalIPv6: masquerade
`;
const CALICO = `${INTENT}  agent: {toPorts: [1024-29999], randomFully: false}\n`;
const CILIUM = `${INTENT}  egress:
    floatingIPs: [192.168.1.100, 192.168.1.101]
    policies:
      - name: partners
        from:
          - {namespaceSelector: {matchLabels: {user: alice}}, podSelector: {matchExpressions: [{key: role, operator: Exists}]}}
          - {namespaceSelector: {matchExpressions: [{key: user, operator: NotIn, values: [bob, alice]}]}, podSelector: {}}
        to: [{cidr: 203.0.113.0/24, except: [203.0.113.7/32]}]
        sourceIP: 192.168.1.100
        reason: their firewall lets this address in
`;

type KubeObject = Named & { readonly spec: Readonly<Record<string, unknown>> };

/** A schema without patterns of Go's that JavaScript has not: they are about how logs are written. */
function readable(schema: Schema): Schema {
  const text = JSON.stringify(schema);
  return JSON.parse(text, (key, value) => (key === 'pattern' && /\(\?i\)/.test(value) ? undefined : value)) as Schema;
}

function rendered(name: TargetName, text: string): [string, KubeObject][] {
  const { clusters } = loadIntents(parseSource('intent.yaml', text).documents);
  const { files, diagnostics } = renderTarget(name, clusters[0]!, {
    ...NO_FACTS,
    gateways: [{ labels: { egress: '' } }],
  });
  expect(diagnostics).toEqual([]);
  return [...files].map(([path, one]): [string, KubeObject] => [path, parse(one) as KubeObject]);
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });

describe.skipIf(!haveCrds())("the data planes' own schemas", () => {
  const known = [...rendered('calico', CALICO), ...rendered('cilium', CILIUM)].filter(
    ([path, { apiVersion, kind }]) => !path.startsWith('values/') && crdOf(apiVersion, kind) !== undefined,
  );

  test('are there for every kind but those of Kubernetes', () => {
    const kinds = new Set(known.map(([, { kind }]) => kind));
    expect([...kinds].sort()).toEqual(['CiliumEgressGatewayPolicy', 'FelixConfiguration', 'IPPool']);
  });

  test.each(known)('take %s', (path, object) => {
    const schema = crdOf(object.apiVersion, object.kind)!;
    const validate = ajv.compile(readable(schema));
    validate(object);
    expect(validate.errors ?? []).toEqual([]);
    expect(completedItems(schema, object)).toEqual([]);
    if (path.startsWith('patches/')) return;
    const { properties } = schema.properties!.spec!;
    const completed = Object.keys(properties!).filter(key => properties![key]!.default !== undefined);
    expect(Object.keys(object.spec)).toEqual(expect.arrayContaining(completed));
  });
});

test('pools that preserve are apart, hold no link-local and leave nothing that Calico would add or drop', () => {
  const pools = rendered('calico', CALICO).filter(([path]) => path.startsWith('20-ippool'));
  const specs = pools.map(([, object]) => object.spec);
  expect(specs.length).toBeGreaterThan(10);
  for (const { cidr, ...spec } of specs) {
    const prefix = Number((cidr as string).split('/')[1]);
    expect(spec).toEqual({
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
      blockSize: (cidr as string).includes(':') ? Math.max(122, prefix) : Math.max(26, prefix),
      disableBGPExport: true,
      disabled: true,
      ipipMode: 'Never',
      nodeSelector: 'all()',
      vxlanMode: 'Never',
    });
  }
});
