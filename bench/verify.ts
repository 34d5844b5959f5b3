import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cidr, formatCidr } from '../core/address';
import { CidrList } from '../core/address/cidr-list';
import { chainRules, jumpRule } from '../core/dataplane/iptables-text';
import type { FamilyPlan } from '../core/dataplane/plan';
import { dumpOf, INTENT, kubeProxy, PLAN } from '../test/dump/nodes';
import { MASQ, median, table } from './child';

const RULES = 100_000;

/** A node's rules with what is asked of them. */
interface Case {
  readonly name: string;
  readonly rules: readonly string[];
  readonly intent: string;
}

/** Neighbours, and what is preserved beside them: an intent says them in a few blocks, and the chain has a rule for each. */
const BLOCKS = Array.from({ length: RULES }, (_, n) => `${11 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.0/24`);
const LISTED: FamilyPlan = {
  ...PLAN.families[0]!,
  preserved: new CidrList(4, ['169.254.0.0/16', '10.244.0.0/16', '192.168.1.0/24', ...BLOCKS].map(cidr)),
};
const FEW = '[11.0.0.0/8, 12.0.0.0/9, 12.128.0.0/14, 12.132.0.0/15, 12.134.0.0/17, 12.134.128.0/19]';
const LISTING = INTENT.replace('[10.0.0.0/8]', FEW);

/** A chain of the agent with these rules. */
function list(rules: readonly string[]): string[] {
  return [`-A POSTROUTING ${jumpRule(PLAN.chain)}`, ...rules.map(rule => `-A ${PLAN.chain} ${rule}`)];
}

const CASES: readonly Case[] = [
  {
    name: 'kube-proxy',
    rules: [...kubeProxy(Math.ceil(RULES / 8)).slice(0, RULES), '@agent'],
    intent: INTENT,
  },
  { name: "the agent's list", rules: list(chainRules(LISTED)), intent: LISTING },
  {
    name: 'a list without comments',
    rules: list([...LISTED.preserved.map(formatCidr).map(to => `-d ${to} -j RETURN`), '-j MASQUERADE --random-fully']),
    intent: LISTING,
  },
];

/**
 * What `masq verify` takes for a node with 100,000 rules, beside what `iptables-save` took to print them: in turns, in a
 * network of its own, by the wall and by the processor.
 */
function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'masq-bench-'));
  try {
    const rows = CASES.flatMap((one, n) => {
      writeFileSync(join(folder, `rules${n}`), dumpOf(one.rules));
      writeFileSync(join(folder, `intent${n}.yaml`), one.intent);
      return [row(folder, one.name, n, 'legacy', 7), row(folder, one.name, n, 'nft', 1)];
    });
    const head = [
      'rules',
      'of',
      'printed by',
      'wall ms',
      'CPU ms',
      'verify, wall ms',
      'CPU ms',
      'ratio of CPU',
      'target',
    ];
    console.log(table([head, ...rows]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param rounds how often both are measured; `iptables-nft-save` takes many seconds */
function row(folder: string, name: string, n: number, flavour: string, rounds: number): string[] {
  const script = `
    PATH=$PATH:/usr/sbin:/sbin
    took() { TIMEFORMAT='%R %U %S'; { time "$@" 2>/dev/null; } 2>&1 >out; }
    iptables-${flavour}-restore <rules${n}
    for round in $(seq ${rounds + (rounds > 1 ? 1 : 0)}); do
      took iptables-${flavour}-save
      cp out dump
      took ${process.execPath} ${MASQ} verify intent${n}.yaml --against dump || true
      grep -q " 1 proven" out || { cat out; exit 1; }
    done
    grep -c '^-A' dump`;
  const { status, stdout, stderr } = spawnSync('unshare', [...NAMESPACE, 'bash', '-ec', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name}, ${flavour}: ${stdout}${stderr}`);
  const lines = stdout.trim().split('\n');
  const count = Number(lines.pop());
  // The first round warms up.
  const figures = lines.slice(rounds > 1 ? 2 : 0).map(line => {
    const [wall, user, system] = line.split(' ').map(Number) as [number, number, number];
    return { wall: wall * 1000, cpu: (user + system) * 1000 };
  });
  const of = (odd: 0 | 1, what: 'wall' | 'cpu'): number =>
    median(figures.filter((_, i) => i % 2 === odd).map(one => one[what]));
  const shown = [of(0, 'wall'), of(0, 'cpu'), of(1, 'wall'), of(1, 'cpu')].map(ms => ms.toFixed(0));
  return [
    count.toLocaleString('en'),
    name,
    `iptables-${flavour}-save`,
    ...shown,
    (of(1, 'cpu') / of(0, 'cpu')).toFixed(2),
    '1',
  ];
}

/** A network namespace of one's own; a user who is not root becomes root in it. */
const NAMESPACE = process.getuid?.() === 0 ? ['-n'] : ['-Urn'];

main();
