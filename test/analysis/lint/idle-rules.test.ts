import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idleRules } from '../../../core/analysis/lint/idle-rules';
import { intentListings } from '../../../core/analysis/lint/listing';
import { intentTreatment } from '../../../core/treatment/intent';
import { firstDifference } from '../../../core/treatment/map';
import { cidrsOf, intentArbitrary, modelOf } from '../../core/intents';
import { edges, type Family, type Intent, keeps } from '../../core/naive';
import { runs } from '../../random';

type List = 'preserve' | 'always';

/** An entry of one of an intent's lists, by its number. */
interface Place {
  readonly list: List;
  readonly index: number;
}

/** The entries that are told to go. */
function idleOf(intent: Intent): Place[] {
  const [listing] = intentListings(modelOf(intent));
  return idleRules(listing!, () => undefined).diagnostics.map(({ path }) => {
    const [, , list, index] = path!;
    return { list: list as List, index: Number(index) };
  });
}

/** An intent without some of its entries. */
function without(intent: Intent, gone: readonly Place[]): Intent {
  const left = <T>(list: List, items: readonly T[]): T[] =>
    items.filter((_, i) => !gone.some(place => place.list === list && place.index === i));
  return { ...intent, preserve: left('preserve', intent.preserve), always: left('always', intent.always) };
}

/** Whether two intents treat every address alike at which an answer could change, found out the slow way. */
function agree(a: Intent, b: Intent): boolean {
  return ([4, 6] as readonly Family[]).every(family =>
    edges(family, cidrsOf(a)).every(value => keeps(a, family, value) === keeps(b, family, value)),
  );
}

/** What a policy beside another one preserves is not documented, so that nothing rests on it. */
const intents = intentArbitrary.map((intent): Intent => ({ ...intent, defaultPolicy: 'replace' }));

describe('the entries of random intents', () => {
  test('that are told to go change nothing by going, one by one or together', () => {
    let told = 0;
    fc.assert(
      fc.property(intents, intent => {
        const idle = idleOf(intent);
        told += idle.length;
        for (const gone of [...idle.map(one => [one]), idle]) {
          const left = without(intent, gone);
          expect(agree(intent, left)).toBe(true);
          expect(firstDifference(intentTreatment(modelOf(intent)), intentTreatment(modelOf(left)))).toBeUndefined();
        }
      }),
      { numRuns: runs(400) },
    );
    expect(told).toBeGreaterThan(100);
  });

  test('that are not told to go are needed, when those are gone that are', () => {
    fc.assert(
      fc.property(intents, intent => {
        const idle = idleOf(intent);
        const left = without(intent, idle);
        for (const list of ['preserve', 'always'] as const) {
          for (const index of intent[list].keys()) {
            const place = { list, index };
            if (idle.some(one => one.list === list && one.index === index) || isNoRule(intent, place)) continue;
            const isNeeded = !agree(left, without(intent, [...idle, place]));
            // One that only another's going makes superfluous is not told beside that one.
            expect(isNeeded || !agree(intent, without(intent, [place]))).toBe(true);
          }
        }
      }),
      { numRuns: runs(400) },
    );
  });
});

/** Whether an entry holds no address that any rule is written for: every check tells that. */
function isNoRule(intent: Intent, { list, index }: Place): boolean {
  const { path } = { path: JSON.stringify(['spec', 'masquerade', list, index]) };
  const { asked } = intentTreatment(modelOf(intent));
  return ![4, 6].some(family =>
    asked[family as Family].layers.some(({ value }) => JSON.stringify(value.at?.path) === path),
  );
}
