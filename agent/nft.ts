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

/** All tables and all chains, without their rules: two commands in one call. */
export const OVERVIEW = 'tables; list chains';

/**
 * How `nft` says that the kernel has no nfnetlink: then there is no nf_tables either, and nothing to be listed. Of a
 * kernel that has one without the other it says what may have other causes.
 */
const NO_NFNETLINK = /Unable to initialize Netlink socket: Protocol not supported/;

const NOTHING: Listing = { entries: [], print: '' };

/**
 * Lists with `nft`: the {@link OVERVIEW}, or a `table`, `chain` or `set` with its family and name. One of these at a time:
 * of several in one call, 1.0.6 and 1.1.3 know the last one only. Never the whole ruleset: beside kube-proxy in nftables
 * mode it has rules for every Service, and with 2,000 of them `nft` takes a second and 100 MB.
 * @param before what was listed before: it is the answer when it is still so
 */
export async function listNft(platform: Platform, what: string, before?: Listing): Promise<Listing | Fault> {
  const command = ['nft', '-j', 'list', ...what.split(' ')];
  const answer = await runTool(platform, command);
  if (isFault(answer)) return what === OVERVIEW && NO_NFNETLINK.test(answer.why) ? NOTHING : answer;
  // Names have no counters, and kube-proxy has many names.
  const text = what === OVERVIEW ? answer.out : answer.out.replace(/"(packets|bytes)": ?\d+/g, '"$1": 0');
  if (before?.print === text) return before;
  const commands = what === OVERVIEW ? 2 : 1;
  const entries = nftEntries(text, commands);
  if (!entries) return { why: `"${command.join(' ')}" printed what is no list` };
  return text.length > LONG ? longListing(text, commands) : { entries, print: text };
}

/** Entries of longer texts are made anew when they are asked for: they take ten times as much memory, and rarely are. */
const LONG = 2 ** 15;

function longListing(print: string, commands: number): Listing {
  return {
    print,
    get entries() {
      return nftEntries(print, commands)!;
    },
  };
}
