import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAgentFlags } from '../../core/agentfile/flags';
import type { KubeObject } from '../../core/artefact/kube-object';
import { hasErrors } from '../../core/diagnostics';
import { type ImportOptions, importIntent } from '../../core/import/import';
import { intentText } from '../../core/import/write';
import { loadIntents } from '../../core/intent/load';
import type { ClusterModel } from '../../core/intent/model';
import { parseSource } from '../../core/source';
import { intentTreatment } from '../../core/treatment/intent';
import { firstDifference } from '../../core/treatment/map';
import { writeYaml } from '../../core/yaml';
import { intentArbitrary, modelOf } from '../core/intents';
import { renderedObjects } from '../core/rendered';
import { runs } from '../random';
import { importNeeded } from './needed';

/** The facts that somebody has to tell who imports what was rendered for a cluster. */
function factsOf({ platform, version, network, name }: ClusterModel): ImportOptions {
  const texts = (entries: readonly { readonly text: string }[]) => entries.map(entry => entry.text);
  return {
    name,
    platform,
    ...(version && { version: `${version.major}.${version.minor}.${version.patch}-gke.${version.gke}` }),
    nodeCIDRs: texts(network.nodes),
    podCIDRs: texts(network.pods),
    serviceCIDRs: texts(network.services),
    internetRoute: 'cloud-nat',
  };
}

function fileOf(objects: readonly KubeObject[]): string {
  return objects.map(object => writeYaml(object)).join('---\n');
}

/** The map of an intent, its own text read again by the loader alone. */
function mapOf(imported: ReturnType<typeof importIntent>) {
  const { intent, missing, diagnostics } = imported;
  expect({ missing, errors: diagnostics.filter(one => one.severity === 'error').map(one => one.message) }).toEqual({
    missing: [],
    errors: [],
  });
  const { documents } = parseSource('intent.yaml', intentText(intent!.name, intent!.spec, 'yaml', 'a test'));
  const { clusters, diagnostics: found } = loadIntents(documents);
  expect(hasErrors(found)).toBe(false);
  return intentTreatment(clusters[0]!);
}

/** The properties that a program which masq wrote gives to its construct. */
function propsOf({ intent }: ReturnType<typeof importIntent>): unknown {
  const program = intentText(intent!.name, intent!.spec, 'typescript', 'a test');
  const [, props] = /new ClusterIntent\(app, '[^']*', ([\s\S]*?)\);\n\napp\.synth/.exec(program)!;
  return new Function(`return ${props}`)();
}

/** GKE runs the agent itself where pods are outside of 10.0.0.0/8: then flags that no object holds have to be told. */
function flagsOf(model: ClusterModel): ImportOptions {
  if (model.agent.daemonSet === 'render') return {};
  const ports = model.agent.toPorts === undefined ? [] : [`--to-ports=${model.agent.toPorts}`];
  return { flags: parseAgentFlags([...(model.network.ipv6 ? ['--enable-ipv6'] : []), ...ports]).flags };
}

const RUNS = runs(300);

test('what is rendered of an intent is imported as one that means the same', () => {
  let imported = 0;
  fc.assert(
    fc.property(intentArbitrary, intent => {
      const model = modelOf(intent);
      fc.pre(model !== undefined && !hasErrors(loadIntents([model.document]).diagnostics));
      const objects = renderedObjects(model);
      fc.pre(objects.length > 0);
      const options = { ...factsOf(model), ...flagsOf(model) };
      const inputs = [{ file: 'all.yaml', text: fileOf(objects) }];
      const result = importNeeded(options, known => importIntent(inputs, known));
      // Pods elsewhere on GKE: the agent is GKE's own, and an intent cannot set its ports.
      fc.pre(!(model.agent.daemonSet === 'existing' && model.agent.toPorts !== undefined));
      expect(firstDifference(intentTreatment(model), mapOf(result))).toBeUndefined();
      expect(propsOf(result)).toEqual(result.intent!.spec);
      imported++;
    }),
    { numRuns: RUNS },
  );
  expect(imported).toBeGreaterThan(RUNS / 10);
});

const label = fc.constantFrom('web', 'db', 'cache');
const selector = fc.oneof(
  fc.record({ matchLabels: fc.dictionary(fc.constantFrom('app', 'tier'), label, { minKeys: 1 }) }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: fc.constantFrom('app', 'tier'),
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.array(label, { minLength: 1 }),
        }),
        fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  }),
);

describe('policies of the gateway', () => {
  const policy = fc.record({
    from: fc.array(fc.record({ namespaceSelector: selector, podSelector: selector }), { minLength: 1, maxLength: 2 }),
    to: fc.array(fc.constantFrom('203.0.113.0/24', '198.51.100.0/25', '8.8.8.0/24'), { minLength: 1, maxLength: 2 }),
  });

  test.each([
    ['anthos-bare-metal', '1.16.0'],
    ['anthos-bare-metal', '1.8.9'],
    ['kubernetes', undefined],
  ])('are imported as rendered on %s %s', (platform, version) => {
    let imported = 0;
    fc.assert(
      fc.property(fc.array(policy, { minLength: 1, maxLength: 2 }), fc.boolean(), (policies, withAgent) => {
        const document = {
          apiVersion: 'masq/v1alpha1',
          kind: 'ClusterIntent',
          metadata: { name: 'prod' },
          spec: {
            platform,
            ...(version !== undefined && { version }),
            network: { nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
            ...(withAgent && platform === 'kubernetes' && { masquerade: { preserve: ['rfc1918'] } }),
            egress: {
              floatingIPs: ['192.168.1.100', '192.168.1.101'],
              policies: policies.map((one, i) => ({
                name: `policy-${i}`,
                ...one,
                to: [...new Set(one.to)],
                sourceIP: `192.168.1.10${i}`,
                reason: 'why',
              })),
            },
          },
        };
        const { clusters, diagnostics } = loadIntents(parseSource('intent.yaml', JSON.stringify(document)).documents);
        fc.pre(!hasErrors(diagnostics));
        const [model] = clusters;
        const objects = renderedObjects(model!);
        const { internetRoute: _none, ...facts } = factsOf(model!);
        const result = importIntent([{ file: 'all.yaml', text: fileOf(objects) }], {
          ...facts,
          ...(version !== undefined && { version }),
        });
        expect(firstDifference(intentTreatment(model!), mapOf(result))).toBeUndefined();
        expect(propsOf(result)).toEqual(result.intent!.spec);
        expect(result.intent!.spec.egress!.policies!.every(one => one.reason === 'why')).toBe(true);
        imported++;
      }),
      { numRuns: runs(60) },
    );
    expect(imported).toBeGreaterThan(10);
  });
});
