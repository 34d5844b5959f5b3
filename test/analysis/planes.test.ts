import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, cidr, parseAddress, setsOf } from '../../core/address';
import { diffMaps } from '../../core/analysis/diff';
import { withFacts } from '../../core/analysis/facts';
import { diffFleets } from '../../core/analysis/fleet';
import { withVpc } from '../../core/analysis/plane-subject';
import { readSubjects, type Subject } from '../../core/analysis/subject';
import { loadIntents } from '../../core/intent/load';
import type { ClusterModel } from '../../core/intent/model';
import { parseSource } from '../../core/source';
import { NO_FACTS, TARGETS, type TargetName } from '../../core/target/facts';
import { renderTarget } from '../../core/target/render';
import { intentTreatment } from '../../core/treatment/intent';
import type { Treatment } from '../../core/treatment/treatment';
import { cidrArbitrary, cidrsOf, intentArbitrary, modelOf } from '../core/intents';
import { edges, type Family, type Intent, keeps, textOf } from '../core/naive';
import { runs } from '../random';
import { planeOf, type Surroundings } from '../target/planes';

const NODES = ['192.168.1.0/24'];
const PODS = ['10.244.0.0/16'];
const SERVICES = ['10.96.0.0/12'];

/** A cluster of which nothing is known but its ranges. */
const CLUSTER = modelOf({
  platform: 'kubernetes',
  nodes: NODES,
  pods: PODS,
  services: SERVICES,
  always: [],
  preserve: [{ cidr: '10.0.0.0/8' }],
  linkLocal: 'preserve',
  linkLocalIPv6: 'preserve',
  defaultPolicy: 'replace',
});

function address(family: Family, value: bigint): Address {
  return (parseAddress(textOf(family, value)) as { value: Address }).value;
}

/** What files denote on a cluster. */
function denoted(files: ReadonlyMap<string, string>, model: ClusterModel, vpc: readonly string[]): Subject {
  const { subjects, diagnostics, refusals } = readSubjects([...files].map(([file, text]) => ({ file, text })));
  const wrong = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  expect({ wrong, refusals, subjects: subjects.length }).toEqual({ wrong: [], refusals: [], subjects: 1 });
  const located = withVpc(subjects[0]!, setsOf(vpc.map(cidr))) ?? subjects[0]!;
  const known = withFacts(located, model);
  expect(known.ok && known.subject.lacks).toBeUndefined();
  return (known as { subject: Subject }).subject;
}

function word(treatment: Treatment): string {
  switch (treatment.kind) {
    case 'preserve':
      return 'keep';
    case 'masquerade':
      return treatment.toPorts === undefined ? 'masq' : `masq ${treatment.toPorts}`;
    default:
      return treatment.kind;
  }
}

/** What a data plane may do with a packet, whatever is so around it that its configuration does not say. */
function possible(plane: ReturnType<typeof planeOf>, vpc: readonly string[], family: Family, to: bigint): Set<string> {
  return new Set(
    [true, false].flatMap(either =>
      [NODES, []].map(nodes => {
        const around: Surroundings = {
          nodes,
          pods: PODS,
          services: SERVICES,
          vpc,
          native: either,
          aksMasqLinkLocal: either,
        };
        return plane(around, { family, to, namespace: {}, labels: {} });
      }),
    ),
  );
}

describe.each(TARGETS)('what is rendered for %s', name => {
  test('is a side that means what the intent says, with its facts', () => {
    let rendered = 0;
    const kept = intentArbitrary.map(
      (intent): Intent => ({ ...intent, preserve: [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }], always: [] }),
    );
    const intents = fc.oneof(
      { weight: 3, arbitrary: intentArbitrary },
      { weight: name === 'antrea' ? 9 : 1, arbitrary: kept },
    );
    fc.assert(
      fc.property(intents, fc.constantFrom(['192.168.1.0/24'], ['10.0.0.0/8']), (given, vpc) => {
        const intent: Intent = { ...given, platform: 'kubernetes' };
        const model = modelOf(intent);
        const pools = intent.pods.map((range, i) => ({ name: `pool-${i}`, cidr: cidr(range) }));
        const facts = { ...NO_FACTS, vpc: vpc.map(range => ({ cidr: cidr(range) })), pools };
        const { files } = renderTarget(name, model, facts);
        if (files.size === 0) return;
        rendered++;
        const folder = new Map([...files].map(([path, text]) => [`out/prod/${path}`, text]));
        const subject = denoted(folder, model, vpc);
        expect(subject.name).toBe('prod');
        const { classes, untold } = diffMaps(intentTreatment(model), subject.map);
        expect(classes).toEqual([]);
        expect(untold).toEqual([]);
        for (const family of [4, 6] as const) {
          for (const value of edges(family, cidrsOf(intent))) {
            const { treatment } = subject.map.base[family].at(address(family, value));
            expect(treatment.kind).toBe(keeps(intent, family, value) ? 'preserve' : 'masquerade');
          }
        }
      }),
      { numRuns: runs(60) },
    );
    expect(rendered).toBeGreaterThan(2);
  });
});

const POLICIES = {
  floatingIPs: ['192.168.1.100'],
  policies: [
    {
      name: 'web',
      from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } }],
      to: [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '192.168.0.0/16'] }],
      sourceIP: '192.168.1.100',
    },
  ],
};

/** A cluster with a list or without one, of one family or of both. */
function clusterWith(list: boolean, ipv6: boolean): ClusterModel {
  const text = JSON.stringify({
    apiVersion: 'masq/v1alpha1',
    kind: 'ClusterIntent',
    metadata: { name: 'prod' },
    spec: {
      platform: 'kubernetes',
      network: {
        nodeCIDRs: [...NODES, ...(ipv6 ? ['fd00:1::/64'] : [])],
        podCIDRs: [...PODS, ...(ipv6 ? ['fd00:2::/56'] : [])],
        serviceCIDRs: [...SERVICES, ...(ipv6 ? ['fd00:3::/112'] : [])],
      },
      ...(list && { masquerade: { preserve: ['172.16.0.0/12'] } }),
      egress: POLICIES,
    },
  });
  return loadIntents(parseSource('prod.json', text).documents).clusters[0]!;
}

/** An intent that leaves all but policies to the data plane, and what is rendered of it. */
describe.each([
  ['antrea', false],
  ['antrea', true],
  ['cilium', false],
] as const)('an intent without a list, rendered for %s, with IPv6: %s', (name, ipv6) => {
  const model = clusterWith(false, ipv6);
  const facts = { ...NO_FACTS, gateways: [{ labels: { egress: 'true' } }] };
  const { files, diagnostics } = renderTarget(name, model, facts);
  const folder = new Map([...files].map(([path, text]) => [`out/prod/${path}`, text]));

  test('says of nodes, and of IPv6, that this is left to the data plane', () => {
    const { base } = intentTreatment(model);
    const said = (family: Family, text: string) =>
      word(base[family].at((parseAddress(text) as { value: Address }).value).treatment);
    expect(['192.168.1.7', '10.244.0.1', '10.96.0.1', '169.254.169.254', '8.8.8.8'].map(to => said(4, to))).toEqual([
      'unknown',
      'keep',
      'keep',
      'masq',
      'masq',
    ]);
    expect(['fd00:1::7', 'fd00:2::1', 'fd00:3::1', '2001:db8::1'].map(to => said(6, to))).toEqual(
      ipv6 ? ['unknown', 'keep', 'keep', 'unknown'] : ['keep', 'keep', 'keep', 'keep'],
    );
  });

  test('means the same whatever list the facts have', () => {
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const [without, beside] = [model, clusterWith(true, ipv6)].map(facts => denoted(folder, facts, []).map);
    const { classes, untold } = diffMaps(without!, beside!);
    expect({ classes, untold }).toEqual({ classes: [], untold: [] });
    const node = without!.base[4].at(address(4, 0xc0a80107n)).treatment;
    expect(word(node)).toBe(name === 'antrea' ? 'masq' : 'unknown');
  });

  test('differs in nothing from what is rendered of it, and it is said what was left', () => {
    const intent: Subject = { name: 'prod', map: intentTreatment(model), as: 'the intent', places: [], model };
    for (const flip of [false, true]) {
      const pair = [
        [intent],
        [readSubjects([...folder].map(([file, text]) => ({ file, text }))).subjects[0]!],
      ] as const;
      const { changed, untold, notes } = flip ? diffFleets(pair[1], pair[0]) : diffFleets(pair[0], pair[1]);
      expect({ changed, untold: untold.length }).toEqual({ changed: [], untold: 0 });
      expect(notes.map(({ text }) => text)).toEqual([
        `the intent has no "masquerade" and leaves packets to ${ipv6 ? '192.168.1.0/24 and ::/0 minus fd00:2::/56 and fd00:3::/112' : '192.168.1.0/24'} to the data plane, so that nothing changes there`,
      ]);
    }
  });
});

const listed = fc.array(
  cidrArbitrary(4).filter(range => range !== '0.0.0.0/0'),
  { minLength: 1, maxLength: 4 },
);

const file = (list: readonly string[], masqLinkLocal: boolean): string =>
  JSON.stringify({ nonMasqueradeCIDRs: list, masqLinkLocal });

const configMap = (name: string, data: object): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data });

const pool = (name: string, spec: object): string =>
  JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec });

/** Configurations that nobody rendered from an intent. */
const CONFIGURED: Readonly<
  Record<Exclude<TargetName, 'antrea'>, (list: readonly string[], flag: boolean) => Map<string, string>>
> = {
  calico: (list, flag) =>
    new Map([
      ...list.map((range, i) => [`p${i}.json`, pool(`p${i}`, { cidr: range, disabled: true })] as const),
      ['pods.json', pool('pods', { cidr: PODS[0], natOutgoing: true })],
      [
        'felix.json',
        JSON.stringify({
          apiVersion: 'crd.projectcalico.org/v1',
          kind: 'FelixConfiguration',
          metadata: { name: 'default' },
          spec: { natPortRange: '1024:2048', ...(flag && { natOutgoingExclusions: 'IPPoolsAndHostIPs' }) },
        }),
      ],
    ]),
  cilium: (list, flag) =>
    new Map([
      ['cm.json', configMap('ip-masq-agent', { config: file(list, flag) })],
      [
        'values/cilium.json',
        JSON.stringify({
          bpf: { masquerade: true },
          ipMasqAgent: { enabled: true },
          enableIPv4Masquerade: true,
          enableIPv6Masquerade: false,
        }),
      ],
    ]),
  aws: (list, flag) => {
    const env = {
      AWS_VPC_K8S_CNI_EXTERNALSNAT: String(flag && list.length === 1),
      AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: list.join(','),
    };
    const container = { name: 'aws-node', env: Object.entries(env).map(([name, value]) => ({ name, value })) };
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'aws-node', namespace: 'kube-system' },
      spec: { template: { spec: { containers: [container] } } },
    };
    return new Map([
      ['patches/ds.json', JSON.stringify(daemonSet)],
      ['values/vpc-cni.json', JSON.stringify({ env })],
    ]);
  },
  azure: (list, flag) =>
    new Map([['cm.json', configMap('azure-ip-masq-agent-config', { 'ip-masq-agent': file(list, flag) })]]),
};

describe.each(Object.keys(CONFIGURED) as (keyof typeof CONFIGURED)[])('what somebody wrote for %s', name => {
  test('means what the data plane does, and nothing where that hangs on what nobody says', () => {
    let open = 0;
    fc.assert(
      fc.property(listed, fc.boolean(), fc.constantFrom(['172.16.0.0/12'], ['192.168.0.0/16']), (list, flag, vpc) => {
        const files = CONFIGURED[name](list, flag);
        const { map } = denoted(files, CLUSTER, vpc);
        const plane = planeOf(name, files);
        for (const value of edges(4, [...list, ...NODES, ...PODS, ...SERVICES, ...vpc, '169.254.0.0/16'])) {
          const may = possible(plane, vpc, 4, value);
          const says = word(map.base[4].at(address(4, value)).treatment);
          if (may.size > 1) open++;
          expect(says, `${value}`).toBe(may.size > 1 ? 'unknown' : [...may][0]);
        }
      }),
      { numRuns: runs(60) },
    );
    expect(open > 0).toBe(name !== 'aws');
  });
});
