/**
 * `minimalCidrs` beside cidr-tools and, for IPv4, Debian's iprange: strings in, minimal strings out, over prefixes like
 * those of a routing table. The rivals take turns in child processes of their own, so that a noisy neighbour disturbs
 * them alike, and the median of all rounds counts.
 *
 * cold: loading the module and the first call; warm: a call after a quarter of a second of them; process: a whole
 * process that reads a file and prints the result. Ratios above 1 say how much longer the rival takes.
 *
 *     node --import tsx bench/aggregate.ts [largest size]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { BITS, type Family, formatCidr, WORDS } from '../core/address';
import { withoutHostBits } from '../core/address/words';

const SIZES = [10, 100, 1_000, 10_000, 100_000, 1_000_000];
const IPRANGE = '/usr/bin/iprange';

/** Random numbers that are the same in every run: mulberry32 (Tommy Ettinger, public domain). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Shares in percent of prefix lengths from one to another, as a routing table has them, and some single hosts. */
const SHARES: Record<Family, readonly (readonly [share: number, from: number, to: number])[]> = {
  4: [
    [0.05, 8, 15],
    [1.5, 16, 19],
    [27, 20, 23],
    [60, 24, 24],
    [11.45, 25, 32],
  ],
  6: [
    [0.5, 19, 28],
    [35, 29, 47],
    [45, 48, 48],
    [9.5, 49, 64],
    [10, 128, 128],
  ],
};

function prefixLength(family: Family, random: (below: number) => number): number {
  let dice = random(10_000) / 100;
  for (const [share, from, to] of SHARES[family]) {
    if (dice < share) return from + random(to - from + 1);
    dice -= share;
  }
  return BITS[family];
}

/** Random CIDRs of one family, in no order. */
export function routes(family: Family, count: number): string[] {
  const random = generator(family * 1000 + count);
  return Array.from({ length: count }, () => {
    const prefix = prefixLength(family, random);
    const words = Uint32Array.from({ length: WORDS[family] }, () => random(2 ** 32));
    if (family === 6) words[0] = 0x20000000 | (words[0]! & 0x0fffffff);
    return formatCidr({ family, words: withoutHostBits(words, prefix), prefix });
  });
}

/** One rival in TypeScript: what its child imports, and the call on `lines`. */
interface Rival {
  readonly name: string;
  readonly source: string;
}

const rival = (name: string, module: string, imported: string, call: string): Rival => ({
  name,
  source: `
    const { readFileSync } = require('node:fs');
    const lines = readFileSync(process.argv[2], 'utf8').trimEnd().split('\\n');
    const now = () => Number(process.hrtime.bigint()) / 1e6;
    const start = now();
    const { ${imported} } = require('${module}');
    const run = () => (${call}).join('\\n');
    const text = run();
    const cold = now() - start;
    if (process.argv[3] === 'print') process.stdout.write(text);
    else {
      const times = [];
      for (const [warm, end] = [now() + 250, now() + 750]; times.length < 2 || now() < end;) {
        const before = now();
        run();
        if (before > warm) times.push(now() - before);
      }
      times.sort((a, b) => a - b);
      console.log(JSON.stringify({ cold, warm: times[times.length >> 1], left: text.split('\\n').length }));
    }
  `,
});

const MASQ = rival(
  'masq',
  './core/address',
  'minimalCidrs',
  "minimalCidrs(lines)[lines[0].includes(':') ? 'v6' : 'v4']",
);
const CIDR_TOOLS = rival('cidr-tools', 'cidr-tools', 'mergeCidr', 'mergeCidr(lines)');

/** One file a rival, so that none pays for resolving modules. */
function build(folder: string, { name, source }: Rival): string {
  const outfile = join(folder, `${name}.cjs`);
  buildSync({
    stdin: { contents: source, resolveDir: join(__dirname, '..'), loader: 'ts' },
    bundle: true,
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

interface Figures {
  readonly cold: number;
  readonly warm: number;
  readonly left: number;
}

function child(command: string, args: readonly string[]): { ms: number; text: string } {
  const start = performance.now();
  const { stdout, status, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return { ms: performance.now() - start, text: stdout };
}

const figures = (script: string, input: string): Figures => JSON.parse(child(process.execPath, [script, input]).text);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

const ms = (value: number): string => value.toFixed(value < 1 ? 4 : value < 10 ? 2 : 0).padStart(8);
const ratio = (theirs: number, ours: number): string => `${(theirs / ours).toFixed(2)}x`.padStart(8);

function compare(folder: string, masq: string, cidrTools: string, family: Family, size: number): void {
  const input = join(folder, `v${family}-${size}`);
  writeFileSync(input, `${routes(family, size).join('\n')}\n`);
  const hasIprange = family === 4 && size >= 10_000 && existsSync(IPRANGE);
  const ours: Figures[] = [];
  const theirs: Figures[] = [];
  const whole: number[] = [];
  const iprange: number[] = [];
  for (let round = 0; round < (size < 1_000_000 ? 7 : 3); round++) {
    ours.push(figures(masq, input));
    theirs.push(figures(cidrTools, input));
    if (!hasIprange) continue;
    whole.push(child(process.execPath, [masq, input, 'print']).ms);
    const { ms, text } = child(IPRANGE, [input]);
    iprange.push(ms);
    if (text.trimEnd().split('\n').length !== ours[0]!.left) throw new Error('iprange does not agree');
  }
  if (ours[0]!.left !== theirs[0]!.left) throw new Error('cidr-tools does not agree');
  const row = [`v${family} ${String(size).padStart(8)} -> ${String(ours[0]!.left).padStart(7)}`];
  for (const kind of ['cold', 'warm'] as const) {
    const mine = median(ours.map(figure => figure[kind]));
    const other = median(theirs.map(figure => figure[kind]));
    row.push(ms(mine) + ms(other) + ratio(other, mine));
  }
  if (hasIprange) {
    const [other, warm] = [median(iprange), median(ours.map(figure => figure.warm))];
    row.push(ms(other) + ratio(other, warm), ms(median(whole)) + ratio(other, median(whole)));
  }
  console.log(row.join('  |'));
}

function main(): void {
  const largest = Number(process.argv[2] ?? SIZES.at(-1));
  const folder = mkdtempSync(join(tmpdir(), 'masq-bench-'));
  try {
    const [masq, cidrTools] = [build(folder, MASQ), build(folder, CIDR_TOOLS)];
    console.log('ms; cidr-tools against masq, cold and warm; iprange (process) against masq warm, and as a process');
    console.log(
      `${' '.repeat(23)}  |    masq  c-tools   cold  |    masq c-tools    warm  | iprange    warm  |    masq process`,
    );
    for (const family of [4, 6] as const) {
      for (const size of SIZES) if (size <= largest) compare(folder, masq, cidrTools, family, size);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
