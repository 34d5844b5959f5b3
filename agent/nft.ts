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
 * Lists with `nft`: the {@link OVERVIEW}, or a `table`, `chain` or `set` with its family and name. Never the whole
 * ruleset: beside kube-proxy in nftables mode it has rules for every Service, and with 2,000 of them `nft` takes a second
 * and 100 MB.
 * @param before what was listed before: it is the answer when it is still so
 */
export async function listNft(platform: Platform, what: string, before?: Listing): Promise<Listing | Fault> {
  const command = ['nft', '-j', 'list', ...what.split(' ')];
  const answer = await runTool(platform, command);
  if (isFault(answer)) return what === OVERVIEW && NO_NFNETLINK.test(answer.why) ? NOTHING : answer;
  return listingOf(what, answer.out, before) ?? { why: `"${command.join(' ')}" printed what is no list` };
}

/**
 * Lists chains and sets, all of them in one process: to start one takes ten times as long as to list a chain.
 * @param before what was listed before, by what was asked
 * @returns by what was asked, in the same order
 */
export async function listEachNft(
  platform: Platform,
  whats: readonly string[],
  before: ReadonlyMap<string, Listing>,
): Promise<ReadonlyMap<string, Listing> | Fault> {
  const lines = await typed(platform, whats);
  const listings = new Map<string, Listing>();
  for (const [n, what] of whats.entries()) {
    const last = before.get(what);
    const listed = lines && listingOf(what, lines[n]!, last);
    const listing = listed ?? (await listNft(platform, what, last));
    if (isFault(listing)) return listing;
    listings.set(what, listing);
  }
  return listings;
}

/** What may stand on a line that is typed, of names that `nft` reads as they are. */
const TYPED = /^[\w./ -]+$/;

/**
 * The answers to lines that `nft` reads as if somebody typed them, one after the other: of several commands in one call,
 * 1.0.6 and 1.1.3 know the last one's rules only. Undefined where that cannot be done, or not every line has its answer:
 * then each one is asked by itself, and says what is wrong.
 */
async function typed(platform: Platform, whats: readonly string[]): Promise<readonly string[] | undefined> {
  if (whats.length < 2 || !whats.every(what => TYPED.test(what))) return undefined;
  const answer = await runTool(platform, ['nft', '-j', '-i'], whats.map(what => `list ${what}\n`).join(''));
  if (isFault(answer)) return undefined;
  const lines = answer.out.split('\n').filter(line => line !== '');
  return lines.length === whats.length ? lines : undefined;
}

function listingOf(what: string, out: string, before: Listing | undefined): Listing | undefined {
  const lines = out.trimEnd();
  // Names have no counters, and kube-proxy has many names.
  const text = what === OVERVIEW ? lines : lines.replace(/"(packets|bytes)": ?\d+/g, '"$1": 0');
  if (before?.print === text) return before;
  const commands = what === OVERVIEW ? 2 : 1;
  const entries = nftEntries(text, commands);
  if (!entries) return undefined;
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
