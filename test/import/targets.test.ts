import { describe, expect, test } from 'vitest';
import { cidr } from '../../core/address';
import { type ImportOptions, importIntent } from '../../core/import/import';
import { intentText } from '../../core/import/write';
import { loadIntents } from '../../core/intent/load';
import type { ClusterModel } from '../../core/intent/model';
import { parseSource } from '../../core/source';
import type { TargetFacts, TargetName } from '../../core/target/facts';
import { renderTarget } from '../../core/target/render';
import { intentTreatment } from '../../core/treatment/intent';
import { firstDifference } from '../../core/treatment/map';

function modelOf(text: string): ClusterModel {
  const { clusters, diagnostics } = loadIntents(parseSource('intent.yaml', text).documents);
  expect(diagnostics.filter(one => one.severity === 'error').map(one => one.message)).toEqual([]);
  return clusters[0]!;
}

const intent = (body: string) => `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: prod}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [10.240.0.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
${body}`;

const EGRESS = `  egress:
    floatingIPs: [10.240.0.100]
    policies:
      - name: web
        from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]
        to: [{cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12]}]
        sourceIP: 10.240.0.100
`;

const AGENT = '  agent: {randomFully: false}\n';

const FACTS: TargetFacts = {
  vpc: [{ cidr: cidr('10.0.0.0/8') }],
  gateways: [{ labels: { egress: 'yes' } }],
  pools: [{ name: 'pods', cidr: cidr('10.244.0.0/16') }],
};

/** What can be said in more than one data plane's configuration, and comes back as it went. */
const CASES: readonly { target: TargetName; body: string; options?: ImportOptions }[] = [
  {
    target: 'cilium',
    body: '  masquerade: {preserve: [rfc1918, 100.64.0.0/10], linkLocal: masquerade}\n',
    options: { dialect: 'cilium' },
  },
  {
    target: 'cilium',
    body: '  masquerade: {preserve: [{cidr: 172.16.0.0/12, except: [172.20.0.0/16]}]}\n',
    options: { dialect: 'cilium' },
  },
  {
    target: 'azure',
    body: `  masquerade: {preserve: [rfc1918, 198.51.100.0/24]}\n${AGENT}`,
    options: { vpcCIDRs: ['10.0.0.0/8'] },
  },
  {
    target: 'aws',
    body: '  masquerade: {preserve: [10.0.0.0/8, 172.20.0.0/16], linkLocal: masquerade}\n',
    options: { vpcCIDRs: ['10.0.0.0/8'] },
  },
  { target: 'calico', body: '  masquerade: {preserve: [10.0.0.0/8, 172.20.0.0/16], linkLocal: masquerade}\n' },
  // What is left to the data plane is left to it again: nobody has to accept that it masquerades packets to nodes.
  { target: 'antrea', body: EGRESS },
  { target: 'cilium', body: EGRESS },
];

describe('what is rendered for another data plane is imported as an intent that means the same', () => {
  test.each(CASES)('$target: $body', ({ target, body, options = {} }) => {
    const model = modelOf(intent(body));
    const { files, diagnostics } = renderTarget(target, model, FACTS);
    expect(diagnostics.map(one => one.message)).toEqual([]);
    const inputs = [...files].map(([file, text]) => ({ file, text }));
    const imported = importIntent(inputs, {
      nodeCIDRs: ['10.240.0.0/24'],
      podCIDRs: ['10.244.0.0/16'],
      serviceCIDRs: ['10.96.0.0/12'],
      ...options,
    });
    expect({
      missing: imported.missing,
      errors: imported.diagnostics.filter(one => one.severity === 'error').map(one => one.message),
    }).toEqual({ missing: [], errors: [] });
    const text = intentText(imported.intent!.name, imported.intent!.spec, 'yaml', 'a test');
    expect(firstDifference(intentTreatment(model), intentTreatment(modelOf(text)))).toBeUndefined();
  });
});
