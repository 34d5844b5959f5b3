import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family, Partition } from '../../core/address';
import { iptablesRuleset } from '../../core/dataplane/iptables-ruleset';
import { readIptablesSave } from '../../core/dataplane/iptables-save';
import { type KernelDecision, kernelMap } from '../../core/dataplane/kernel-map';
import { readNftRuleset } from '../../core/dataplane/nft-ruleset';

/** Where what the kernel's tools print is kept, with the map that it denotes. */
export const FIXTURES = join(__dirname, '../fixtures/dataplane');

/** The names of the files there with an ending. */
export function fixtures(ending: string): string[] {
  return readdirSync(FIXTURES).filter(name => name.endsWith(ending));
}

/** A file's text. */
export function fixture(name: string): string {
  return readFileSync(join(FIXTURES, name), 'utf8');
}

/** The map of what iptables-save printed; a dump that is refused, or without a nat table, is an error. */
export function savedMap(family: Family, dump: string): Partition<KernelDecision> {
  const read = readIptablesSave(dump);
  if (!read.ok) throw new Error(`line ${read.line} is refused: ${read.text}`);
  if (!read.table) throw new Error('there is no nat table');
  return kernelMap(iptablesRuleset(family, read.table));
}

/** The map of what `nft -j list ruleset` printed. */
export function nftMap(family: Family, json: string): Partition<KernelDecision> {
  const read = readNftRuleset(family, JSON.parse(json));
  if (!read) throw new Error('it is no ruleset of nft');
  return kernelMap(read.ruleset, { sets: read.sets });
}
