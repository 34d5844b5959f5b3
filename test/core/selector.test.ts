import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commonLabels,
  type Labels,
  labelsText,
  type PodSelector,
  type Requirement,
  type Selector,
  selects,
} from '../../core/intent/selector';
import { podClasses } from '../../core/treatment/pod-classes';
import { runs } from '../random';

const KEYS = ['app', 'tier'];
const VALUES = ['a', 'b', 'any', ''];

/** Every labelling with these keys, a value of the universe each, another one, or none. */
const UNIVERSE: readonly Labels[] = KEYS.reduce<Labels[]>(
  (all, key) =>
    all.flatMap(labels => [labels, ...[...VALUES, 'none of them'].map(value => ({ ...labels, [key]: value }))]),
  [{}],
);

/** Kubernetes' words: In, the label is there with one of the values; NotIn, it is not; and so on. */
function holds(requirement: Requirement, labels: Labels): boolean {
  const has = Object.keys(labels).includes(requirement.key);
  if (!('values' in requirement)) return has === (requirement.operator === 'Exists');
  const among = has && requirement.values.some(value => value === labels[requirement.key]);
  return requirement.operator === 'In' ? among : !among;
}

const matched = (selector: Selector, labels: Labels): boolean => selector.requirements.every(r => holds(r, labels));

const key = fc.constantFrom(...KEYS);
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);
const selector: fc.Arbitrary<Selector> = fc.record({ requirements: fc.array(requirement, { maxLength: 4 }) });

describe('selectors', () => {
  it('match as Kubernetes says', () => {
    fc.assert(
      fc.property(selector, fc.constantFrom(...UNIVERSE), (one, labels) => {
        expect(selects(one, labels)).toBe(matched(one, labels));
      }),
    );
  });

  it('have labels in common exactly when some labelling of the universe matches all', () => {
    fc.assert(
      fc.property(fc.array(selector, { maxLength: 3 }), selectors => {
        const labels = commonLabels(...selectors);
        const possible = UNIVERSE.some(candidate => selectors.every(one => matched(one, candidate)));
        expect(labels !== undefined).toBe(possible);
        if (labels) expect(selectors.every(one => matched(one, labels))).toBe(true);
      }),
      { numRuns: runs(2000) },
    );
  });

  it('fall into the classes of pods that the universe falls into', () => {
    const pair: fc.Arbitrary<PodSelector> = fc.record({ namespaces: selector, pods: selector });
    const patterns = (pairs: readonly PodSelector[], pods: readonly { namespace: Labels; labels: Labels }[]) =>
      new Set(
        pods.map(pod => pairs.map(p => matched(p.namespaces, pod.namespace) && matched(p.pods, pod.labels)).join()),
      );
    const everyPod = UNIVERSE.flatMap(namespace => UNIVERSE.map(labels => ({ namespace, labels })));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 4 }), pairs => {
        const classes = podClasses(pairs)!;
        expect(patterns(pairs, classes)).toEqual(patterns(pairs, everyPod));
        expect(classes).toHaveLength(patterns(pairs, classes).size);
      }),
    );
  });

  it('on too many independent labels are not told apart', () => {
    const pairs = Array.from({ length: 20 }, (_, i): PodSelector => {
      const pods: Selector = { requirements: [{ key: `app-${i}`, operator: 'Exists' }] };
      return { namespaces: { requirements: [] }, pods };
    });
    expect(podClasses(pairs.slice(0, 8))).toHaveLength(2 ** 8);
    expect(podClasses(pairs)).toBeUndefined();
  });
});

it.each<[Labels, string]>([
  [{}, '{}'],
  [{ user: 'alice', role: 'frontend' }, '{role: frontend, user: alice}'],
  [{ empty: '' }, '{empty: ""}'],
])('labels in writing: %j', (labels, text) => {
  expect(labelsText(labels)).toBe(text);
});
