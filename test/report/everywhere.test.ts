import { expect, test } from 'vitest';
import { Ways } from '../../cli/report/view/everywhere';
import { cidr, IntervalSet } from '../../core/address';
import type { ReportCluster } from '../../core/analysis/report/pack';
import { readSubjects, type Subject } from '../../core/analysis/subject';

/** A cluster that preserves a range, and sends packets of a team's pods to some destinations through a gateway. */
function intent(name: string, preserve: string, to: string, team = 'a'): Subject {
  const text = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: ${name}}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  masquerade: {preserve: [${preserve}]}
  egress:
    floatingIPs: [192.168.1.100]
    policies:
      - {name: p, from: [{namespaceSelector: {matchLabels: {team: ${team}}}, podSelector: {}}], to: [${to}], sourceIP: 192.168.1.100}
`;
  const { subjects, diagnostics } = readSubjects([{ file: `${name}.yaml`, text }]);
  if (!subjects[0]) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return subjects[0];
}

const own: ReportCluster = { name: 'own', after: intent('own', '10.0.0.0/8', '198.51.100.0/24') };

/** What is told of other clusters, without tags. */
function told(asked: string, ...others: readonly ReportCluster[]): string {
  const ways = new Ways(false, 'nothing has that name');
  const sets = [IntervalSet.ofCidr(cidr(asked))];
  for (const one of [own, ...others]) ways.add(one, sets, one === own);
  return ways
    .told(asked)
    .text.replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

test('of destinations that are treated in several ways, those are told that are otherwise in a cluster', () => {
  const text = told(
    '10.0.0.0/8',
    { name: 'b', after: intent('b', '10.0.0.0/9', '198.51.100.0/24') },
    { name: 'c', after: intent('c', '10.64.0.0/10', '198.51.100.0/24') },
  );
  expect(text).toContain('preserved, but 10.128.0.0/9 minus 10.244.0.0/16 masqueraded: b');
  expect(text).toMatch(/masqueraded, but [^:]*10\.64\.0\.0\/10[^:]* preserved: c/);
});

test('what happens in most of the others comes first', () => {
  const like = (name: string, preserve: string): ReportCluster => ({
    name,
    after: intent(name, preserve, '198.51.100.0/24'),
  });
  const text = told('10.0.0.0/8', like('b', '10.0.0.0/9'), like('c', '10.128.0.0/9'), like('d', '10.128.0.0/9'));
  expect(text).toMatch(/: c , d .*: b /);
});

test('of destinations that are others in each cluster no part is named', () => {
  const ways = new Ways(true, 'nothing has that name');
  const other: ReportCluster = { name: 'b', after: intent('b', '10.0.0.0/9', '198.51.100.0/24') };
  for (const one of [own, other]) ways.add(one, [IntervalSet.ofCidr(cidr('10.0.0.0/8'))], one === own);
  expect(ways.told('offices').text).toContain('<li>partly preserved and masqueraded: ');
});

test('of an egress policy whose destinations change, it is told which are left', () => {
  const changed = (name: string, after: string): ReportCluster => ({
    name,
    before: intent(name, '10.0.0.0/8', '203.0.113.0/24'),
    after: intent(name, '10.0.0.0/8', after),
  });
  expect(told('203.0.113.0/24', changed('b', '203.0.113.0/25'), changed('c', '203.0.113.64/26'))).toContain(
    'masqueraded, but of some pods SNAT to 192.168.1.100 → masqueraded, but of some pods SNAT to 192.168.1.100 to reach 203.0.113.0/25: b',
  );
});

test('of an egress policy for other pods than before, it is told that they are others', () => {
  const one: ReportCluster = {
    name: 'b',
    before: intent('b', '10.0.0.0/8', '203.0.113.0/24'),
    after: intent('b', '10.0.0.0/8', '203.0.113.0/24', 'b'),
  };
  expect(told('203.0.113.0/24', one)).toContain(
    'masqueraded, but of some pods SNAT to 192.168.1.100, but of other pods or other shares than before: b',
  );
});
