import { nftEntries } from '../core/dataplane/nft-listing';
import { type Fault, isFault } from './backend';
import type { Platform } from './platform/platform';
import { runTool } from './tool';

/** What `nft` listed. */
export interface Listing {
  /** Its entries. */
  readonly entries: readonly unknown[];
  /** Its text without counters: equal for equal rules. */
  readonly print: string;
}

/**
 * Lists with `nft`: `tables`, `chains`, or a table, chain or set by its name. One thing at a time: of several in one
 * call, 1.0.6 and 1.1.3 list the last one only. Never the whole ruleset: beside kube-proxy in nftables mode it has rules
 * for every Service, and with 2,000 of them `nft` takes a second and 100 MB.
 * @param before what was listed before: it need not be parsed again when the text is the same
 */
export async function listNft(platform: Platform, what: readonly string[], before?: Listing): Promise<Listing | Fault> {
  const command = ['nft', '-j', 'list', ...what];
  const answer = await runTool(platform, command);
  if (isFault(answer)) return answer;
  const text = answer.out.replace(/"(?:packets|bytes)": ?\d+/g, '');
  if (before?.print === text) return before;
  const entries = nftEntries(answer.out);
  return entries ? { entries, print: text } : { why: `"${command.join(' ')}" printed what is no list` };
}
