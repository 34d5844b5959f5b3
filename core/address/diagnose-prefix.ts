import { BITS, FAMILY_NAME, type Family, WORDS } from './family';
import { type Finding, leadingZero, quote, type Refused } from './finding';
import { readIpv4, readIpv6 } from './read';
import { hostMask } from './words';

/** What is wrong with the prefix length; undefined where nothing is. */
export function prefixFinding(refused: Refused, family: Family): Finding | undefined {
  const { text, head, tail } = refused;
  if (!tail) {
    return {
      kind: 'missing-prefix',
      at: [text.length, 0],
      says: tail === undefined ? ' has no prefix length' : ' has no prefix length behind "/"',
      candidate: `${head}/${BITS[family]}`,
      advice: suggestion => `; write "${suggestion}" for one address`,
    };
  }
  if (/[.:]/.test(tail)) return netmaskFinding(head, tail, family);
  const finding = { kind: 'prefix-out-of-range', at: [head.length + 1, tail.length] } as const;
  const range = `write one from 0 to ${BITS[family]}`;
  const [, digits] = /^(\d+)\s*(?:#|\/\/)/.exec(tail) ?? [];
  if (digits !== undefined) {
    return {
      ...finding,
      says: `: prefix length ${quote(tail)} is not a plain number`,
      candidate: `${head}/${digits}`,
      advice: suggestion => `; write "${suggestion}", and a comment behind " #"`,
    };
  }
  if (!/^\d+$/.test(tail))
    return { ...finding, says: `: prefix length ${quote(tail)} is not a plain number; ${range}` };
  if (/^0\d/.test(tail)) return leadingZero(refused, tail, head.length + 1);
  if (Number(tail) <= BITS[family]) return undefined;
  return { ...finding, says: `: prefix length ${tail} is out of range; ${range} for ${FAMILY_NAME[family]}` };
}

function netmaskFinding(head: string, mask: string, family: Family): Finding {
  const finding = { kind: 'netmask', at: [head.length + 1, mask.length] } as const;
  const words = new Uint32Array(WORDS[family]);
  const end = family === 4 ? readIpv4(mask, 0, words, 0) : readIpv6(mask, 0, words, 0);
  for (let prefix = 0; prefix <= BITS[family] && end === mask.length; prefix++) {
    const candidate = `${head}/${prefix}`;
    if (words.every((word, w) => word === ~hostMask(w, prefix) >>> 0)) {
      return { ...finding, says: ' is in netmask notation', candidate };
    }
    if (words.every((word, w) => word === hostMask(w, prefix))) {
      return { ...finding, says: ' is in wildcard mask notation', candidate };
    }
  }
  return { ...finding, says: ` has no prefix length: ${quote(mask)} is not even a netmask` };
}
