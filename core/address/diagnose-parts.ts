import { didYouMean, type Finding, leadingZero, quote, type Refused } from './finding';

/** What is wrong with the dotted quad that stands at `base` of the text; undefined where nothing is. */
export function quadFinding(refused: Refused, quad: string, base: number): Finding | undefined {
  const parts = quad.split('.');
  let offset = base;
  for (const part of parts) {
    if (part === '')
      return { kind: 'wrong-number-of-parts', at: [offset, 0], says: ' has an empty part; write four numbers' };
    offset += part.length + 1;
  }
  if (parts.length !== 4) return partCountFinding(refused, parts, base);
  offset = base;
  for (const part of parts) {
    const found = partFinding(refused, part, offset);
    if (found) return found;
    offset += part.length + 1;
  }
  return undefined;
}

function partCountFinding({ head, tail }: Refused, parts: readonly string[], base: number): Finding {
  const quad = parts.join('.');
  const count = parts.length === 1 ? '1 part' : `${parts.length} parts`;
  const finding = {
    kind: 'wrong-number-of-parts',
    at: [base, quad.length],
    says: ` has ${count}; an IPv4 address has 4`,
  } as const;
  // A short CIDR can only mean zeros behind it; a short address has had more than one meaning.
  if (!tail || quad !== head || parts.length > 4) return finding;
  return { ...finding, candidate: `${quad}${'.0'.repeat(4 - parts.length)}/${tail}`, advice: didYouMean };
}

function partFinding(refused: Refused, part: string, offset: number): Finding | undefined {
  const at = [offset, part.length] as const;
  const [port] = /(?<=^\d+):\d{1,5}$/.exec(part) ?? [];
  if (port !== undefined) {
    const candidate = refused.text.replace(port, '');
    const behind = [offset + part.length - port.length, port.length] as const;
    return { kind: 'not-an-address', at: behind, says: ' has a port behind it', candidate };
  }
  if (!/^\d+$/.test(part)) return { kind: 'not-an-address', at, says: `: ${quote(part)} is not a number` };
  if (/^0\d/.test(part)) return leadingZero(refused, part, offset);
  if (Number(part) <= 255) return undefined;
  return { kind: 'part-out-of-range', at, says: `: ${part} is out of range; write a number from 0 to 255` };
}

/** What is wrong with the IPv6 address before the text's slash; undefined where nothing is. */
export function groupsFinding(refused: Refused): Finding | undefined {
  const groups = refused.head.split(':');
  let offset = 0;
  let written = 0;
  for (const [g, group] of groups.entries()) {
    const found = groupFinding(refused, group, offset, g === groups.length - 1);
    if (found) return found;
    written += group === '' ? 0 : group.includes('.') ? 2 : 1;
    offset += group.length + 1;
  }
  return colonsFinding(refused.head) ?? groupCountFinding(refused.head, written);
}

function groupFinding(refused: Refused, group: string, offset: number, last: boolean): Finding | undefined {
  const at = [offset, group.length] as const;
  if (group.includes('.')) {
    if (last) return quadFinding(refused, group, offset);
    const says = `: ${quote(group)} can stand at the end of an IPv6 address only`;
    return { kind: 'wrong-number-of-parts', at, says };
  }
  const alien = /[^\da-f]/iu.exec(group);
  if (alien) {
    const says = `: ${quote(alien[0])} is not a hexadecimal digit`;
    return { kind: 'not-an-address', at: [offset + alien.index, alien[0].length], says };
  }
  if (group.length <= 4) return undefined;
  return { kind: 'part-out-of-range', at, says: `: ${group} is out of range; write a group from 0 to ffff` };
}

function colonsFinding(head: string): Finding | undefined {
  const wrong = (offset: number, length: number, says: string): Finding => ({
    kind: 'wrong-number-of-parts',
    at: [offset, length],
    says,
  });
  const tooMany = /:{3,}/.exec(head);
  if (tooMany) return wrong(tooMany.index, tooMany[0].length, ` has "${tooMany[0]}"; write "::" for groups of zeros`);
  const second = head.indexOf('::', head.indexOf('::') + 1);
  if (second > 0) return wrong(second, 2, ' has "::" twice; only one can stand for groups of zeros');
  if (/^:[^:]/.test(head)) return wrong(0, 1, ' starts with a single ":"');
  if (/[^:]:$/.test(head)) return wrong(head.length - 1, 1, ' ends with a single ":"');
  return undefined;
}

function groupCountFinding(head: string, written: number): Finding | undefined {
  const wrong = (says: string): Finding => ({ kind: 'wrong-number-of-parts', at: [0, head.length], says });
  const gap = head.includes('::');
  if (written > 8) return wrong(` has ${written} groups; an IPv6 address has 8`);
  if (written === 8 && gap) return wrong(' has 8 groups and "::", which leaves no group of zeros for "::"');
  if (written < 8 && !gap) return wrong(` has ${written} groups; an IPv6 address has 8, or "::" for zeros`);
  return undefined;
}
