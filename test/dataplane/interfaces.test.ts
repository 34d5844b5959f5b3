import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goesBy, type InterfaceName, iptablesInterface, nftInterface } from '../../core/dataplane/interfaces';

/** Every name of up to three letters, of which two are told apart. */
const NAMES = ['a', 'b'].flatMap(one => [
  one,
  ...['a', 'b'].flatMap(two => [one + two, `${one + two}a`, `${one + two}b`]),
]);

/** A name of up to two letters, so that a longer one may stand behind every beginning. */
const anyName: fc.Arbitrary<InterfaceName> = fc.record({
  name: fc.constantFrom(...NAMES.filter(name => name.length < 3)),
  isPrefix: fc.boolean(),
});

function names({ name, isPrefix }: InterfaceName, real: string): boolean {
  return isPrefix ? real.startsWith(name) : real === name;
}

describe('what rules ask of interfaces', () => {
  test('is what holds for every interface that packets may go by', () => {
    const several = fc.array(anyName, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(several, several, (asked, known) => {
        const answers = NAMES.filter(real => known.some(one => names(one, real))).map(real =>
          asked.some(one => names(one, real)),
        );
        const answer = goesBy(asked, known);
        if (answer !== undefined) expect(answers.every(one => one === answer)).toBe(true);
        // Several names that together hold all that one begins with are not put together.
        else if (asked.length === 1) expect(new Set(answers).size).toBe(2);
      }),
    );
  });

  test.each([
    ['eth0', { name: 'eth0', isPrefix: false }],
    ['veth+', { name: 'veth', isPrefix: true }],
    ['a+b', { name: 'a+b', isPrefix: false }],
  ])('iptables: %s', (text, name) => expect(iptablesInterface(text)).toEqual(name));

  test.each([
    ['eth0', { name: 'eth0', isPrefix: false }],
    ['veth*', { name: 'veth', isPrefix: true }],
    ['veth\\*', { name: 'veth*', isPrefix: false }],
    ['veth+', { name: 'veth+', isPrefix: false }],
  ])('nft: %s', (text, name) => expect(nftInterface(text)).toEqual(name));
});
