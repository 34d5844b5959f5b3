import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { MASQ } from '../cli/sandbox';
import { blockOf, textOf } from '../core/naive';
import { PROTOCOLS } from '../lab/host';
import { hasLab, Lab } from '../lab/lab';
import { buildProgram, isBuildable } from './runtimes';

/** What is outside, and what is asked about: parts of it. */
const OUTSIDE = ['203.0.113.0/24', '10.1.0.0/16', '172.16.0.0/12', '169.254.0.0/16', '2001:db8::/32', 'fd00:10:1::/48'];
const COUNT = 36;
const SEED = Number(process.env.MASQ_SEED ?? 20261122);

/** Blocks in an outer one, of all sizes, and at times somewhat larger than it. */
function blockIn(outer: string, larger: number): fc.Arbitrary<string> {
  return fc.tuple(fc.nat({ max: 2 ** 30 }), fc.nat({ max: 20 })).map(([offset, longer]) => {
    const { family, first, last } = blockOf(outer);
    const bits = family === 4 ? 32 : 128;
    const length = Math.min(bits, Number(outer.split('/')[1]) + longer - larger);
    const inside = first + (BigInt(offset) % (last - first + 1n));
    const size = 2n ** BigInt(bits - length);
    return `${textOf(family, (inside / size) * size)}/${length}`;
  });
}

/** Of link-local addresses the key `linkLocal` says what happens to them. */
const block = fc
  .constantFrom(...OUTSIDE.filter(outer => !outer.startsWith('169.254.')))
  .chain(outer => blockIn(outer, 2));

const rule = fc.oneof(
  block,
  block.chain(cidr =>
    fc.record({ cidr: fc.constant(cidr), except: fc.array(blockIn(cidr, -1), { minLength: 1, maxLength: 2 }) }),
  ),
  fc.constantFrom('rfc1918', 'unique-local', 'documentation'),
);

const intent = fc.record({
  preserve: fc.array(rule, { minLength: 1, maxLength: 6 }),
  always: fc.array(block, { maxLength: 3 }),
  linkLocal: fc.constantFrom('preserve', 'masquerade'),
  ipv6: fc.boolean(),
  own: fc.boolean(),
});
type Intent = typeof intent extends fc.Arbitrary<infer T> ? T : never;

function documentOf({ preserve, always, linkLocal, ipv6, own }: Intent, name: string): object {
  const both = (four: string, six: string): string[] => (ipv6 ? [four, six] : [four]);
  return {
    apiVersion: 'masq/v1alpha1',
    kind: 'ClusterIntent',
    metadata: { name },
    spec: {
      platform: 'kubernetes',
      network: {
        nodeCIDRs: both('192.168.1.0/24', 'fd00:192:168:1::/64'),
        podCIDRs: both('10.244.0.0/16', 'fd00:10:244::/48'),
        serviceCIDRs: both('10.96.0.0/12', 'fd00:10:96::/112'),
        internetRoute: 'cloud-nat',
      },
      masquerade: { preserve, always, linkLocal },
      agent: own ? { flavor: 'masq', image: 'registry.example/masq-agent:0.1.0' } : {},
    },
  };
}

/** What `masq explain` says of a part of what is outside. */
interface Part {
  readonly to: readonly string[];
  readonly treatment: { readonly kind: string };
}

function masq(folder: string, ...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MASQ, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stdout + stderr);
  return stdout;
}

describe.skipIf(!hasLab('iptables-nft', 'ip6tables-nft', 'nft'))(`${COUNT} random intents, of seed ${SEED}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'masq-explained-'));
  const names = Array.from({ length: COUNT }, (_, i) => `c${i}`);
  const explained = new Map<string, Part[]>();
  let lab: Lab;
  let agent: readonly string[];

  beforeAll(async () => {
    mkdirSync(join(folder, 'intents'));
    for (const [i, one] of fc.sample(intent, { numRuns: COUNT, seed: SEED }).entries()) {
      writeFileSync(join(folder, 'intents', `c${i}.yaml`), JSON.stringify(documentOf(one, `c${i}`)));
    }
    masq(folder, 'synth', 'intents', '--quiet');
    for (const range of OUTSIDE) {
      const answers = JSON.parse(masq(folder, 'explain', 'intents', '--to', range, '--format', 'json'));
      for (const { cluster, explanations } of answers as { cluster: string; explanations: Part[] }[]) {
        explained.set(cluster, [...(explained.get(cluster) ?? []), ...explanations]);
      }
    }
    agent = await buildProgram(isBuildable('quickjs') ? 'quickjs' : 'node', 'agent/entry', folder);
    lab = await Lab.open();
    await lab.addOutside('outside', OUTSIDE);
  });
  afterAll(async () => {
    await lab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('are worth asking: all treatments, parts of ranges, both families', () => {
    const parts = [...explained.values()].flat();
    const kinds = (family: RegExp): string[] =>
      parts.filter(({ to }) => family.test(to[0]!)).map(({ treatment }) => treatment.kind);
    for (const family of [/\./, /:/]) {
      expect(kinds(family).filter(kind => kind === 'preserve').length).toBeGreaterThan(COUNT);
      expect(kinds(family).filter(kind => kind === 'masquerade').length).toBeGreaterThan(COUNT / 2);
    }
    expect(parts.length).toBeGreaterThan(COUNT * OUTSIDE.length * 1.25);
  });

  test.each(names)('%s: an outside host sees what explain says', async name => {
    const { args, file } = rendered(join(folder, 'dist', name));
    const node = await lab.addNode();
    const pod = await node.addPod();
    const config = join(folder, `${name}.config`);
    writeFileSync(config, file);
    const backend = Number(name.slice(1)) % 2 === 0 ? 'iptables' : 'nftables';
    node.exec([...agent, '--once', `--backend=${backend}`, `--config=${config}`, `--state-dir=${config}.d`, ...args]);
    const probes = explained.get(name)!.flatMap(({ to, treatment }) =>
      samples(to).map(address => {
        const family = address.includes(':') ? 6 : 4;
        const source = treatment.kind === 'preserve' ? pod.addresses[family] : node.addresses[family];
        return { to: address, source };
      }),
    );
    const asked = probes.map((probe, i) => ({ ...probe, protocol: PROTOCOLS[i % PROTOCOLS.length]! }));
    const answers = await pod.ask(asked.map(({ to, protocol }) => ({ to, protocol })));
    const seen = answers.map(
      (answer, i) => `${asked[i]!.protocol} to ${asked[i]!.to}: ${answer.fault ?? answer.seen.address}`,
    );
    expect(seen).toEqual(asked.map(({ protocol, to, source }) => `${protocol} to ${to}: ${source}`));
    expect(asked.length).toBeGreaterThan(OUTSIDE.length);
    await lab.removeNode(node);
  });
});

/** What the rendered DaemonSet starts the agent with, and the file that it reads. */
function rendered(folder: string): { readonly args: readonly string[]; readonly file: string } {
  const read = (name: string) => parseAllDocuments(readFileSync(join(folder, name), 'utf8'))[0]!.toJS();
  const { args } = read('30-daemonset-ip-masq-agent.yaml').spec.template.spec.containers[0];
  return { args: args ?? [], file: read('20-configmap-ip-masq-agent.yaml').data.config };
}

/** The edges of some blocks of destinations, and an address between them. */
function samples(cidrs: readonly string[]): string[] {
  const chosen = [cidrs[0]!, cidrs[Math.floor(cidrs.length / 2)]!, cidrs.at(-1)!];
  const addresses = chosen.flatMap(text => {
    const { family, first, last } = blockOf(text);
    return [first, first + (last - first) / 3n, last].map(value => textOf(family, value));
  });
  return [...new Set(addresses)];
}
