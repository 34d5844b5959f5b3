import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FAMILIES } from '../../core/address';
import { hasKernel } from '../dataplane/kernel';
import { runs } from '../random';
import { type Running, TestNode, until } from './node-lab';
import { buildProgram, isBuildable, RUNTIMES } from './runtimes';

/** What may stand in the place of the file. */
type Content =
  | { readonly kind: 'list'; readonly cidrs: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'garbage'; readonly text: string };

/** What happens to the node. */
type Step =
  | { readonly do: 'write'; readonly content: Content }
  /** The agent ends, of itself or killed, and starts anew. */
  | { readonly do: 'restart'; readonly kill: boolean }
  /** Somebody else changes the rules. */
  | { readonly do: 'meddle' };

const BUILT_IN = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const LINK_LOCAL: Readonly<Record<4 | 6, string>> = { 4: '169.254.0.0/16', 6: 'fe80::/10' };
/** None next to another: a set joins those. */
const CIDRS = ['10.1.0.0/16', '10.3.0.0/16', '100.64.0.0/10', '192.0.2.0/24', '2001:db8:1::/48', 'fd00::/8'];
const GARBAGE = [
  'nonMasqueradeCIDRs: [10.1.0.0/16\n',
  'nonMasqueradeCIDRs:\n',
  'nonMasqueradeCIDRs: [10.0.0.1/8]\n',
  'nonMasqueradeCIDR: [10.0.0.0/8]\n',
  'resyncInterval: 60\n',
  '\0',
  '- 1\n',
];

const content: fc.Arbitrary<Content> = fc.oneof(
  { weight: 4, arbitrary: fc.subarray(CIDRS, { minLength: 1 }).map(cidrs => ({ kind: 'list' as const, cidrs })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'none' as const }) },
  { weight: 4, arbitrary: fc.constantFrom(...GARBAGE).map(text => ({ kind: 'garbage' as const, text })) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: content.map(of => ({ do: 'write' as const, content: of })) },
  { weight: 2, arbitrary: fc.boolean().map(kill => ({ do: 'restart' as const, kill })) },
  { weight: 1, arbitrary: fc.constant({ do: 'meddle' as const }) },
);

const BACKENDS = ['iptables-nft', 'iptables-legacy', 'nftables'] as const;

const root = mkdtempSync(join(tmpdir(), 'masq-sequence-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(hasKernel()).each(RUNTIMES)('on %s', runtime => {
  describe.runIf(isBuildable(runtime)).each(BACKENDS)('with %s', backend => {
    const args = [`--backend=${backend === 'nftables' ? backend : 'iptables'}`, '--enable-ipv6'];
    let program: readonly string[];
    let node: TestNode;
    let agent: Running | undefined;
    beforeAll(async () => {
      mkdirSync(join(root, runtime), { recursive: true });
      program = await buildProgram(runtime, 'agent/entry', join(root, runtime));
    });
    beforeEach(async () => {
      node = await TestNode.start(backend === 'iptables-legacy' ? 'legacy' : 'nft');
    });
    afterEach(() => node.stop());

    function put(of: Content): void {
      if (of.kind === 'none') rmSync(node.config, { force: true });
      else node.configure(of.kind === 'list' ? `nonMasqueradeCIDRs: [${of.cidrs.join(', ')}]\n` : of.text);
    }

    /** The blocks that the kernel preserves, in any order. */
    function preserved(): string[] {
      const found =
        backend === 'nftables'
          ? node.sh('for f in ip ip6; do nft list set $f masq-agent preserved || true; done 2> /dev/null')
          : node.allRules().join('\n');
      const pattern = backend === 'nftables' ? /[\da-f.:]+\/\d+/g : /(?<= -d )\S+(?=.* -j RETURN)/g;
      return (found.match(pattern) ?? []).sort();
    }

    function wanted(of: Content): string[] {
      const cidrs = of.kind === 'list' ? of.cidrs : BUILT_IN;
      return [...cidrs, ...FAMILIES.map(family => LINK_LOCAL[family])].sort();
    }

    /** Makes the agent look at once, and waits until it has. */
    async function look(): Promise<void> {
      // The first one may have begun before whatever is to be seen.
      for (let i = 0; i < 2; i++) {
        const before = node.state().counts.reconciles!;
        agent!.child.kill('SIGHUP');
        await until('a look', () => node.state().pid === agent!.child.pid && node.state().counts.reconciles! > before);
      }
    }

    async function start(): Promise<void> {
      agent = node.start(program, args);
      const pid = String(agent.child.pid);
      const looked = (): boolean => {
        const state = node.sh('cat /run/masq-agent/state.json 2> /dev/null || true');
        return state.includes(`"pid": ${pid},`) && !state.includes('"verdict": "starting"');
      };
      await until('a first look', looked).catch(error => {
        throw new Error(`${error}\n${agent!.log()}`);
      });
    }

    async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
      agent!.child.kill(signal);
      await agent!.ended;
    }

    test('any sequence of files, restarts and changes by others ends in the map of the last valid file', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async steps => {
          node.sh('rm -rf /run/masq-agent');
          const first: Content = { kind: 'list', cidrs: ['198.51.100.0/24'] };
          put(first);
          await start();
          let valid: Content = first;
          let current: Content = first;
          for (const each of steps) {
            if (each.do === 'write') {
              current = each.content;
              put(current);
              if (current.kind !== 'garbage') valid = current;
              await look();
            } else if (each.do === 'restart') {
              await end(each.kill ? 'SIGKILL' : 'SIGTERM');
              await start();
            } else {
              node.sh(backend === 'nftables' ? 'nft flush ruleset' : `iptables-${node.flavour} -t nat -F`);
              await look();
            }
            expect(preserved()).toEqual(wanted(valid));
            expect(node.state()).toMatchObject({
              verdict: current.kind === 'garbage' ? 'refused' : 'enforced',
              ready: current.kind !== 'garbage',
            });
          }
          await end('SIGTERM');
          expect(preserved()).toEqual(wanted(valid));
        }),
        // What fails is told as it is: another try would meet what it left.
        { numRuns: runs(6), endOnFailure: true },
      );
    });
  });
});
