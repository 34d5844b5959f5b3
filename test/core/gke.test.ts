import { describe, expect, it } from 'vitest';
import { address, formatCidr } from '../../core/address';
import { loadIntents } from '../../core/intent/load';
import { gkeDefault } from '../../core/intent/platform-default';
import { atLeast, type PlatformVersion, parseVersion } from '../../core/intent/version';
import { parseSource } from '../../core/source';
import { intentTreatment } from '../../core/treatment/intent';
import { ELEVEN } from './naive';

const THREE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

interface Row {
  readonly network?: Readonly<Record<string, unknown>>;
  readonly agent?: Readonly<Record<string, unknown>>;
  readonly list?: readonly string[];
  readonly version?: string;
}

/** Which of some well-known destinations keep the pod's address. */
function kept({ network = {}, agent, list, version }: Row): string {
  const ranges = { nodeCIDRs: ['10.128.0.0/20'], podCIDRs: ['10.4.0.0/14'], serviceCIDRs: ['10.8.0.0/20'] };
  const spec = {
    platform: 'gke-standard',
    ...(version !== undefined && { version }),
    network: { ...ranges, ...network },
    ...(list && { masquerade: { preserve: list } }),
    ...(agent && { agent }),
  };
  const document = { apiVersion: 'masq/v1alpha1', kind: 'ClusterIntent', metadata: { name: 'prod' }, spec };
  const { documents } = parseSource('intent.json', JSON.stringify(document));
  const map = intentTreatment(loadIntents(documents).clusters[0]!);
  const destinations = { ten: '10.1.2.3', rfc1918: '172.16.0.1', shared: '100.64.0.1', internet: '8.8.8.8' };
  return Object.entries({ ...destinations, 'link-local': '169.254.1.1' })
    .filter(([, text]) => map.base[4].at(address(text)).treatment.kind === 'preserve')
    .map(([name]) => name)
    .join(' ');
}

describe('a packet in a GKE cluster', () => {
  const outside = { podCIDRs: ['100.64.0.0/14'] };
  it.each<[string, Row, string]>([
    ['agent, list', { list: ['172.16.0.0/12'] }, 'rfc1918 link-local'],
    [
      'agent, list, --disable-default-snat',
      { list: ['172.16.0.0/12'], network: { disableDefaultSnat: true } },
      'rfc1918 link-local',
    ],
    ['agent of GKE, no list', { network: outside }, 'ten rfc1918 shared link-local'],
    [
      'agent, no list, --disable-default-snat',
      { network: { disableDefaultSnat: true }, agent: { daemonSet: 'existing' } },
      'ten rfc1918 shared link-local',
    ],
    ['no agent', {}, 'ten rfc1918 shared link-local'],
    [
      'no agent, --disable-default-snat',
      { network: { disableDefaultSnat: true } },
      'ten rfc1918 shared internet link-local',
    ],
    ['1.13 without agent, cos', { version: '1.13.7-gke.8', network: { nodeImage: 'cos' } }, 'ten link-local'],
    [
      '1.13 without agent, cos_containerd',
      { version: '1.13.7-gke.8', network: { nodeImage: 'cos_containerd' } },
      'ten rfc1918 link-local',
    ],
    [
      '1.13 with the agent of GKE, cos',
      { version: '1.13.7-gke.8', network: { nodeImage: 'cos', networkPolicy: true } },
      'ten rfc1918 link-local',
    ],
  ])('%s', (_, row, expected) => {
    expect(kept(row)).toBe(expected);
  });
});

describe('the default non-masquerade destinations', () => {
  it.each<[string, string | undefined, boolean, readonly string[] | 'needs-image']>([
    ['1.13.11-gke.23', 'cos_containerd', false, THREE],
    ['1.13.11-gke.23', 'cos', false, ['10.0.0.0/8']],
    ['1.13.11-gke.23', 'ubuntu', false, ['10.0.0.0/8']],
    ['1.13.11-gke.23', 'cos', true, THREE],
    ['1.13.11-gke.23', undefined, true, THREE],
    ['1.13.11-gke.23', undefined, false, 'needs-image'],
    ['1.14.0-gke.99', 'cos', false, ['10.0.0.0/8']],
    ['1.14.1-gke.13', 'cos', false, ['10.0.0.0/8']],
    ['1.14.1-gke.13', 'cos_containerd', false, THREE],
    ['1.14.1-gke.14', 'cos', false, ELEVEN],
    ['1.14.2-gke.0', 'cos', false, ['10.0.0.0/8']],
    ['1.14.2-gke.1', 'cos', false, ELEVEN],
    ['1.14.3', undefined, false, ELEVEN],
    ['1.15.0-gke.0', undefined, false, ELEVEN],
    ['1.29.4-gke.1043000', undefined, true, ELEVEN],
    ['2.0.0', undefined, false, ELEVEN],
  ])('%s, image %s, flag %s', (text, nodeImage, reservedRangesFlag, expected) => {
    const version = parseVersion(text)!;
    const found = gkeDefault({ version, ...(nodeImage !== undefined && { nodeImage }), reservedRangesFlag });
    expect(found === 'needs-image' ? found : found.map(formatCidr)).toEqual(expected);
  });
});

describe('versions', () => {
  it.each<[string, readonly [number, number, number, number] | undefined]>([
    ['1.29.4-gke.1043000', [1, 29, 4, 1043000]],
    ['v1.29.4', [1, 29, 4, 0]],
    ['1.10', [1, 10, 0, 0]],
    ['1.10.2', [1, 10, 2, 0]],
    ['1', undefined],
    ['1.x', undefined],
    ['1.29.4-gke', undefined],
    ['1.29.4-gke.', undefined],
    ['1.29.4-rc.1', undefined],
    ['1.29.4.5', undefined],
    [' 1.29.4', undefined],
    ['latest', undefined],
    ['', undefined],
  ])('reads %j', (text, numbers) => {
    const version: PlatformVersion | undefined = parseVersion(text);
    expect(version && [version.major, version.minor, version.patch, version.gke]).toEqual(numbers);
  });

  it.each([
    ['1.22.7-gke.1499', false],
    ['1.22.7-gke.1500', true],
    ['1.22.6-gke.9999', false],
    ['1.22.8-gke.1', true],
    ['1.23.3-gke.9999', false],
    ['1.23.4-gke.1599', false],
    ['1.23.4-gke.1600', true],
    ['1.23.0', false],
    ['1.23.5-gke.1', true],
    ['1.24.0', true],
    ['1.21.14-gke.9999', false],
  ])('Autopilot %s has EgressNATPolicy: %s', (version, has) => {
    const network = 'network: {nodeCIDRs: [10.128.0.0/20], podCIDRs: [10.4.0.0/14], serviceCIDRs: []}';
    const text = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: prod}
spec: {platform: gke-autopilot, version: "${version}", ${network}, masquerade: {preserve: [rfc1918], defaultPolicy: replace}}
`;
    const { diagnostics } = loadIntents(parseSource('intent.yaml', text).documents);
    expect(diagnostics.map(found => found.code)).toEqual(has ? [] : ['MQ405']);
  });

  it('are ordered number by number', () => {
    const order = ['0.9.9-gke.9', '1.2.3-gke.4', '1.2.3-gke.10', '1.2.10', '1.10.0', '2.0.0'].map(
      t => parseVersion(t)!,
    );
    order.forEach((version, i) => {
      order.forEach(({ major, minor, patch, gke }, j) => {
        expect(atLeast(version, major, minor, patch, gke)).toBe(i >= j);
      });
    });
  });
});
