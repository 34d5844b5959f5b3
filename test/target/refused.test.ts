import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { addressOf, blockOf, textOf } from '../core/naive';
import { planeOf, type Surroundings } from './planes';

/**
 * What is refused as beyond a data plane is tried with everything that it can be told: each value of its switches, with
 * each of the 33 CIDRs that hold the address in question, and without any.
 */

const AROUND: Surroundings = {
  nodes: ['192.168.1.0/24'],
  pods: ['10.244.0.0/16'],
  services: ['10.96.0.0/12'],
  vpc: ['10.0.0.0/16'],
  native: true,
  aksMasqLinkLocal: false,
};

/** Every CIDR that holds an address, and none. */
function cidrsAround(address: string): (string | undefined)[] {
  const { value } = addressOf(address);
  const blocks = Array.from({ length: 33 }, (_, prefix) => {
    const host = BigInt(32 - prefix);
    return `${textOf(4, (value >> host) << host)}/${prefix}`;
  });
  return [undefined, ...blocks];
}

type Files = Readonly<Record<string, object>>;

/** Whether files have packets to addresses treated as wanted, all of them. */
function suits(name: Parameters<typeof planeOf>[0], files: Files, wanted: Readonly<Record<string, 'keep' | 'masq'>>) {
  const plane = planeOf(name, new Map(Object.entries(files).map(([path, value]) => [path, stringify(value)])));
  return Object.entries(wanted).every(([address, fate]) => {
    const { family, value } = addressOf(address);
    return plane(AROUND, { family, to: value, namespace: {}, labels: {} }) === fate;
  });
}

const overlaps = (a: string, b: string): boolean => {
  const [one, other] = [blockOf(a), blockOf(b)];
  return one.first <= other.last && other.first <= one.last;
};

test('Calico: no pool that it takes keeps link-local, with the internet masqueraded', () => {
  const candidates = [true, false].flatMap(natOutgoing =>
    cidrsAround('169.254.0.1').map((cidr): [string | undefined, Files] => [
      cidr,
      {
        'patches/ippool.yaml': { kind: 'IPPool', spec: { cidr: '10.244.0.0/16', natOutgoing } },
        ...(cidr !== undefined && { 'pool.yaml': { kind: 'IPPool', spec: { cidr, disabled: true } } }),
      },
    ]),
  );
  const wanted = { '169.254.0.1': 'keep', '8.8.8.8': 'masq' } as const;
  const suiting = candidates.filter(([, files]) => suits('calico', files, wanted)).map(([cidr]) => cidr!);
  expect(suiting.length).toBeGreaterThan(10);
  expect(suiting.filter(cidr => !overlaps(cidr, '169.254.0.0/16'))).toEqual([]);
});

test('AWS: no list has an address of the VPC masqueraded', () => {
  for (const external of ['true', 'false']) {
    for (const cidr of cidrsAround('10.0.5.5')) {
      const env = { AWS_VPC_K8S_CNI_EXTERNALSNAT: external, AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: cidr ?? '8.8.8.8/32' };
      const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
      const spec = { template: { spec: { containers: [{ name: 'aws-node', env: variables }] } } };
      const files = { 'patches/d.yaml': { kind: 'DaemonSet', spec }, 'values/v.yaml': { env } };
      expect(suits('aws', files, { '10.0.5.5': 'masq' }), `${external} ${cidr}`).toBe(false);
    }
  }
});

test('Azure: no list has an address of the VNet masqueraded', () => {
  for (const masqLinkLocal of [true, false]) {
    for (const cidr of cidrsAround('10.0.5.5')) {
      const file = { nonMasqueradeCIDRs: cidr === undefined ? [] : [cidr], masqLinkLocal };
      const files = { 'c.yaml': { kind: 'ConfigMap', data: { 'ip-masq-agent': stringify(file) } } };
      expect(suits('azure', files, { '10.0.5.5': 'masq' }), `${cidr}`).toBe(false);
    }
  }
});

test('Antrea: nothing keeps addresses to nodes alone', () => {
  for (const noSNAT of [true, false]) {
    for (const trafficEncapMode of ['encap', 'noEncap', 'hybrid', 'networkPolicyOnly']) {
      for (const cidr of cidrsAround('192.168.1.5')) {
        const egress = { exceptCIDRs: cidr === undefined ? [] : [cidr] };
        const files = { 'values/antrea.yaml': { noSNAT, trafficEncapMode, egress } };
        expect(suits('antrea', files, { '192.168.1.5': 'keep', '8.8.8.8': 'masq' })).toBe(false);
      }
    }
  }
});
