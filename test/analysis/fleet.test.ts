import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCidr, Partition } from '../../core/address';
import { diffFleets, FleetComparison } from '../../core/analysis/fleet';
import { readSubjects, type Subject } from '../../core/analysis/subject';
import type { TreatmentMap } from '../../core/treatment/map';
import type { Decision } from '../../core/treatment/treatment';

/** A cluster that preserves some ranges; its file's lines tell apart whose rules are told. */
function cluster(name: string, ...preserve: string[]): Subject {
  const text = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: ${name}}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [10.128.0.0/20], podCIDRs: [10.119.128.0/17]}
  masquerade:
    preserve: [${preserve.join(', ')}]
`;
  const { subjects, diagnostics } = readSubjects([{ file: `${name}.yaml`, text }]);
  if (!subjects[0]) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return subjects[0];
}

/** A map that says nothing of IPv6, as a dump of iptables-save alone does. */
function withoutIPv6(map: TreatmentMap): TreatmentMap {
  const nothing: Decision = { treatment: { kind: 'unknown', rules: [] }, rule: 'nothing' };
  return { ...map, base: { 4: map.base[4], 6: Partition.constant(6, nothing) } };
}

const BEFORE = [
  cluster('a', '10.0.0.0/8'),
  cluster('b', '10.0.0.0/8'),
  cluster('c', '10.0.0.0/8'),
  cluster('gone', '10.0.0.0/8'),
];
const AFTER = [
  cluster('a', '10.0.0.0/9'),
  cluster('b', '10.0.0.0/9'),
  cluster('c', '10.0.0.0/8', '10.1.0.0/16'),
  cluster('new'),
];

describe('a fleet', () => {
  test('is compared by names, clusters with the same change together', () => {
    const { changed, compared, added, removed, refusals } = diffFleets(BEFORE, AFTER);
    expect(changed.map(({ clusters }) => clusters.map(({ after }) => after.name))).toEqual([['a', 'b']]);
    expect(changed[0]!.diff.classes[0]!.changes[0]!.parts[0]!.before.at?.file).toBe('a.yaml');
    expect([compared, added.map(({ name }) => name), removed.map(({ name }) => name), refusals]).toEqual([
      3,
      ['new'],
      ['gone'],
      [],
    ]);
  });

  test('with the same change is told together only where the same cannot be told, and why', () => {
    const side = (unread: readonly string[], ...preserve: string[]): Subject[] =>
      ['a', 'b', 'c', 'd'].map(name => {
        const subject = cluster(name, ...(name === 'd' ? ['10.0.0.0/8'] : preserve));
        return unread.includes(name) ? { ...subject, map: withoutIPv6(subject.map) } : subject;
      });
    const { changed, untold, lost } = diffFleets(side(['b'], '10.0.0.0/8'), side(['b', 'c', 'd'], '10.0.0.0/9'));
    const told = changed.map(({ clusters, diff }) => [
      clusters.map(({ after }) => after.name),
      diff.untold.map(({ to, unread }) => [to.cidrs().map(formatCidr), unread]),
    ]);
    expect(told).toEqual([
      [['a'], []],
      [['b'], [[['::/0'], ['before', 'after']]]],
      [['c'], [[['::/0'], ['after']]]],
    ]);
    expect(untold.map(({ names, untold }) => [names, untold.map(({ unread }) => unread)])).toEqual([
      [['d'], [['after']]],
    ]);
    expect(lost).toEqual([]);
  });

  test('is compared alike in whatever order its clusters come, and whenever they are withdrawn in between', () => {
    const all = [...BEFORE.map(one => [0, one] as const), ...AFTER.map(one => [1, one] as const)];
    const orders = fc.shuffledSubarray(all, { minLength: all.length });
    fc.assert(
      fc.property(orders, fc.nat(all.length), (order, stop) => {
        const fleet = new FleetComparison();
        for (const [side, subject] of order.slice(0, stop)) fleet.add(side, subject);
        for (const side of [0, 1] as const) for (const subject of fleet.withdraw(side)) fleet.add(side, subject);
        for (const [side, subject] of order.slice(stop)) fleet.add(side, subject);
        expect(fleet.finish()).toEqual(diffFleets(BEFORE, AFTER));
      }),
    );
  });

  test('holds nothing of clusters that were compared but what is told of them', () => {
    const fleet = new FleetComparison();
    fleet.add(0, BEFORE[0]!);
    expect(fleet.told).toEqual([]);
    fleet.add(1, AFTER[0]!);
    expect(fleet.withdraw(0)).toEqual([]);
    expect(fleet.told.map(one => Object.keys(one))).toEqual([
      ['name', 'places'],
      ['name', 'places'],
    ]);
  });

  test('of one cluster is compared with one of another name, two with none', () => {
    expect(diffFleets([BEFORE[0]!], [AFTER[3]!])).toMatchObject({ compared: 1, added: [], removed: [] });
    expect(diffFleets([BEFORE[0]!, BEFORE[1]!], [AFTER[3]!])).toMatchObject({ compared: 0 });
    expect(diffFleets([BEFORE[0]!, BEFORE[3]!], [AFTER[0]!, AFTER[3]!])).toMatchObject({ compared: 1 });
  });

  test('with two clusters of one name on a side is refused', () => {
    expect(diffFleets([BEFORE[0]!, cluster('a')], [AFTER[0]!]).refusals).toEqual([
      '"a" is the name of two of what is compared; compare one',
    ]);
  });
});
