import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { TestNode } from '../test/agent/node-lab';
import { agentFile, type FileFormat } from './agent-files';
import { median, table } from './child';
import { type Flows, flowsThrough } from './first-packet';
import { ResidentAgent } from './resident-agent';

const EXECUTABLE = resolve('build/masq-agent');
const BACKENDS = ['iptables', 'nftables'] as const;
type Backend = (typeof BACKENDS)[number];

const LENGTHS = [10, 64, 1000, 10_000];
const STARTS = 11;
const RESYNCS = 60;

/** The executable, measured beside the tools that it runs, in a network of its own. */
async function main(): Promise<void> {
  if (!existsSync(EXECUTABLE)) throw new Error('there is no build/masq-agent; run "npm run build:agent" first');
  const size = statSync(EXECUTABLE).size;
  console.log(`executable: ${size} bytes (target 3,000,000; the Go agent recorded elsewhere: 13.7 MB)\n`);
  const node = await TestNode.start();
  try {
    starts(node);
  } finally {
    await node.stop();
  }
  await residents();
  await firstPackets();
}

/** What the Go agent took on another machine of this kind: shared/COMPARE.md has no more lengths than these. */
const GO_START: Readonly<Record<number, string>> = { 10: '19', 64: '19', 1000: '39', 10000: '174' };
const START_TARGET: Readonly<Record<string, string>> = {
  '64 json': '15',
  '64 yaml': '15',
  '10000 json': '200',
  '10000 yaml': '400',
};

function starts(node: TestNode): void {
  const rows: string[][] = [];
  for (const length of LENGTHS) {
    for (const format of ['json', 'yaml'] as const) {
      for (const backend of BACKENDS) rows.push(startRow(node, length, format, backend));
    }
  }
  const head = [
    'CIDRs',
    'file',
    'backend',
    'rules ms, least',
    'median',
    'of it the tools alone, least',
    'median',
    'proven ms, least',
    'target',
    'Go, elsewhere',
  ];
  console.log('from exec to the rules in the kernel, and to their proof:');
  console.log(`${table([head, ...rows])}\n`);
}

function startRow(node: TestNode, length: number, format: FileFormat, backend: Backend): string[] {
  node.configure(agentFile(length, format));
  const lines = node.sh('exec bash -e -s', startScript(node, backend)).trim().split('\n');
  const figures = lines.map(line => line.split(' ').map(Number) as [number, number, number]);
  const of = (n: 0 | 1 | 2): number[] => figures.map(all => all[n] / 1000);
  const [rules, proven, tools] = [of(0), of(1), of(2)];
  const shown = [Math.min(...rules), median(rules), Math.min(...tools), median(tools), Math.min(...proven)];
  const target = START_TARGET[`${length} ${format}`] ?? '';
  return [String(length), format, backend, ...shown.map(ms => ms.toFixed(1)), target, GO_START[length] ?? ''];
}

/**
 * Starts the agent again and again, and beside it the tools that it calls until the rules are there, with the same text.
 * `nft monitor` tells when the kernel has them. Prints microseconds to the rules, to the agent's end, and of the tools.
 */
function startScript({ config }: TestNode, backend: Backend): string {
  const agent = `${EXECUTABLE} --once --config=${config} --backend=${backend}`;
  const tools =
    backend === 'iptables'
      ? 'iptables-nft-save -t nat >/dev/null; iptables-nft-restore --noflush <text'
      : "nft -j list 'tables; list chains' >/dev/null; nft -j -f - <text";
  return `
    clear() {
      nft delete table ip nat 2>/dev/null || true
      nft delete table ip masq-agent 2>/dev/null || true
      iptables-nft -t nat -N WARM
    }
    await() { while ! grep -qE "$1" seen; do sleep 0.002; done; }
    # Until a line comes, which is the moment at which the kernel has the chain.
    rm -f events && mkfifo events
    while read -r line; do echo "$EPOCHREALTIME $line" >>seen; done <events >/dev/null 2>&1 &
    nft monitor new chains >events 2>/dev/null & monitor=$!
    : >seen
    sleep 0.3
    ${EXECUTABLE} --dry-run --config=${config} --backend=${backend} 2>/dev/null | sed 1d >text
    micros() { grep -m1 -E 'IP-MASQ-AGENT|masq-agent' seen | { read -r at rest; echo $((\${at/./} - \${1/./})); }; }
    for n in $(seq ${STARTS}); do
      clear; await WARM; : >seen
      start=$EPOCHREALTIME
      ${agent} 2>/dev/null
      end=$EPOCHREALTIME
      await 'IP-MASQ-AGENT|masq-agent'
      once="$(micros $start) $((\${end/./} - \${start/./}))"
      clear; await WARM; : >seen
      start=$EPOCHREALTIME
      ${tools}
      await 'IP-MASQ-AGENT|masq-agent'
      echo "$once $(micros $start)"
    done
    kill $monitor`;
}

const RESIDENT_TARGET: Readonly<Record<number, string>> = { 64: '4096', 10000: '12288' };
const GO_RESIDENT: Readonly<Record<number, string>> = { 10: '15–16 MB', 10000: '22/28 MB' };
const GO_IDLE: Readonly<Record<number, string>> = { 10: '2.5', 10000: '52' };

async function residents(): Promise<void> {
  const rows: string[][] = [];
  for (const length of [10, 64, 10_000]) {
    for (const format of ['json', 'yaml'] as const) {
      for (const backend of BACKENDS) rows.push(await residentRow(length, format, backend));
    }
  }
  const head = [
    'CIDRs',
    'file',
    'backend',
    'KiB',
    'at the peak',
    'target',
    'Go, elsewhere',
    'own CPU ms a resync, least',
    'median',
    'target',
    'Go, elsewhere',
  ];
  console.log(`resident memory after ${RESYNCS} idle resyncs, and what one of them takes:`);
  console.log(`${table([head, ...rows])}\n`);
}

async function residentRow(length: number, format: FileFormat, backend: Backend): Promise<string[]> {
  const node = await TestNode.start();
  try {
    node.configure(agentFile(length, format));
    const agent = new ResidentAgent(node.start([EXECUTABLE], [`--backend=${backend}`]).child.pid!);
    await agent.ready();
    const costs: number[] = [];
    for (let n = 0; n < RESYNCS; n++) {
      const before = agent.footprint().cpu;
      await agent.resync();
      costs.push(agent.footprint().cpu - before);
    }
    const { resident, peak } = agent.footprint();
    return [
      ...[String(length), format, backend, String(resident), String(peak)],
      ...[RESIDENT_TARGET[length] ?? '', GO_RESIDENT[length] ?? ''],
      ...[Math.min(...costs).toFixed(2), median(costs).toFixed(2), length === 64 ? '1' : '', GO_IDLE[length] ?? ''],
    ];
  } finally {
    await node.stop();
  }
}

const ROUNDS = 99;

/** Flows through few and through many destinations, in turns. */
async function firstPackets(): Promise<void> {
  const rows: string[][] = [];
  for (const backend of BACKENDS) {
    const nodes = await Promise.all([10, 10, 10_000].map(length => nodeWith(length, backend)));
    try {
      const flows = nodes.map(flowsThrough);
      rows.push([backend, ...firstPacketRow(flows), backend === 'nftables' ? '1.1' : '']);
      for (const { stop } of flows) stop();
    } finally {
      for (const node of nodes) await node.stop();
    }
  }
  const head = ['backend', 'ns at 10 CIDRs, least', 'at 10,000', 'ratio', 'median of rounds', 'of 10 to 10', 'target'];
  console.log(`a flow's first packet, from a pod to the outside, ${ROUNDS} rounds in turns:`);
  console.log(table([head, ...rows]));
}

/** Few destinations, as many again, and many: what differs between the first two is the machine's noise. */
function firstPacketRow(flows: readonly Flows[]): string[] {
  const all: number[][] = flows.map(() => []);
  // The first round warms up; then each takes its turn to be the first.
  for (let round = -1; round < ROUNDS; round++) {
    for (const n of flows.keys()) {
      const turn = (n + round + 1) % flows.length;
      const nanoseconds = flows[turn]!.send();
      if (round >= 0) all[turn]!.push(nanoseconds);
    }
  }
  const [few, again, many] = all as [number[], number[], number[]];
  const least = [Math.min(...few, ...again), Math.min(...many)] as const;
  const ratio = (of: readonly number[]): string => median(of.map((ns, i) => ns / few[i]!)).toFixed(3);
  return [...least.map(ns => ns.toFixed(0)), (least[1] / least[0]).toFixed(3), ratio(many), ratio(again)];
}

async function nodeWith(length: number, backend: Backend): Promise<TestNode> {
  const node = await TestNode.start();
  node.configure(agentFile(length, 'json'));
  const { status, stderr } = node.once([EXECUTABLE], [`--backend=${backend}`]);
  if (status !== 0) throw new Error(stderr);
  return node;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
