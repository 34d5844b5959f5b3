import { iptablesRuleset } from '../../core/dataplane/iptables-ruleset';
import { readIptablesSave } from '../../core/dataplane/iptables-save';
import { kernelMap } from '../../core/dataplane/kernel-map';
import { chainNames, nftEntries, postroutingChains, tablesOf, unlisted } from '../../core/dataplane/nft-listing';
import { readNftRuleset } from '../../core/dataplane/nft-ruleset';
import { decidingText } from '../../core/dataplane/saved-plan';
import { fixture, fixtures } from './fixtures';

/** Numbers that look random and are the same every time. */
export function randomness(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Random = (below: number) => number;

/** A reader that is given garbage. */
export interface Target {
  readonly name: string;
  /** Makes one input. */
  readonly input: (random: Random) => string;
  /** Reads it to the end, and says whether it was taken; whatever it throws is a defect. */
  readonly read: (input: string) => boolean;
}

const SAVES = fixtures('.save').map(fixture);
const WORDS =
  '! -d -s -p -m -j -g -A :POSTROUTING COMMIT *nat 0.0.0.0/0 ::/0 203.0.113.0/24 10.0.0.0/255.0.255.0 --mark 0x4000/0x4000 MARK --set-xmark mark statistic --mode random --probability 0.5 1e999 set --match-set x dst MASQUERADE --to-ports 1-9 SNAT --to-source RETURN POSTROUTING IP-MASQ-AGENT "a "\\ # [0:0] \u0000 \ud800 -1 4294967296'.split(
    ' ',
  );

/** iptables-save: recorded dumps with words, lines and characters changed. */
export const SAVE: Target = {
  name: 'iptables-save',
  input: random => {
    const lines = SAVES[random(SAVES.length)]!.split('\n');
    for (let changes = 1 + random(6); changes > 0; changes--) changeLine(lines, random);
    return lines.join('\n');
  },
  read: input => {
    const dump = readIptablesSave(input);
    if (!dump.ok || !dump.table) return false;
    decidingText(dump.table);
    kernelMap(iptablesRuleset(4, dump.table));
    kernelMap(iptablesRuleset(6, dump.table));
    return true;
  },
};

function changeLine(lines: string[], random: Random): void {
  const at = random(lines.length);
  const words = (lines[at] ?? '').split(' ');
  const word = WORDS[random(WORDS.length)]!;
  switch (random(6)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, lines[random(lines.length)] ?? '');
      break;
    case 2:
      words[random(words.length)] = word;
      lines[at] = words.join(' ');
      break;
    case 3:
      words.splice(random(words.length + 1), 0, word);
      lines[at] = words.join(' ');
      break;
    case 4:
      words.splice(random(words.length), 1);
      lines[at] = words.join(' ');
      break;
    default:
      lines[at] = (lines[at] ?? '').slice(0, random(200)) + String.fromCharCode(random(0x300));
  }
}

const RULESETS = fixtures('.json').map(name => fixture(name));
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  2 ** 40,
  '',
  '@preserved',
  '203.0.113.1',
  '2001:db8::1',
  'local',
  [],
  {},
  { set: [] },
  { set: [{ set: ['203.0.113.1'] }] },
  { range: ['203.0.113.1', '203.0.113.9'] },
  { range: ['::', '203.0.113.9'] },
  { prefix: { addr: '203.0.113.0', len: 99 } },
  { elem: { val: '203.0.113.1', timeout: 5 } },
  { jump: { target: 'masquerading' } },
  { goto: { target: 'postrouting' } },
  { meta: { key: 'mark' } },
];

/** `nft -j`: recorded rulesets with values replaced, removed and repeated anywhere. */
export const NFT: Target = {
  name: 'nft -j',
  input: random => {
    const json: unknown = JSON.parse(RULESETS[random(RULESETS.length)]!);
    for (let changes = 1 + random(6); changes > 0; changes--) changeValue(json, random);
    return JSON.stringify(json);
  },
  read: input => {
    const nftables = nftEntries(input);
    if (!nftables) return false;
    tablesOf(nftables);
    chainNames(nftables);
    postroutingChains(nftables);
    const read = ([4, 6] as const).map(family => readNftRuleset(family, { nftables }));
    for (const one of read) {
      if (!one) continue;
      unlisted(one);
      kernelMap(one.ruleset, { sets: one.sets });
      const saved = new Map([...one.ruleset.chains].map(([name, { rules }]) => [name, rules]));
      const again = readNftRuleset(one.ruleset.family, { nftables }, { saved });
      if (again) kernelMap(again.ruleset, { sets: again.sets });
    }
    return read.every(one => one !== undefined);
  },
};

function changeValue(root: unknown, random: Random): void {
  let holder = root as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(holder);
    if (keys.length === 0) return;
    const key = keys[random(keys.length)]!;
    const value = holder[key];
    if (typeof value === 'object' && value !== null && random(6) > 0) {
      holder = value as Record<string, unknown>;
      continue;
    }
    if (Array.isArray(holder) && random(3) === 0) holder.splice(random(holder.length), random(2), value);
    else if (random(8) === 0) delete holder[key];
    else holder[key] = structuredClone(VALUES[random(VALUES.length)]);
    return;
  }
}

/** What a run showed. */
export interface FuzzResult {
  /** How many inputs were read to the end and taken. */
  readonly taken: number;
  /** The longest time for one input, in milliseconds. */
  readonly slowest: number;
}

/** Feeds a reader with `count` inputs. What it throws is thrown on, with the input. */
export function fuzz(target: Target, count: number, seed = 1): FuzzResult {
  const random = randomness(seed);
  let taken = 0;
  let slowest = 0;
  for (let i = 0; i < count; i++) {
    const input = target.input(random);
    const start = performance.now();
    try {
      if (target.read(input)) taken++;
    } catch (error) {
      throw new Error(`${target.name}, input ${i} of seed ${seed}: ${error}\n${input}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  return { taken, slowest };
}
