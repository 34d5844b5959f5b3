import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longIntent } from '../../bench/intents';
import { FAMILIES, formatCidr } from '../../core/address';
import { fromBase64, toBase64 } from '../../core/analysis/report/base64';
import { ByteReader, ByteWriter } from '../../core/analysis/report/bytes';
import { pack, unpack } from '../../core/analysis/report/pack';
import { type Branch, prefixTree } from '../../core/analysis/report/prefix-tree';
import { joinRule, splitRule } from '../../core/analysis/report/rule-text';
import { readSubjects, type Subject } from '../../core/analysis/subject';
import type { TreatmentMap } from '../../core/treatment/map';
import type { Decision } from '../../core/treatment/treatment';
import { mapOfSide, sideArbitrary } from '../analysis/maps';
import { runs } from '../random';

const decisionData = ({ treatment, rule, note, at }: Decision) => ({
  treatment,
  rule,
  note: note ?? '',
  at: at?.file !== undefined && at.range ? [at.file, at.range.start.line, at.range.start.column] : undefined,
});

/** All that a page may tell of a map. */
function mapData({ asked, base, egress }: TreatmentMap) {
  return {
    families: FAMILIES.map(family => ({
      asked: asked[family].layers.map(({ set, value }) => [set.cidrs().map(formatCidr), decisionData(value)]),
      otherwise: decisionData(asked[family].otherwise),
      base: [...base[family].entries()].map(({ first, last, value }) => [first, last, decisionData(value)]),
    })),
    egress: egress.map(({ pods, destinations, decision }) => ({
      pods,
      to: destinations.cidrs().map(formatCidr),
      decision: decisionData(decision),
    })),
  };
}

function again(subjects: readonly Subject[]): Subject[] {
  const packed = pack(subjects.map(after => ({ name: after.name, after })));
  const { cluster } = unpack(JSON.parse(JSON.stringify(packed)));
  return subjects.map((_, i) => cluster(i).after!);
}

test('what is packed is had back, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(sideArbitrary, { minLength: 1, maxLength: 3 }), sides => {
      const subjects = sides.map((side, i) => ({ name: `c${i}`, as: 'x', places: [], map: mapOfSide(side) }));
      const got = again(subjects);
      for (const [i, { map }] of subjects.entries()) expect(mapData(got[i]!.map)).toEqual(mapData(map));
    }),
    { numRuns: runs(100) },
  );
});

test('a long list is had back, and takes little more than four bytes for an entry', () => {
  const texts = [1, 2].map(seed => ({ file: `c-${seed}.yaml`, text: longIntent(`c-${seed}`, 1000, seed) }));
  const { subjects } = readSubjects(texts);
  const got = again(subjects);
  for (const [i, { map, places }] of subjects.entries()) {
    expect(mapData(got[i]!.map)).toEqual(mapData(map));
    expect(got[i]!.places).toEqual(places);
  }
  expect(pack(subjects.map(after => ({ name: after.name, after }))).bytes.length / 2000).toBeLessThan((4.3 * 4) / 3);
});

test('clusters that share most of their rules take hardly more than one', () => {
  const text = longIntent('c', 1000, 1);
  const one = readSubjects([{ file: 'a.yaml', text }]).subjects[0]!;
  const more = text.replace(/\n {6}- (1\d\d)\./, '\n      - 8.8.8.0/24\n      - $1.');
  expect(more).not.toBe(text);
  const other = readSubjects([{ file: 'a.yaml', text: more }]).subjects[0]!;
  const size = (before: Subject, after: Subject) => JSON.stringify(pack([{ name: 'c', before, after }])).length;
  expect(size(one, one)).toBe(JSON.stringify(pack([{ name: 'c', before: one, after: one }])).length);
  expect(size(one, other)).toBeLessThan(1.1 * size(one, one));
});

test('numbers and bytes are had back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20000 }), bytes => {
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 0xffffffff })),
      fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      (naturals, wholes) => {
        const writer = new ByteWriter();
        for (const one of naturals) writer.unsigned(one);
        for (const one of wholes) writer.signed(one);
        const reader = new ByteReader(writer.finish());
        expect(naturals.map(() => reader.unsigned())).toEqual(naturals);
        expect(wholes.map(() => reader.signed())).toEqual(wholes);
      },
    ),
  );
});

describe('a rule’s text', () => {
  test.each([
    ['spec.masquerade.preserve[17] "11.3.0.0/16"', ['spec.masquerade.preserve[', 0, '] "', 1, '"']],
    ['-A IP-MASQ -d fd00::/8 -j RETURN', ['-A IP-MASQ -d ', 1, ' -j RETURN']],
    ['nodes "10.0.0.1/8"', ['nodes "10.0.0.1/8"']],
    ['a[007] 010.0.0.0/8', ['a[007] 010.0.0.0/8']],
    ['', ['']],
  ])('%s', (text, parts) => {
    expect(splitRule(text).parts).toEqual(parts);
    expect(joinRule(splitRule(text))).toBe(text);
  });

  test('is had back, whatever it is', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('[', ']', '1', '10.0.0.0/8', '110.0.0.0/8', '::/0', '[3]', '"'),
    );
    const texts = fc.array(piece).map(pieces => pieces.join(''));
    fc.assert(
      fc.property(texts, text => {
        expect(joinRule(splitRule(text))).toBe(text);
      }),
    );
  });
});

test('the tree of prefixes says of each block what the partition says of what is left of it', () => {
  fc.assert(
    fc.property(sideArbitrary, side => {
      const { base, asked } = mapOfSide(side);
      const tree = prefixTree(
        base[6],
        asked[6].layers.map(({ set }) => set),
      );
      let total = 0n;
      const check = ({ cidr, value, count, branches }: Branch<Decision>): void => {
        total += count;
        expect(value === undefined).toBe(count === 0n);
        if (branches.length === 0) expect(base[6].at(cidr)).toBe(value);
        branches.forEach(check);
      };
      check(tree);
      expect(total).toBe(2n ** 128n);
    }),
    { numRuns: runs(100) },
  );
});
