import { compareAddresses, IntervalSet, parseAddress, parseCidr } from '../../../core/address';

/** What is written with these signs alone, and one of those that names do not have, is meant as an address. */
const ADDRESS = /^(?=.*[.:/])[\da-f.:/]+$|^\d+$/i;
const RANGE = /^(\S+?)\s*[-\u2013]\s*(\S+)$/;

/** The words of a list: between commas, and where they are addresses between blanks. */
export function wordsOf(text: string): string[] {
  const parts = text.split(/[,;]/).map(part => part.trim());
  const words = parts.flatMap(part => {
    const inside = part.split(/\s+/);
    return inside.every(word => ADDRESS.test(word)) ? inside : [part];
  });
  return words.filter(word => word !== '');
}

/** Whether a word is meant as an address, a CIDR, or two addresses with a dash between them. */
export function isLiteral(word: string): boolean {
  return ADDRESS.test(word) || endsOf(word) !== undefined;
}

/** The addresses of a literal word; or what is wrong with it, as masq says it on the command line. */
export function readLiteral(word: string): IntervalSet | string {
  const ends = endsOf(word);
  if (ends) return readRange(word, ends);
  if (word.includes('/')) {
    const block = parseCidr(word);
    return block.ok ? IntervalSet.ofCidr(block.value) : block.fault.message;
  }
  const at = parseAddress(word);
  return at.ok ? IntervalSet.fromRange(at.value, at.value) : at.fault.message;
}

type Ends = readonly [first: string, last: string];

function endsOf(word: string): Ends | undefined {
  const [, first = '', last = ''] = RANGE.exec(word) ?? [];
  return ADDRESS.test(first) && ADDRESS.test(last) ? [first, last] : undefined;
}

function readRange(word: string, ends: Ends): IntervalSet | string {
  const [first, last] = [parseAddress(ends[0]), parseAddress(ends[1])];
  if (!first.ok) return first.fault.message;
  if (!last.ok) return last.fault.message;
  if (first.value.family !== last.value.family)
    return `"${word}" is no range; write two addresses of one family, such as 10.0.0.1-10.0.0.9`;
  if (compareAddresses(first.value, last.value) > 0)
    return `"${word}" ends before it begins; write the lower address first`;
  return IntervalSet.fromRange(first.value, last.value);
}
