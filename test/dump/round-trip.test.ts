import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidr, FAMILIES, type Family } from '../../core/address';
import { CidrList } from '../../core/address/cidr-list';
import { DEFAULT_FLAGS } from '../../core/agentfile/flags';
import { enforcedOf } from '../../core/analysis/enforced';
import { type NodeProof, verifyNode } from '../../core/analysis/verify';
import { planCluster } from '../../core/artefact/plan';
import { chainRules, jumpRule, restoreText } from '../../core/dataplane/iptables-text';
import { nftText, tableCommands } from '../../core/dataplane/nft-text';
import { planRules, type RulePlan } from '../../core/dataplane/plan';
import type { ClusterModel } from '../../core/intent/model';
import { intentTreatment } from '../../core/treatment/intent';
import { cidrArbitrary, cidrsOf, intentArbitrary, modelOf } from '../core/intents';
import { addressOf, edges, holds, type Intent, keeps } from '../core/naive';
import { hasKernel, inNamespace } from '../dataplane/kernel';
import { runs } from '../random';
import { nodeOf } from './node-of';

/** Intents whose agent masq renders, so that all of its rules are known. */
const agentIntent = intentArbitrary.filter(
  ({ platform, pods }) => platform === 'kubernetes' || (platform === 'gke-standard' && pods[0]!.startsWith('10.')),
);

/** The rules of the agent that is rendered from an intent. */
function planOf(model: ClusterModel): RulePlan {
  const { file } = planCluster(model).agent!;
  const { chain, randomFully, toPorts } = model.agent;
  const flags = { ...DEFAULT_FLAGS, chain, randomFully, enableIPv6: model.network.ipv6, ...(toPorts && { toPorts }) };
  const config = {
    nonMasqueradeCIDRs: file.nonMasqueradeCIDRs.map(entry => cidr(entry.cidr)),
    masqLinkLocal: file.masqLinkLocal ?? false,
    masqLinkLocalIPv6: file.masqLinkLocalIPv6 ?? false,
  };
  return planRules(config, flags);
}

function proofOf(model: ClusterModel, dump: string): NodeProof {
  return verifyNode(nodeOf(dump), intentTreatment(model), enforcedOf({ model }));
}

const TOOL = { 4: 'iptables', 6: 'ip6tables' } as const;

/** What the kernel has of rules for iptables-restore, as one of the tools prints it. */
function saved(texts: readonly (readonly [Family, string])[], flavour: string, counters: boolean): string {
  const files = Object.fromEntries(texts.map(([family, text]) => [`rules${family}`, text]));
  const tool = (family: Family): string => `${TOOL[family]}-${flavour}`;
  const all = texts.map(([family]) => `${tool(family)}-restore --noflush < rules${family}`);
  const save = texts.map(([family]) => `${tool(family)}-save ${counters ? '-c' : ''}`);
  return inNamespace([...all, ...save].join('\n'), files);
}

/** A change of a list of rules. */
type Mutation =
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'swap'; readonly at: number; readonly with: number }
  | {
      readonly kind: 'insert';
      readonly at: number;
      readonly cidrs: readonly [string, string];
      readonly target: string;
    };

const target = fc.constantFrom('RETURN', 'ACCEPT', 'MASQUERADE', 'MASQUERADE --random-fully');
const index = fc.nat({ max: 40 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('remove' as const), at: index }),
  fc.record({ kind: fc.constant('swap' as const), at: index, with: index }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: index,
    cidrs: fc.tuple(cidrArbitrary(4), cidrArbitrary(6)),
    target,
  }),
);

function changed(rules: readonly string[], mutations: readonly Mutation[], family: Family): string[] {
  const list = [...rules];
  for (const one of mutations) {
    const at = one.at % (list.length + 1);
    if (one.kind === 'insert') list.splice(at, 0, `-d ${one.cidrs[family === 4 ? 0 : 1]} -j ${one.target}`);
    else if (one.kind === 'remove') list.splice(at, 1);
    else {
      const other = one.with % (list.length + 1);
      if (at < list.length && other < list.length) [list[at], list[other]] = [list[other]!, list[at]!];
    }
  }
  return list;
}

/** What rules do with packets to an address, found out the slow way: `left` is the end of the list. */
function naive(rules: readonly string[], family: Family, value: bigint): string {
  for (const rule of rules) {
    const [, block] = /(?:^| )-d (\S+)/.exec(rule) ?? [];
    if (block !== undefined && !holds([fullBlock(block)], family, value)) continue;
    return / -j (.*)$/.exec(` ${rule}`)![1]!;
  }
  return 'left';
}

/** Addresses of IPv6 that end like IPv4, which masq writes as iptables-save does, as the slow way reads them. */
function fullBlock(block: string): string {
  const [, head, quad, rest] = /^(::)(\d+\.\d+\.\d+\.\d+)(\/\d+)$/.exec(block) ?? [];
  if (quad === undefined) return block;
  const value = addressOf(quad).value;
  return `${head}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}${rest}`;
}

function wanted(intent: Intent, model: ClusterModel, family: Family, value: bigint): string {
  if (keeps(intent, family, value)) return 'kept';
  return model.agent.randomFully ? 'MASQUERADE --random-fully' : 'MASQUERADE';
}

/** What becomes of packets: rules of POSTROUTING before the jump, then those of the chain. */
function found(before: readonly string[], own: readonly string[], family: Family, value: bigint): string {
  const first = naive(before, family, value);
  const decided = first === 'left' ? naive(own, family, value) : first;
  return ['left', 'RETURN', 'ACCEPT'].includes(decided) ? 'kept' : decided;
}

describe.skipIf(!hasKernel())('from an intent to the kernel and back', () => {
  test.each(['nft', 'legacy'])('what iptables-%s-save prints is proved', flavour => {
    fc.assert(
      fc.property(agentIntent, fc.boolean(), (intent, counters) => {
        const model = modelOf(intent);
        const plan = planOf(model);
        const texts = plan.families.map(own => [own.family, restoreText(plan, own, { jump: true })] as const);
        const proof = proofOf(model, saved(texts, flavour, counters));
        expect(proof.families.map(({ family, verdict }) => [family, verdict])).toEqual(
          plan.families.map(({ family }) => [family, 'proven']),
        );
      }),
      { numRuns: runs(25) },
    );
  });

  test('what "nft -j" lists is proved', () => {
    fc.assert(
      fc.property(agentIntent, intent => {
        const model = modelOf(intent);
        const text = nftText(planOf(model).families.flatMap(tableCommands));
        expect(proofOf(model, inNamespace('nft -j -f rules; nft -j list ruleset', { rules: text })).verdict).toBe(
          'proven',
        );
      }),
      { numRuns: runs(25) },
    );
  });

  const plainIntent = agentIntent.filter(({ agent }) => agent?.toPorts === undefined);

  test('rules that were changed are found out whenever it matters, and every witness is one', () => {
    let proven = 0;
    let contradicted = 0;
    fc.assert(
      fc.property(
        plainIntent,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.array(mutation, { maxLength: 1 }),
        fc.constantFrom('nft', 'legacy'),
        (intent, inside, outside, flavour) => {
          const model = modelOf(intent);
          const plan = planOf(model);
          const rules = plan.families.map(own => ({
            family: own.family,
            before: changed([], outside, own.family),
            own: changed(chainRules(own), inside, own.family),
          }));
          const texts = rules.map(({ family, before, own }) => {
            const lines = [
              ...before.map(rule => `-A POSTROUTING ${rule}`),
              `-A POSTROUTING ${jumpRule(plan.chain)}`,
              ...own.map(rule => `-A ${plan.chain} ${rule}`),
            ];
            return [family, `*nat\n:${plan.chain} - [0:0]\n${lines.join('\n')}\nCOMMIT\n`] as const;
          });
          const proof = proofOf(model, saved(texts, flavour, false));
          for (const { family, before, own } of rules) {
            const differs = (value: bigint): boolean =>
              wanted(intent, model, family, value) !== found(before, own, family, value);
            const blocks = [...before, ...own].flatMap(rule => /(?:^| )-d (\S+)/.exec(rule)?.[1] ?? []).map(fullBlock);
            const different = edges(family, [...cidrsOf(intent), ...blocks]).filter(differs);
            const { verdict, differences } = proof.families.find(one => one.family === family)!;
            expect(verdict).toBe(different.length > 0 ? 'contradicted' : 'proven');
            for (const { to } of differences.flatMap(({ parts }) => parts)) {
              for (const { first, last } of to.intervals()) {
                for (const { words } of [first, last]) {
                  expect(differs(words.reduce((sum, word) => sum * 2n ** 32n + BigInt(word), 0n))).toBe(true);
                }
              }
            }
            for (const value of different) {
              const holding = differences.filter(({ to }) =>
                [...to.intervals()].some(({ first, last }) => {
                  const [a, b] = [first, last].map(({ words }) =>
                    words.reduce((sum, word) => sum * 2n ** 32n + BigInt(word), 0n),
                  );
                  return a! <= value && value <= b!;
                }),
              );
              expect(holding.length).toBe(1);
            }
            if (verdict === 'proven') proven++;
            else contradicted++;
          }
        },
      ),
      { numRuns: runs(60) },
    );
    expect(Math.min(proven, contradicted)).toBeGreaterThan(5);
  });

  test('a set of nftables that was changed is found out whenever it matters', () => {
    fc.assert(
      fc.property(plainIntent, fc.tuple(cidrArbitrary(4), cidrArbitrary(6)), fc.boolean(), (intent, more, removes) => {
        const model = modelOf(intent);
        const families = planOf(model).families.map(own => {
          const list = [...own.preserved.map(block => block)];
          const next = removes ? list.slice(1) : [...list, cidr(more[own.family === 4 ? 0 : 1])];
          return { ...own, preserved: new CidrList(own.family, next) };
        });
        const rules = nftText(families.flatMap(tableCommands));
        const proof = proofOf(model, inNamespace('nft -j -f rules; nft -j list ruleset', { rules }));
        for (const family of FAMILIES) {
          const own = families.find(one => one.family === family);
          const blocks = own
            ? chainRules(own)
                .flatMap(rule => /-d (\S+)/.exec(rule)?.[1] ?? [])
                .map(fullBlock)
            : [];
          const differs = edges(family, [...cidrsOf(intent), ...blocks]).some(
            value =>
              keeps(intent, family, value) !==
              (own === undefined || holds(blocks, family, value) || isAll(own.preserved.length, blocks)),
          );
          expect(proof.families.find(one => one.family === family)!.verdict).toBe(differs ? 'contradicted' : 'proven');
        }
      }),
      { numRuns: runs(30) },
    );
  });
});

/** Whether one of the listed blocks is that of all addresses, which iptables-save leaves out. */
function isAll(count: number, blocks: readonly string[]): boolean {
  return count > blocks.length;
}
