import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgentFlags } from '../../core/agentfile/flags';
import { type AgentFile, writeAgentFile } from '../../core/agentfile/write';
import type { KubeObject } from '../../core/artefact/kube-object';
import { planCluster } from '../../core/artefact/plan';
import { verifyManifests } from '../../core/artefact/verify';
import { loadIntents } from '../../core/intent/load';
import { type Labels, type Selector, selects } from '../../core/intent/selector';
import { valueAt } from '../../core/schema/path';
import { parseSource } from '../../core/source';
import { runs } from '../random';
import { cidrArbitrary, intentArbitrary, modelOf } from './intents';
import { addressOf, agentKeeps, holds, keeps } from './naive';
import { changed, renderedObjects } from './rendered';

const RUNS = { numRuns: runs(200) };

/** What a finding says of its packet: where it goes, what the one does with it and what the other does. */
function witness(message: string): { family: 4 | 6; value: bigint; left: string; right: string } {
  const found = /^a packet.* to (\S+) is (preserved|masqueraded|SNATed)\b.*, but (preserved|masqueraded|SNATed)\b/.exec(
    message,
  );
  const [, destination, left, right] = found!;
  return { ...addressOf(destination!), left: left!, right: right! };
}

const word = (kept: boolean): string => (kept ? 'preserved' : 'masqueraded');

/** The rendered objects with another file and other arguments in them. */
function withAgent(objects: readonly KubeObject[], file: AgentFile, args: readonly string[]): KubeObject[] {
  return objects.map(object => {
    if (object.kind === 'ConfigMap') return { ...object, data: { config: writeAgentFile(file) } };
    if (object.kind !== 'DaemonSet') return object;
    return changed(object, copy => {
      const [container] = valueAt(copy, ['spec', 'template', 'spec', 'containers']) as [{ args?: readonly string[] }];
      container.args = args;
    });
  });
}

type Tamper = (file: AgentFile) => AgentFile | undefined;

describe('what is about to be emitted', () => {
  const agentIntent = intentArbitrary.filter(i => i.platform !== 'gke-autopilot' && i.pods[0] === '10.244.0.0/16');
  const tampers: fc.Arbitrary<Tamper> = fc.oneof(
    fc.nat().map(
      (n): Tamper =>
        file => {
          const list = file.nonMasqueradeCIDRs;
          return { ...file, nonMasqueradeCIDRs: list.filter((_, i) => i !== n % list.length) };
        },
    ),
    fc.tuple(fc.nat(), cidrArbitrary(4)).map(
      ([n, cidr]): Tamper =>
        file => {
          const list = file.nonMasqueradeCIDRs;
          return { ...file, nonMasqueradeCIDRs: list.map((entry, i) => (i === n % list.length ? { cidr } : entry)) };
        },
    ),
    cidrArbitrary(6).map(
      (cidr): Tamper =>
        file => {
          return { ...file, nonMasqueradeCIDRs: [...file.nonMasqueradeCIDRs, { cidr }] };
        },
    ),
    fc.constant<Tamper>(file => ({ ...file, masqLinkLocal: !file.masqLinkLocal })),
  );

  it('passes as it is, and with anything else in it is refused with a packet that shows it', () => {
    fc.assert(
      fc.property(agentIntent, tampers, fc.boolean(), (intent, tamper, dropFlag) => {
        const model = modelOf(intent);
        fc.pre(planCluster(model).agent!.daemonSet !== undefined);
        const { file, daemonSet } = planCluster(model).agent!;
        const objects = renderedObjects(model);
        expect(verifyManifests(model, objects)).toEqual([]);
        const args = dropFlag ? daemonSet!.args.filter(arg => arg !== '--enable-ipv6') : daemonSet!.args;
        const other = tamper(file)!;
        const found = verifyManifests(model, withAgent(objects, other, args));
        expect(found.map(d => d.code)).toEqual(found.map(() => 'MQ901'));
        const list = other.nonMasqueradeCIDRs.map(entry => entry.cidr);
        const { enableIPv6 } = parseAgentFlags(args).flags;
        const tampered = (family: 4 | 6, value: bigint): boolean => {
          const local = { 4: other.masqLinkLocal, 6: other.masqLinkLocalIPv6 };
          return agentKeeps(list, local, enableIPv6, family, value);
        };
        if (found.length === 0) {
          // Then the change has to be one that changes nothing.
          for (const cidr of [
            ...list,
            ...file.nonMasqueradeCIDRs.map(e => e.cidr),
            '169.254.0.0/16',
            '::/0',
            '0.0.0.0/0',
          ]) {
            const { family, value } = addressOf(cidr.split('/')[0]!);
            expect([cidr, tampered(family, value)]).toEqual([cidr, keeps(intent, family, value)]);
          }
        } else if (!found[0]!.message.startsWith('the rendered ')) {
          const { family, value, left, right } = witness(found[0]!.message);
          expect([left, right]).toEqual([word(keeps(intent, family, value)), word(tampered(family, value))]);
          expect(left).not.toBe(right);
        }
      }),
      RUNS,
    );
  });

  it.each<[string, (args: readonly string[]) => string[], RegExp]>([
    ['a lost flag', () => [], / to :: is masqueraded .*, but preserved \(no IPv6 rules without --enable-ipv6\)/],
    [
      'other ports',
      args => [...args, '--to-ports=1-2'],
      / to 0\.0\.0\.0 is masqueraded .*, but masqueraded with ports 1-2/,
    ],
    ['a flag behind an argument', args => ['x', ...args], /refused: argument "x" is no flag/],
  ])('is refused for %s', (_, change, message) => {
    const model = modelOf({ ...PLAIN, pods: ['10.244.0.0/16', 'fd00::/56'] });
    const { file, daemonSet } = planCluster(model).agent!;
    const found = verifyManifests(model, withAgent(renderedObjects(model), file, change(daemonSet!.args)));
    expect(found).toHaveLength(1);
    expect(found[0]!.message).toMatch(message);
  });

  it('is refused when the agent would refuse it', () => {
    const model = modelOf(PLAIN);
    const { file, daemonSet } = planCluster(model).agent!;
    const broken = { ...file, nonMasqueradeCIDRs: [{ cidr: '10.0.0.1/8' }] };
    expect(
      verifyManifests(model, withAgent(renderedObjects(model), broken, daemonSet!.args)).map(d => d.message),
    ).toEqual([
      'the rendered ConfigMap "ip-masq-agent" is refused: CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?',
    ]);
  });
});

const PLAIN = {
  platform: 'kubernetes',
  nodes: ['192.168.1.0/24'],
  pods: ['10.244.0.0/16'],
  services: [],
  preserve: [{ cidr: '172.16.0.0/12' }],
  always: [],
  linkLocal: 'preserve',
  linkLocalIPv6: 'preserve',
  defaultPolicy: 'add',
} as const;

describe('Autopilot policies', () => {
  const model = modelOf({ ...PLAIN, platform: 'gke-autopilot' });
  const policy = (name: string, cidrs: readonly string[]): KubeObject => ({
    apiVersion: 'networking.gke.io/v1',
    kind: 'EgressNATPolicy',
    metadata: { name },
    spec: { action: 'NoSNAT', destinations: cidrs.map(cidr => ({ cidr })) },
  });
  const { name, destinations } = planCluster(model).noSnat[0]!;

  it('pass as they are', () => {
    expect(verifyManifests(model, [policy(name, destinations)])).toEqual([]);
  });

  it('are refused without the policy, or with another that replaces where adding is meant', () => {
    const missing = `EgressNATPolicy "${name}" is not rendered`;
    const messages = (objects: KubeObject[]) => verifyManifests(model, objects).map(d => d.message);
    expect(messages([])).toEqual([missing]);
    const surplus = 'EgressNATPolicy "default" is not in the intent';
    expect(messages([policy('default', destinations)])).toEqual([missing, surplus]);
    expect(messages([policy(name, destinations), policy('default', destinations)])).toEqual([surplus]);
  });

  it.each<[string, KubeObject[], string]>([
    ['one destination less', [policy(name, destinations.slice(1))], '0.0.0.0'],
    ['one destination more', [policy(name, [...destinations, '8.8.8.0/24'])], '8.8.8.0'],
  ])('are refused with %s', (_, objects, destination) => {
    const found = verifyManifests(model, objects);
    expect(found.length).toBeGreaterThan(0);
    for (const { message } of found) {
      const { value, left, right } = witness(message);
      expect(left).toBe(word(keeps({ ...PLAIN, platform: 'gke-autopilot' }, 4, value)));
      expect(right).not.toBe(left);
    }
    if (destination !== '0.0.0.0') expect(found[0]!.message).toContain(` to ${destination} is `);
  });
});

describe('egress policies', () => {
  const text = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: cluster1}
spec:
  platform: anthos-bare-metal
  version: 1.10.2
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  egress:
    floatingIPs: [192.168.1.100, 192.168.1.101]
    policies:
      - name: partners
        from:
          - {namespaceSelector: {matchLabels: {user: alice}}, podSelector: {matchLabels: {role: frontend}}}
          - {namespaceSelector: {matchLabels: {user: bob}}, podSelector: {}}
        to: [203.0.113.0/24, 198.51.100.0/25]
        sourceIP: 192.168.1.100
      - name: offices
        from: [{namespaceSelector: {matchLabels: {user: carol}}, podSelector: {}}]
        to: [203.0.113.0/24]
        sourceIP: 192.168.1.101
`;
  const model = loadIntents(parseSource('intent.yaml', text).documents).clusters[0]!;
  interface Policy {
    readonly name: string;
    readonly egress: readonly (readonly [Labels, Labels])[];
    readonly to: readonly string[];
    readonly source: string;
  }
  const rendered: readonly Policy[] = [
    {
      name: 'partners',
      egress: [
        [{ user: 'alice' }, { role: 'frontend' }],
        [{ user: 'bob' }, {}],
      ],
      to: ['198.51.100.0/25', '203.0.113.0/24'],
      source: '192.168.1.100',
    },
    { name: 'offices', egress: [[{ user: 'carol' }, {}]], to: ['203.0.113.0/24'], source: '192.168.1.101' },
  ];
  const object = ({ name, egress, to, source }: Policy): KubeObject => ({
    apiVersion: 'networking.gke.io/v1alpha1',
    kind: 'EgressNATPolicy',
    metadata: { name },
    spec: {
      egress: egress.map(([namespace, pod]) => ({
        namespaceSelector: { matchLabels: namespace },
        podSelector: { matchLabels: pod },
      })),
      destinationCIDRs: to,
      egressSourceIP: source,
    },
  });
  const others = renderedObjects(model).filter(o => o.kind !== 'EgressNATPolicy');
  const withPolicies = (policies: readonly Policy[]): KubeObject[] => [...others, ...policies.map(object)];
  const [partners, offices] = rendered as [Policy, Policy];

  it('pass as they are, in any order', () => {
    expect(verifyManifests(model, withPolicies(rendered))).toEqual([]);
    expect(verifyManifests(model, withPolicies([...rendered].reverse()))).toEqual([]);
  });

  /** The source IP that a pod's packet gets, or that it is masqueraded. */
  function treatment(policies: readonly Policy[], namespace: Labels, pod: Labels, value: bigint): string {
    const wants = (labels: Labels): Selector => ({
      requirements: Object.entries(labels).map(([key, wanted]) => ({ key, operator: 'In', values: [wanted] })),
    });
    const policy = policies.find(
      ({ egress, to }) =>
        holds(to, 4, value) && egress.some(([ns, own]) => selects(wants(ns), namespace) && selects(wants(own), pod)),
    );
    return policy ? `SNATed to ${policy.source}` : 'masqueraded';
  }

  const labelsOf = (written: string): Labels =>
    Object.fromEntries([...written.matchAll(/(\w+): (\w+)/g)].map(([, key, value]) => [key!, value!]));

  it.each<[string, readonly Policy[]]>([
    [
      'a swapped source IP',
      [
        { ...partners, source: offices.source },
        { ...offices, source: partners.source },
      ],
    ],
    ['a lost policy', [partners]],
    ['a lost rule', [{ ...partners, egress: partners.egress.slice(1) }, offices]],
    ['a lost label of the pod', [{ ...partners, egress: [[{ user: 'alice' }, {}], partners.egress[1]!] }, offices]],
    ['one more label of the namespace', [partners, { ...offices, egress: [[{ user: 'carol', tier: 'web' }, {}]] }]],
    ['another label', [partners, { ...offices, egress: [[{ user: 'carl' }, {}]] }]],
    ['a lost destination', [{ ...partners, to: ['203.0.113.0/24'] }, offices]],
    ['a wider destination', [{ ...partners, to: ['198.51.100.0/24', '203.0.113.0/24'] }, offices]],
  ])('are refused for %s, with a packet that shows it', (_, policies) => {
    const found = verifyManifests(model, withPolicies(policies));
    expect(found).toHaveLength(1);
    const told =
      /^a packet from a pod with labels (\{.*?\}) in a namespace with labels (\{.*?\}) to (\S+) is (.*?) \(.*\) by the intent, but (.*?) \(/.exec(
        found[0]!.message,
      );
    const [, pod, namespace, destination, left, right] = told!;
    const packet = [labelsOf(namespace!), labelsOf(pod!), addressOf(destination!).value] as const;
    expect([left, right]).toEqual([treatment(rendered, ...packet), treatment(policies, ...packet)]);
    expect(left).not.toBe(right);
  });
});
