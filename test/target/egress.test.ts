import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { hasErrors } from '../../core/diagnostics';
import { loadIntents } from '../../core/intent/load';
import { parseSource } from '../../core/source';
import { NO_FACTS, type TargetFacts } from '../../core/target/facts';
import { renderTarget } from '../../core/target/render';
import { edges, holds } from '../core/naive';
import { runs } from '../random';
import { planeOf, type Surroundings, selects } from './planes';

const INSIDE = { nodes: ['192.168.1.0/24'], pods: ['10.244.0.0/16'], services: ['10.96.0.0/12'] };
const OUTSIDE = ['203.0.113.0/24', '198.51.100.0/24', '172.16.0.0/12', '8.8.8.8/32', '1.0.0.0/8'];
const KEPT = ['172.16.0.0/12'];
const VALUES = ['a', 'b'];
const EVERYWHERE = '0.0.0.0/0';

interface Range {
  readonly cidr: string;
  readonly except: readonly string[];
}

interface Policy {
  readonly from: readonly { readonly namespaceSelector: object; readonly podSelector: object }[];
  readonly to: readonly Range[];
}

const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom(...VALUES), { maxKeys: 2 });

const selector: fc.Arbitrary<object> = fc.oneof(
  labels.map(matchLabels => ({ matchLabels })),
  fc
    .tuple(fc.constantFrom('app', 'tier'), fc.constantFrom('In', 'NotIn'), fc.subarray(VALUES, { minLength: 1 }))
    .map(([key, operator, values]) => ({ matchExpressions: [{ key, operator, values }] })),
  fc
    .tuple(fc.constantFrom('app', 'tier'), fc.constantFrom('Exists', 'DoesNotExist'))
    .map(([key, operator]) => ({ matchExpressions: [{ key, operator }] })),
);

const pods = fc.array(fc.record({ namespaceSelector: selector, podSelector: selector }), {
  minLength: 1,
  maxLength: 2,
});

const some = fc.subarray(OUTSIDE, { minLength: 1 }).map(ranges => ranges.map(cidr => ({ cidr, except: [] })));

/** Everything outside of the cluster, but perhaps some. */
const most = fc
  .subarray(OUTSIDE)
  .map((out): Range[] => [{ cidr: EVERYWHERE, except: [...INSIDE.nodes, ...INSIDE.pods, ...INSIDE.services, ...out] }]);

const apart: fc.Arbitrary<Policy[]> = fc.array(fc.record({ from: pods, to: some }), { minLength: 1, maxLength: 3 });

const alike: fc.Arbitrary<Policy[]> = fc
  .tuple(fc.oneof(some, most), fc.array(pods, { minLength: 1, maxLength: 3 }))
  .map(([to, each]) => each.map(from => ({ from, to })));

const ipOf = (index: number): string => `192.168.1.${100 + index}`;

function modelOf(policies: readonly Policy[], masquerade: boolean) {
  const document = {
    apiVersion: 'masq/v1alpha1',
    kind: 'ClusterIntent',
    metadata: { name: 'prod' },
    spec: {
      platform: 'kubernetes',
      network: { nodeCIDRs: INSIDE.nodes, podCIDRs: INSIDE.pods, serviceCIDRs: INSIDE.services },
      ...(masquerade && { masquerade: { preserve: KEPT } }),
      egress: {
        floatingIPs: [...policies.map((_, i) => ipOf(i)), '192.168.1.200'],
        policies: policies.map((policy, i) => ({ name: `policy-${i}`, ...policy, sourceIP: ipOf(i) })),
      },
    },
  };
  const { clusters, diagnostics } = loadIntents(parseSource('intent.json', JSON.stringify(document)).documents);
  return hasErrors(diagnostics) ? undefined : clusters[0];
}

const FACTS: TargetFacts = { ...NO_FACTS, gateways: [{ labels: { egress: 'true' } }] };
const AROUND: Surroundings = { ...INSIDE, vpc: [], native: false, aksMasqLinkLocal: true };
const LABELS = ['', ...VALUES].flatMap(app =>
  ['', ...VALUES].map(tier => ({ ...(app !== '' && { app }), ...(tier !== '' && { tier }) })),
);

const holdsOne = (to: readonly Range[], value: bigint): boolean =>
  to.some(({ cidr, except }) => holds([cidr], 4, value) && !holds(except, 4, value));

/** The address that a policy gives a packet, by the intent's own words; undefined where no policy does. */
function sourceOf(
  policies: readonly Policy[],
  value: bigint,
  namespace: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): string | undefined {
  const index = policies.findIndex(
    ({ from, to }) =>
      from.some(rule => selects(rule.namespaceSelector, namespace) && selects(rule.podSelector, own)) &&
      holdsOne(to, value),
  );
  return index < 0 ? undefined : ipOf(index);
}

const PROBES = edges(4, [...OUTSIDE, ...INSIDE.nodes, ...INSIDE.pods, ...INSIDE.services]);

describe.each([
  ['cilium', apart, true],
  ['cilium', alike, false],
  ['antrea', alike, false],
] as const)('policies for %s', (name, policies, masquerade) => {
  test('take the packets of the pods that the intent names, and no others', () => {
    let rendered = 0;
    fc.assert(
      fc.property(policies, some => {
        const model = modelOf(some, masquerade);
        fc.pre(model !== undefined);
        const { files, diagnostics } = renderTarget(name, model!, FACTS);
        expect(diagnostics).toEqual([]);
        rendered++;
        const plane = planeOf(name, files);
        for (const namespace of LABELS.slice(0, 5)) {
          for (const own of LABELS) {
            for (const to of PROBES) {
              const source = sourceOf(some, to, namespace, own);
              const said = plane(AROUND, { family: 4, to, namespace, labels: own });
              if (source !== undefined) expect(said).toBe(`snat ${source}`);
              else expect(said).toMatch(/^(?:keep|masq)$/);
            }
          }
        }
      }),
      { numRuns: runs(15) },
    );
    expect(rendered).toBeGreaterThan(3);
  });
});

test('Antrea has one list of exceptions: policies for different destinations are refused, and no others', () => {
  fc.assert(
    fc.property(fc.oneof(apart, alike), policies => {
      const model = modelOf(policies, false);
      fc.pre(model !== undefined);
      const { files } = renderTarget('antrea', model!, FACTS);
      const differ = PROBES.some(value => new Set(policies.map(({ to }) => holdsOne(to, value))).size > 1);
      expect(files.size === 0).toBe(differ);
    }),
    { numRuns: runs(100) },
  );
});

const WORLD = ['10.0.0.0/8', '192.168.0.0/16'];

test.each([
  ['what is excluded is, where that is fewer', [{ cidr: EVERYWHERE, except: WORLD }], [EVERYWHERE], WORLD],
  [
    'a range inside of what would be excluded would be too, and nothing is',
    [
      { cidr: '172.0.0.0/8', except: ['172.16.0.0/12'] },
      { cidr: '172.16.0.0/16', except: [] },
    ],
    ['172.0.0.0/12', '172.16.0.0/16', '172.32.0.0/11', '172.64.0.0/10', '172.128.0.0/9'],
    undefined,
  ],
  ['a half is a block', [{ cidr: '172.0.0.0/11', except: ['172.16.0.0/12'] }], ['172.0.0.0/12'], undefined],
] as const)('the destinations of a policy for Cilium: %s', (_, to, destinationCIDRs, excludedCIDRs) => {
  const from = [{ namespaceSelector: {}, podSelector: {} }];
  const { files } = renderTarget('cilium', modelOf([{ from, to }], false)!, FACTS);
  const [text] = [...files].flatMap(([path, one]) => (path.includes('egressgateway') ? [one] : []));
  const { spec } = parse(text!) as { spec: { destinationCIDRs: string[]; excludedCIDRs?: string[] } };
  expect([spec.destinationCIDRs, spec.excludedCIDRs]).toEqual([destinationCIDRs, excludedCIDRs]);
});
