import * as fc from 'fast-check';
import { type LoadedIntents, loadIntents } from '../../core/intent/load';
import type { ClusterModel } from '../../core/intent/model';
import { parseSource } from '../../core/source';
import { type Family, type Intent, type Rule, TOP, textOf } from './naive';

/** Blocks where things go wrong: everything, one address, class E, link-local and its neighbours, the pods' own. */
const SPECIAL = {
  4: [
    '0.0.0.0/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '0.0.0.0/32',
    '255.255.255.255/32',
    '240.0.0.0/4',
    '169.254.0.0/16',
  ].concat(['169.254.169.254/32', '169.252.0.0/14', '169.255.0.0/16', '10.0.0.0/8', '10.244.0.0/16', '192.168.1.0/24']),
  6: ['::/0', '8000::/1', '::/128', 'fe80::/10', 'fe80::/64', 'fec0::/10', 'fe00::/7', 'fd00::/8', '2001:db8::/32'],
} as const;

export function cidrArbitrary(family: Family): fc.Arbitrary<string> {
  const bits = family === 4 ? 32 : 128;
  const random = fc
    .tuple(fc.bigInt({ min: 0n, max: TOP[family] }), fc.oneof(fc.nat({ max: bits }), fc.constantFrom(bits, bits - 1)))
    .map(([value, prefix]) => {
      const host = BigInt(bits - prefix);
      return { block: (value >> host) << host, prefix };
    })
    // IPv4 mapped into IPv6 is refused.
    .filter(({ block }) => family === 4 || block >> 32n !== 0xffffn)
    .map(({ block, prefix }) => `${textOf(family, block)}/${prefix}`);
  return fc.oneof(fc.constantFrom(...SPECIAL[family]), random);
}

const anyCidr = fc.oneof({ weight: 3, arbitrary: cidrArbitrary(4) }, { weight: 1, arbitrary: cidrArbitrary(6) });

const rule: fc.Arbitrary<Rule> = fc.record(
  { cidr: anyCidr, except: fc.array(anyCidr, { maxLength: 3 }) },
  { requiredKeys: ['cidr'] },
);

const mode = fc.constantFrom('preserve' as const, 'masquerade' as const);

const masqAgent = fc.record(
  {
    flavor: fc.constant('masq'),
    image: fc.constant('registry.example/masq-agent:0.1.0'),
    backend: fc.constantFrom('auto', 'iptables', 'nftables'),
    logFormat: fc.constantFrom('text', 'json'),
    toPorts: fc.constantFrom(['1024-29999'], ['1024-29999', '32768-65535']),
    metrics: fc.constantFrom({}, { port: 9100, address: '0.0.0.0' }),
  },
  { requiredKeys: ['flavor', 'image'] },
);

export const intentArbitrary: fc.Arbitrary<Intent> = fc.record({
  platform: fc.constantFrom('kubernetes' as const, 'gke-standard' as const, 'gke-autopilot' as const),
  nodes: fc.constantFrom(['192.168.1.0/24'], ['172.20.0.0/22', '10.128.0.0/20']),
  pods: fc.constantFrom(['10.244.0.0/16'], ['10.244.0.0/16', 'fd00:10:244::/56'], ['100.64.0.0/14']),
  services: fc.constantFrom([], ['10.96.0.0/12']),
  preserve: fc.array(rule, { maxLength: 6 }),
  always: fc.array(anyCidr, { maxLength: 3 }),
  linkLocal: mode,
  linkLocalIPv6: mode,
  defaultPolicy: fc.constantFrom('replace' as const, 'add' as const),
  agent: fc.oneof(fc.constant({}), masqAgent),
});

/** The intent as a person would write it, read by masq. */
export function modelOf(intent: Intent): ClusterModel {
  return loaded(intent, { internetRoute: 'cloud-nat' }).clusters[0]!;
}

/** As {@link modelOf}, with further facts about the network, and with what was found. */
export function loaded(intent: Intent, facts: Readonly<Record<string, unknown>>): LoadedIntents {
  const autopilot = intent.platform === 'gke-autopilot';
  const document = {
    apiVersion: 'masq/v1alpha1',
    kind: 'ClusterIntent',
    metadata: { name: 'prod' },
    spec: {
      platform: intent.platform,
      ...(autopilot && { version: '1.29.4-gke.1043000' }),
      network: {
        nodeCIDRs: intent.nodes,
        podCIDRs: intent.pods,
        serviceCIDRs: intent.services,
        ...facts,
      },
      masquerade: {
        preserve: intent.preserve,
        always: intent.always,
        ...(autopilot
          ? { defaultPolicy: intent.defaultPolicy }
          : { linkLocal: intent.linkLocal, linkLocalIPv6: intent.linkLocalIPv6 }),
      },
      ...(runsOwnAgent(intent) && { agent: intent.agent }),
    },
  };
  const { documents } = parseSource('intent.json', JSON.stringify(document));
  return loadIntents(documents);
}

/** Elsewhere Google runs the agent: on Autopilot, and where pods are outside of 10.0.0.0/8. */
function runsOwnAgent({ platform, pods }: Intent): boolean {
  return platform === 'kubernetes' || (platform === 'gke-standard' && pods[0]!.startsWith('10.'));
}

/** Every CIDR that the intent names. */
export function cidrsOf(intent: Intent): string[] {
  const { nodes, pods, services, preserve, always } = intent;
  return [...nodes, ...pods, ...services, ...always, ...preserve.flatMap(r => [r.cidr, ...(r.except ?? [])])];
}
