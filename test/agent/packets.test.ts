import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STATE_FILE } from '../../agent/state';
import { address, cidr, FAMILIES, type Family, formatAddress, setsOf } from '../../core/address';
import { type AgentFlags, parseAgentFlags } from '../../core/agentfile/flags';
import { readAgentFile } from '../../core/agentfile/read';
import { SourceText } from '../../core/source';
import { type AgentConfig, agentTreatment } from '../../core/treatment/agentfile';
import type { TreatmentMap } from '../../core/treatment/map';
import type { Treatment } from '../../core/treatment/treatment';
import { type Answer, type Host, PROTOCOLS, type Protocol, type Question } from '../lab/host';
import { hasLab, Lab } from '../lab/lab';
import type { Node, Pod } from '../lab/machines';
import { addProxyRules, type ProxyMode, SERVICES } from './proxy-rules';
import { buildProgram, isBuildable } from './runtimes';

/** What the agent writes its rules with; legacy iptables locks a file of the machine's, which only root can. */
const BACKENDS = [
  'iptables-nft',
  ...(process.getuid?.() === 0 ? (['iptables-legacy'] as const) : []),
  'nftables',
] as const;
type BackendName = (typeof BACKENDS)[number];

/** What is outside of the cluster; some of it is what a company has inside of its own network. */
const OUTSIDE: readonly string[] = [
  '203.0.113.0/24',
  '198.51.100.0/24',
  '10.1.0.0/16',
  '172.16.0.0/12',
  '192.168.100.0/24',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '240.0.0.0/8',
  '2001:db8::/32',
  'fd00:10:1::/48',
];

/** Addresses outside that are asked whatever the configuration is, beside those at the edges of its ranges. */
const ALWAYS: Readonly<Record<Family, readonly string[]>> = {
  4: [
    '203.0.113.0',
    '203.0.113.7',
    '203.0.113.255',
    '198.51.100.9',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.100.9',
    '100.64.0.1',
    '169.254.0.1',
    '169.254.169.254',
    '240.0.0.1',
  ],
  6: ['2001:db8::', '2001:db8::7', '2001:db8:7::7', '2001:db8:ffff:ffff::7', 'fd00:10:1::7', 'fd00:10:1:ffff::7'],
};

interface Case {
  readonly name: string;
  /** The agent's file; absent: there is none. */
  readonly file?: string;
  readonly flags: readonly string[];
  /** Rules of kube-proxy, and whether they are there before the agent's. */
  readonly proxy?: { readonly mode: ProxyMode; readonly isFirst: boolean };
}

/** A file with a list. */
function listing(...cidrs: readonly string[]): string {
  return JSON.stringify({ nonMasqueradeCIDRs: cidrs });
}

const CLUSTER = ['10.244.0.0/16', '192.168.1.0/24', 'fd00:10:244::/48', 'fd00:192:168:1::/64'];
const PARTNERS = [...CLUSTER, '203.0.113.0/25', '2001:db8::/48'];

const CASES: readonly Case[] = [
  { name: 'no file', flags: [] },
  { name: 'no file, all reserved ranges', flags: ['--nomasq-all-reserved-ranges', '--enable-ipv6'] },
  { name: 'the cluster', file: listing(...CLUSTER), flags: ['--enable-ipv6'] },
  { name: 'partners outside', file: listing(...PARTNERS), flags: ['--enable-ipv6'] },
  { name: 'an empty list', file: listing(), flags: ['--enable-ipv6'] },
  { name: '/0', file: listing('0.0.0.0/0', '::/0'), flags: ['--enable-ipv6'] },
  {
    name: '/32 and /128',
    file: listing('203.0.113.7/32', '10.1.2.3/32', '2001:db8::7/128', 'fd00:10:1::7/128'),
    flags: ['--enable-ipv6'],
  },
  {
    name: 'a hundred ranges that overlap and touch',
    file: JSON.stringify({
      nonMasqueradeCIDRs: [
        ...Array.from({ length: 50 }, (_, i) => `10.1.${i * 5}.0/${i % 2 ? 24 : 29}`),
        ...Array.from({ length: 50 }, (_, i) => `2001:db8:${(i * 5).toString(16)}::/${i % 2 ? 48 : 64}`),
        '172.16.0.0/13',
        '172.20.0.0/14',
        '172.24.0.0/16',
        '203.0.113.128/25',
        '203.0.113.192/26',
      ],
      cidrLimit: 200,
    }),
    flags: ['--enable-ipv6'],
  },
  {
    name: 'link-local masqueraded',
    file: 'nonMasqueradeCIDRs: [10.0.0.0/8, "fd00::/8"]\nmasqLinkLocal: true\nmasqLinkLocalIPv6: true\n',
    flags: ['--enable-ipv6'],
  },
  {
    name: 'link-local masqueraded, IPv6 alone',
    file: 'nonMasqueradeCIDRs: [10.0.0.0/8, "fd00::/8"]\nmasqLinkLocalIPv6: true\n',
    flags: ['--enable-ipv6', '--to-ports=30000-39999'],
  },
  { name: 'source ports in a range', file: listing(...PARTNERS), flags: ['--enable-ipv6', '--to-ports=30000-30999'] },
  {
    name: 'source ports in several ranges',
    file: listing(...CLUSTER),
    flags: ['--enable-ipv6', '--to-ports=30000-39999,50000-59999'],
  },
  { name: 'one source port', file: listing(...PARTNERS), flags: ['--enable-ipv6', '--to-ports=5000'] },
  { name: 'source ports kept', file: listing(...PARTNERS), flags: ['--enable-ipv6', '--random-fully=false'] },
  {
    name: 'source ports in a range, in order',
    file: listing(...PARTNERS),
    flags: ['--enable-ipv6', '--random-fully=false', '--to-ports=30000-30999'],
  },
  { name: 'IPv6 off', file: listing(...PARTNERS), flags: ['--masq-chain=IP-MASQ'] },
  ...(['iptables', 'nftables'] as const).flatMap(mode =>
    [true, false].map(isFirst => ({
      name: `beside kube-proxy in ${mode} mode, which comes ${isFirst ? 'first' : 'last'}`,
      file: listing(...PARTNERS),
      flags: ['--enable-ipv6', '--random-fully=false'],
      proxy: { mode, isFirst },
    })),
  ),
];

/** The source that the host that is asked has to see. */
interface Expected {
  readonly address: string;
  /** The port that was used, any port, or one of these ranges. */
  readonly ports: 'own' | 'any' | readonly (readonly [first: number, last: number])[];
}

const TOOLS = ['iptables', 'ip6tables'].flatMap(tool => [`${tool}-nft`, `${tool}-legacy`]);

type Probe = Question & { readonly expected: Expected };

describe.skipIf(!hasLab(...TOOLS, 'nft'))('packets that leave a node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masq-packets-'));
  let lab: Lab;
  let agent: readonly string[];

  beforeAll(async () => {
    agent = await buildProgram(isBuildable('quickjs') ? 'quickjs' : 'node', 'agent/entry', folder);
    lab = await Lab.open();
    await lab.addOutside('outside', OUTSIDE);
  });
  afterAll(async () => {
    await lab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A node with the rules of a case, and a pod on it. No flow of another case is known to it. */
  async function start({ file, flags, proxy }: Case, backend: BackendName): Promise<{ node: Node; pod: Pod }> {
    const node = await lab.addNode();
    const pod = await node.addPod();
    const state = join(folder, node.name);
    const config = join(folder, `${node.name}.config`);
    if (file !== undefined) writeFileSync(config, file);
    const flavour = backend === 'iptables-legacy' ? 'legacy' : 'nft';
    // By this chain the kubelet says which iptables a node uses.
    if (flavour === 'legacy') node.exec(['iptables-legacy', '-t', 'mangle', '-N', 'KUBE-KUBELET-CANARY']);
    if (proxy?.isFirst) addProxyRules(node, proxy.mode, flavour);
    const [choice] = backend.split('-');
    node.exec([...agent, '--once', `--backend=${choice}`, `--config=${config}`, `--state-dir=${state}`, ...flags]);
    expect(JSON.parse(readFileSync(join(state, STATE_FILE), 'utf8'))).toMatchObject({ backend, verdict: 'enforced' });
    if (proxy && !proxy.isFirst) addProxyRules(node, proxy.mode, flavour);
    return { node, pod };
  }

  describe.each(BACKENDS)('with %s', backend => {
    test.each(CASES)('$name', async own => {
      const { config, flags } = given(own);
      const map = agentTreatment(config, flags);
      const { node, pod } = await start(own, backend);
      for (const family of FAMILIES) {
        const ends = { preserved: pod.addresses[family], masqueraded: node.addresses[family] };
        const outside = destinations(map, family).flatMap(to =>
          PROTOCOLS.map(protocol => {
            const { treatment } = map.base[family].at(address(to));
            return { protocol, to, expected: expectedOf(treatment, protocol, ends, flags) };
          }),
        );
        const answers = await ask(pod, outside);
        checkSpread(outside, answers);
        if (own.proxy) await ask(pod, servicesProbes(map, family, ends, flags));
        await ask(
          pod,
          [node.addresses[family], node.gateway[family]].flatMap(to => untouched(ends.preserved, to)),
        );
        await ask(node, [
          ...untouched(node.gateway[family], node.addresses[family]),
          ...untouched(node.addresses[family], node.gateway[family]),
        ]);
      }
      await ask(node, linkLocalProbes(map, node, flags));
      await lab.removeNode(node);
    });
  });

  test('IPv6 packets to link-local addresses do not leave the link of a pod', async () => {
    const node = await lab.addNode();
    const pod = await node.addPod();
    const [beyond, beside] = ['fe80::1%eth0', `${linkLocal(node, 'pods')}%eth0`];
    const answers = await pod.ask([beyond, beside].map(to => ({ protocol: 'udp', to })));
    expect(answers.map(({ fault }) => fault === undefined)).toEqual([false, true]);
  });
});

/** What a case's file and flags say; a file that the agent refuses is an error. */
function given({ file, flags: args }: Case): { config: AgentConfig; flags: AgentFlags } {
  const { flags } = parseAgentFlags(args);
  if (file === undefined) return { config: { masqLinkLocal: false, masqLinkLocalIPv6: false }, flags };
  const { config, diagnostics } = readAgentFile(new SourceText('config', file));
  if (!config) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { config, flags };
}

/** Addresses outside: some of every kind, and the first and last one of each range that is treated alike. */
function destinations(map: TreatmentMap, family: Family): string[] {
  const outside = setsOf(OUTSIDE.map(cidr))[family];
  const edges = [...map.base[family].entries()].flatMap(({ first, last }) => [first, last]);
  return [...new Set([...ALWAYS[family], ...edges.filter(edge => outside.has(edge)).map(formatAddress)])];
}

/** What a pod's packet is seen with when it is treated so. */
function expectedOf(
  treatment: Treatment,
  protocol: Protocol,
  ends: { readonly preserved: string; readonly masqueraded: string },
  { randomFully }: AgentFlags,
): Expected {
  if (treatment.kind !== 'masquerade') return { address: ends.preserved, ports: 'own' };
  const { toPorts } = treatment;
  const free = randomFully ? 'any' : 'own';
  const ports = toPorts === undefined || protocol === 'icmp' ? free : portRanges(toPorts);
  return { address: ends.masqueraded, ports };
}

function portRanges(text: string): [number, number][] {
  return text.split(',').map(range => {
    const [first, last = first] = range.split('-').map(Number);
    return [first!, last!];
  });
}

/** Marked packets get the node's address, others are treated as those to the address behind the service. */
function servicesProbes(
  map: TreatmentMap,
  family: Family,
  ends: { readonly preserved: string; readonly masqueraded: string },
  flags: AgentFlags,
): Probe[] {
  return SERVICES[family].flatMap(({ address: to, endpoint, isMarked }) =>
    PROTOCOLS.map(protocol => {
      const { treatment } = map.base[family].at(address(endpoint));
      const marked: Expected = { address: ends.masqueraded, ports: 'any' };
      return { protocol, to, expected: isMarked ? marked : expectedOf(treatment, protocol, ends, flags) };
    }),
  );
}

/** Packets that stay on the node keep their source. */
function untouched(from: string, to: string): Probe[] {
  return PROTOCOLS.map(protocol => ({ protocol, to, from, expected: { address: from, ports: 'own' } }));
}

/**
 * No pod's packet to fe80::/10 is routed, but those of the node itself come to the rules, too. With the address of its
 * bridge as their source it can be seen whether that is kept.
 */
function linkLocalProbes(map: TreatmentMap, node: Node, flags: AgentFlags): Probe[] {
  const from = node.gateway[6];
  const ends = { preserved: from, masqueraded: linkLocal(node, 'eth0') };
  const { treatment } = map.base[6].at(address('fe80::1'));
  return PROTOCOLS.map(protocol => ({
    protocol,
    to: 'fe80::1%eth0',
    from,
    expected: expectedOf(treatment, protocol, ends, flags),
  }));
}

function linkLocal(node: Node, device: string): string {
  const listed = node.exec(['ip', '-6', '-o', 'address', 'show', 'dev', device, 'scope', 'link']);
  return /fe80:[\da-f:]+/.exec(listed)![0];
}

/** Asks, and compares what was seen with what is expected. */
async function ask(host: Host, probes: readonly Probe[]): Promise<Answer[]> {
  const answers = await host.ask(probes.map(({ protocol, to, from }) => ({ protocol, to, ...(from && { from }) })));
  const lines = answers.map((answer, i) => answerText(probes[i]!, answer));
  expect(lines).toEqual(
    probes.map(({ protocol, to, expected }) => `${protocol} to ${to} from ${sourceText(expected)}`),
  );
  return answers;
}

function sourceText({ address, ports }: Expected): string {
  return `${address}, ${typeof ports === 'string' ? ports : ports.map(range => range.join('-')).join()} port`;
}

/** What was seen in the words of what is expected, as far as that is so. */
function answerText({ protocol, to, expected: { ports } }: Probe, answer: Answer): string {
  if (answer.fault !== undefined) return `${protocol} to ${to}: ${answer.fault}`;
  const { seen, own } = answer;
  const isExpected =
    ports === 'any' ||
    (ports === 'own' ? seen.port === own.port : ports.some(([first, last]) => first <= seen.port && seen.port <= last));
  const source = isExpected ? sourceText({ address: seen.address, ports }) : `${seen.address}, port ${seen.port}`;
  return `${protocol} to ${to} from ${source}`;
}

/** Ports that are chosen at random are others than those that were used, and all ranges are made use of. */
function checkSpread(probes: readonly Probe[], answers: readonly Answer[]): void {
  const chosen = answers.flatMap((answer, i) => {
    const { protocol, expected } = probes[i]!;
    return protocol === 'icmp' || expected.ports === 'own' || answer.fault !== undefined ? [] : [answer];
  });
  const ports = probes.map(({ expected }) => expected.ports).find(ports => typeof ports === 'object');
  if (ports === undefined)
    expect(chosen.length > 2 && chosen.every(({ seen, own }) => seen.port === own.port)).toBe(false);
  else if (chosen.length >= 20) {
    const used = ports.filter(([first, last]) => chosen.some(({ seen }) => first <= seen.port && seen.port <= last));
    expect(used).toEqual(ports);
  }
}
