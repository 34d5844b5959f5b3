import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidr, type Family, formatCidr, IntervalSet, Partition } from '../../core/address';
import { diffFleets, FleetComparison } from '../../core/analysis/fleet';
import { readSubjects, type Subject } from '../../core/analysis/subject';
import type { TreatmentMap } from '../../core/treatment/map';
import type { Decision } from '../../core/treatment/treatment';
import { agentConfigMap } from './agent-manifests';

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

/** A map that says nothing of a family, as a dump of iptables-save alone does of IPv6. */
function without(family: Family, map: TreatmentMap): TreatmentMap {
  const nothing: Decision = { treatment: { kind: 'unknown', rules: [] }, rule: 'nothing' };
  return { ...map, base: { ...map.base, [family]: Partition.constant(family, nothing) } };
}

/** A cluster of which it hangs on a rule what becomes of packets to a block. */
function hanging(name: string, rule: string): Subject {
  const { map, ...subject } = cluster(name);
  const unknown: Decision = { treatment: { kind: 'unknown', rules: [rule] }, rule };
  const block = Partition.fromLayers<Decision | undefined>(
    4,
    [{ set: IntervalSet.ofCidr(cidr('10.0.0.0/8')), value: unknown }],
    undefined,
  );
  return { ...subject, map: { ...map, base: { 4: block.zip(map.base[4], (own, all) => own ?? all), 6: map.base[6] } } };
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
        return unread.includes(name) ? { ...subject, map: without(6, subject.map) } : subject;
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

  test('of which the same cannot be told is told together, in the order of the names, and by what it hangs on', () => {
    const side = (): Subject[] => [hanging('b', 'x'), hanging('d', 'y'), hanging('c', 'x'), hanging('a', 'y')];
    const { changed, untold } = diffFleets(side(), side());
    expect(changed).toEqual([]);
    expect(untold.map(({ names, untold }) => [names, untold.map(({ rules }) => rules)])).toEqual([
      [['a', 'd'], [['y']]],
      [['b', 'c'], [['x']]],
    ]);
  });

  test('of which one side tells nothing is told of that at once, whatever the other side hangs on', () => {
    const after = { ...cluster('a'), map: without(4, cluster('a').map) };
    const { untold } = diffFleets([hanging('a', 'x')], [after]);
    expect(untold.map(one => one.untold.map(({ to, ...why }) => [to.cidrs().map(formatCidr), why]))).toEqual([
      [[['0.0.0.0/0'], { unread: ['after'], rules: [] }]],
    ]);
  });

  test('hangs on other rules after than before: that is a change', () => {
    const { changed, untold } = diffFleets([hanging('a', 'x')], [hanging('a', 'y')]);
    expect(changed.map(({ diff }) => diff.classes.map(({ changes }) => changes.map(({ after }) => after)))).toEqual([
      [[{ kind: 'unknown', rules: ['y'] }]],
    ]);
    expect(untold).toEqual([]);
  });

  test('that loses a family is told in the order of the names', () => {
    const before = ['c', 'a', 'b'].map(name => cluster(name));
    const { lost } = diffFleets(
      before,
      before.map(one => ({ ...one, map: without(4, one.map) })),
    );
    expect(lost.map(({ clusters }) => clusters.map(one => one.before.name))).toEqual([['a'], ['b'], ['c']]);
  });

  test('has notes on clusters too that come or go', () => {
    const stray = (name: string): Subject =>
      readSubjects([{ file: `${name}/cm.yaml`, text: agentConfigMap(name) }]).subjects[0]!;
    const { notes, added, removed } = diffFleets([BEFORE[0]!, stray('old')], [AFTER[0]!, stray('new')]);
    expect([...removed, ...added].map(({ name }) => name)).toEqual(['old', 'new']);
    expect(notes.map(({ names }) => names)).toEqual([['old'], ['new']]);
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
