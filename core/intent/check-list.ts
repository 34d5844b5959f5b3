import { type Cidr, cidrContains, compareCidrs, FAMILIES } from '../address';
import type { Entry } from './entry';
import type { Findings } from './findings';

interface Block {
  readonly cidr: Cidr;
  readonly entry: Entry;
  readonly order: number;
}

/**
 * Reports entries that say nothing new: the same range twice, or a range inside another entry.
 * Works on whole entries: a name counts as covered only when all of its CIDRs are.
 */
export function checkRedundancy(entries: readonly Entry[], findings: Findings): void {
  const blocks: Block[] = entries.flatMap((entry, order) => blocksOf(entry).map(cidr => ({ cidr, entry, order })));
  blocks.sort((a, b) => compareCidrs(a.cidr, b.cidr) || a.order - b.order);
  const coveredBy = new Map<Entry, { covered: number; by: Entry | undefined }>();
  const open: Block[] = [];
  for (const block of blocks) {
    while (open.length > 0 && !cidrContains(open[open.length - 1]!.cidr, block.cidr)) open.pop();
    const outer = open.find(candidate => candidate.entry !== block.entry);
    if (outer) {
      const count = coveredBy.get(block.entry) ?? { covered: 0, by: outer.entry };
      coveredBy.set(block.entry, { covered: count.covered + 1, by: count.by });
    }
    open.push(block);
  }
  for (const entry of entries) {
    const found = coveredBy.get(entry);
    if (found?.by && found.covered === blocksOf(entry).length) report(entry, found.by, findings);
  }
}

function blocksOf(entry: Entry): readonly Cidr[] {
  return entry.exceptions.length > 0 ? [...entry.sets[4].cidrs(), ...entry.sets[6].cidrs()] : entry.cidrs;
}

/** The entry as written, with a word on its exceptions. */
function nameOf(entry: Entry): string {
  return entry.exceptions.length > 0 ? `"${entry.text}" with its exceptions` : `"${entry.text}"`;
}

function report(entry: Entry, by: Entry, findings: Findings): void {
  const earlier = { ...findings.document.at(by.path), message: `${nameOf(by)} stands here` };
  const same = entry.sets[4].equals(by.sets[4]) && entry.sets[6].equals(by.sets[6]);
  if (same) {
    const message =
      entry.text === by.text
        ? `"${entry.text}" is listed twice`
        : `${nameOf(entry)} is the same range as ${nameOf(by)}`;
    findings.add('MQ120', entry.path, { message: `${message}; remove one`, related: [earlier] });
  } else {
    const message = `${nameOf(entry)} lies inside ${nameOf(by)} of the same list; remove it`;
    findings.add('MQ121', entry.path, { message, related: [earlier] });
  }
}

/** Whether exceptions leave an entry without addresses. */
export function isEmptied(entry: Entry): boolean {
  return entry.exceptions.length > 0 && FAMILIES.every(family => entry.sets[family].isEmpty());
}

/** Reports entries of which exceptions leave nothing. */
export function checkEmptied(entries: readonly Entry[], findings: Findings): void {
  for (const { text, path } of entries.filter(isEmptied)) {
    findings.add('MQ124', path, `the exceptions leave nothing of "${text}"; remove the entry`);
  }
}
