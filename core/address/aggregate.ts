import { Blocks, visitBlocks } from './blocks';
import { diagnose } from './diagnose';
import type { Family } from './family';
import type { AddressFault } from './fault';
import { formatBlock } from './format';
import { Page } from './page';

/** What is left of a list of CIDRs, and which of its entries were none. */
export interface Aggregate {
  /** The IPv4 CIDRs, from low to high. */
  v4: string[];
  /** The IPv6 CIDRs, from low to high. */
  v6: string[];
  /** The refused entries by their index in the list; the aggregate is that of the others. */
  faults: {
    /** The entry's index in the list, from 0. */
    index: number;
    /** Why it was refused. */
    fault: AddressFault;
  }[];
}

/**
 * The fewest CIDRs that cover exactly what the texts cover, of each family from low to high. Never throws: texts that
 * `parseCidr` refuses are reported beside the result.
 *
 * The same as parsing, `IntervalSet.fromCidrs`, `cidrs()` and `formatCidr`, without an object an entry on the way.
 */
export function minimalCidrs(texts: readonly string[]): Aggregate {
  let v4: Blocks | undefined;
  let v6: Blocks | undefined;
  const faults: Aggregate['faults'] = [];
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index]!;
    const isV6 = text.includes(':');
    const blocks = isV6 ? (v6 ??= new Blocks(6, texts.length)) : (v4 ??= new Blocks(4, texts.length));
    if (!blocks.addText(text)) faults.push({ index, fault: diagnose(text, 'CIDR') });
  }
  return { v4: minimalTexts(4, v4), v6: minimalTexts(6, v6), faults };
}

function minimalTexts(family: Family, blocks: Blocks | undefined): string[] {
  const texts: string[] = [];
  if (blocks === undefined) return texts;
  const page = new Page(texts);
  visitBlocks(family, blocks.flips(), (words, prefix) => page.add(formatBlock(family, words, 0, prefix)));
  page.finish();
  return texts;
}
