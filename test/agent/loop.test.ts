import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasKernel } from '../dataplane/kernel';
import { runs } from '../random';
import { type AgentRun, type Running, TestNode, until } from './node-lab';
import { buildProgram, isBuildable, RUNTIMES } from './runtimes';

/** A file whose list is one block, looked at often. */
const listing = (cidr: string, resync = '60s'): string => `nonMasqueradeCIDRs: [${cidr}]\nresyncInterval: ${resync}\n`;
const GARBAGE = 'nonMasqueradeCIDRs: [10.1.0.0/16\n';
/** How long a test waits for what has to come long before the next resync: a busy machine must not fail it. */
const SOON = 15_000;

const root = mkdtempSync(join(tmpdir(), 'masq-loop-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(hasKernel()).each(RUNTIMES)('the running agent on %s', runtime => {
  describe.runIf(isBuildable(runtime))('', () => {
    let program: readonly string[];
    let node: TestNode;
    beforeAll(async () => {
      const folder = join(root, runtime);
      mkdirSync(folder);
      program = await buildProgram(runtime, 'agent/entry', folder);
    });
    beforeEach(async () => {
      node = await TestNode.start();
    });
    afterEach(() => node.stop());

    const preserves = (cidr: string): boolean => node.rules().some(rule => rule.includes(` -d ${cidr} `));
    /** Starts the agent with a file, and waits until its rules hold. */
    async function started(text: string, args: readonly string[] = [], run: AgentRun = {}): Promise<Running> {
      node.configure(text);
      const agent = node.start(program, args, run);
      await until(`rules\n${agent.log()}`, () => node.rules().length > 0);
      // The state may still be that of an agent before.
      await until('ready', () => node.state().pid === agent.child.pid && node.state().ready);
      return agent;
    }
    const refused = (): boolean => node.state().verdict === 'refused';

    /** How long an agent takes to end after SIGTERM, in milliseconds. */
    async function ending({ child, ended }: Running): Promise<number> {
      const begin = performance.now();
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      return performance.now() - begin;
    }

    test('SIGTERM ends it at once, and leaves the rules', async () => {
      const agent = await started(listing('10.1.0.0/16'));
      const rules = node.rules();
      const times = [await ending(agent)];
      for (let i = 0; i < 4; i++) times.push(await ending(await started(listing('10.1.0.0/16'))));
      expect(Math.min(...times)).toBeLessThan(100);
      expect(node.rules()).toEqual(rules);
    });

    test('SIGTERM ends it at once while a tool hangs', async () => {
      const path = join(node.folder, 'bin');
      mkdirSync(path);
      writeFileSync(join(path, 'iptables-nft-restore'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
      node.configure(listing('10.1.0.0/16'));
      const times: number[] = [];
      for (let i = 0; i < 5; i++) {
        const agent = node.start(program, [], { path });
        await until('a file read', () => agent.log().includes('file: read'));
        times.push(await ending(agent));
      }
      expect(Math.min(...times)).toBeLessThan(100);
    });

    test('a changed file counts within two seconds', async () => {
      const { log } = await started(listing('10.1.0.0/16'));
      const delays: number[] = [];
      for (const net of [2, 3, 4]) {
        const changed = Date.now();
        node.configure(listing(`10.${net}.0.0/16`));
        await until('the new map', () => preserves(`10.${net}.0.0/16`), SOON);
        const reads = (): string[] => log().match(/^\S+(?= info file: read)/gm) ?? [];
        await until('each reading told', () => reads().length === net);
        delays.push(Date.parse(reads().at(-1)!) - changed);
      }
      expect(Math.min(...delays)).toBeLessThan(2000);
    });

    test('SIGHUP makes it look at once', async () => {
      const { child, log } = await started(listing('10.1.0.0/16', '1h'));
      node.sh('iptables-nft -t nat -F IP-MASQ-AGENT');
      child.kill('SIGHUP');
      await until('healed', () => preserves('10.1.0.0/16'), SOON);
      await until('drift told', () => log().includes('drift: repaired: iptables IP-MASQ-AGENT lacks'));
      await until('drift counted', () => node.state().counts.drifts === 1);
    });

    test('SIGHUP from the first moment on does not end it', async () => {
      node.configure(listing('10.1.0.0/16'));
      const { child, log } = node.start(program);
      await until('started', () => log().includes('start: '));
      for (let i = 0; i < 5; i++) child.kill('SIGHUP');
      await until('enforced', () => preserves('10.1.0.0/16'));
      expect(child.exitCode).toBeNull();
    });

    test('a changed file counts soon, a refused one never', async () => {
      const { log } = await started(listing('10.1.0.0/16'));
      node.configure(listing('10.2.0.0/16'));
      await until('the new map', () => preserves('10.2.0.0/16'), SOON);
      node.configure(GARBAGE);
      await until('refused', refused, SOON);
      await until('refusal told', () => /ip-masq-agent:\d+:\d+ error /.test(log()));
      expect(preserves('10.2.0.0/16')).toBe(true);
      expect(node.agent(program, ['healthz', '--ready']).status).toBe(1);
      expect(node.agent(program, ['healthz']).status).toBe(0);
      node.configure(listing('10.3.0.0/16'));
      await until('the third map', () => preserves('10.3.0.0/16'), SOON);
      await until('ready', () => node.state().ready, SOON);
      expect(node.agent(program, ['healthz', '--ready']).status).toBe(0);
    });

    test('a file that changes during the first reconcile is seen', async () => {
      const path = join(node.folder, 'bin');
      mkdirSync(path);
      const slow = '#!/bin/sh\nsleep 0.5\nexec /usr/sbin/iptables-nft-restore "$@"\n';
      writeFileSync(join(path, 'iptables-nft-restore'), slow, { mode: 0o755 });
      node.configure(listing('10.1.0.0/16'));
      const { log } = node.start(program, [], { path });
      await until('a file read', () => log().includes('file: read'));
      node.configure(listing('10.2.0.0/16'));
      await until('the new map', () => preserves('10.2.0.0/16'), SOON);
    });

    test("a ConfigMap's volume is followed, swapped 200 times", async () => {
      const volume = join(node.folder, 'volume');
      mkdirSync(volume);
      const swap = (i: number, text: string): void => {
        mkdirSync(join(volume, `..${i}`));
        writeFileSync(join(volume, `..${i}`, 'ip-masq-agent'), text);
        symlinkSync(`..${i}`, join(volume, '..data_tmp'));
        renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
        if (i > 0) rmSync(join(volume, `..${i - 1}`), { recursive: true });
      };
      swap(0, listing('10.200.0.0/16'));
      symlinkSync('..data/ip-masq-agent', join(volume, 'ip-masq-agent'));
      const { log } = node.start(program, [`--config=${join(volume, 'ip-masq-agent')}`]);
      await until('the first map', () => preserves('10.200.0.0/16'));
      for (let i = 1; i <= 200; i++) {
        swap(i, i % 3 === 0 ? GARBAGE : listing(`10.${i}.0.0/16`));
        await new Promise(resolve => setTimeout(resolve, i % 7));
        // One block, whichever it is: never none, nor half of a list.
        if (i % 20 === 0) expect(node.rules()).toHaveLength(5);
      }
      await until(`the last map\n${log()}`, () => preserves('10.200.0.0/16') && node.state().ready, SOON);
      swap(201, GARBAGE);
      await until('refused', refused, SOON);
      expect(preserves('10.200.0.0/16')).toBe(true);
    });

    test("the file's deletion brings the built-in list, and is counted", async () => {
      const { log } = await started(listing('10.1.0.0/16'));
      unlinkSync(node.config);
      await until('the built-in list', () => preserves('172.16.0.0/12'), SOON);
      await until('published', () => node.state().counts.deletions === 1);
      await until('deletion told', () => / info built-in: .*ip-masq-agent has gone/.test(log()));
      expect(node.sh('cat /run/masq-agent/metrics')).toMatch(/config_deletions_total 1$/m);
      expect(node.state()).toMatchObject({ ready: true, config: { source: 'built-in' } });
    });

    test('what was good last is healed at each resync while the file is refused', async () => {
      await started(listing('10.1.0.0/16', '200ms'));
      const rules = node.rules();
      node.configure(GARBAGE);
      await until('refused', refused, SOON);
      node.sh(
        'iptables-nft -t nat -F POSTROUTING; iptables-nft -t nat -F IP-MASQ-AGENT; iptables-nft -t nat -X IP-MASQ-AGENT',
      );
      await until('healed', () => node.rules().length === rules.length);
      expect(node.rules()).toEqual(rules);
      expect(refused()).toBe(true);
    });

    test('nothing good yet: rules come with the first valid file, and what former agents left goes', async () => {
      node.sh('iptables-nft -t nat -N KEPT');
      node.configure(listing('fd00::/8'));
      expect(node.once(program, ['--enable-ipv6', '--masq-chain=OLD', '--state-dir=/run/old']).status).toBe(0);
      const before = node.allRules();
      node.configure(GARBAGE);
      node.start(program);
      await until('refused', () => node.sh('cat /run/masq-agent/state.json || true').includes('"refused"'));
      expect(node.allRules()).toEqual(before);
      node.configure(listing('10.1.0.0/16'));
      await until('enforced', () => preserves('10.1.0.0/16'), SOON);
      await until('cleaned', () => !node.allRules().join('\n').includes('OLD'));
      expect(node.rules(6)).toEqual([]);
      expect(node.rules()).toContain(':KEPT -');
    });

    test('nothing is told twice, nor written, while nothing changes', async () => {
      const { log } = await started(listing('10.1.0.0/16', '100ms'));
      node.sh('iptables-nft -t nat -I POSTROUTING -d 10.1.2.0/24 -j MASQUERADE');
      await until('contradicted', () => node.state().verdict === 'contradicted');
      const { reconciles } = node.state().counts;
      await until('ten resyncs more', () => node.state().counts.reconciles! >= reconciles! + 10);
      expect(log().match(/contradicted/g)).toHaveLength(1);
      expect(node.state()).toMatchObject({ counts: { applies: 1, drifts: 0 } });
      node.sh('iptables-nft -t nat -D POSTROUTING 1');
      await until('proven', () => node.state().ready && log().includes('proven'));
      const lines = log().trimEnd().split('\n');
      expect(new Set(lines).size).toBe(lines.length);
      expect(log().match(/proven/g)).toHaveLength(1);
    });

    test('any sequence of files ends in the map of the last valid one', async () => {
      await started(listing('10.200.0.0/16'));
      let valid = '10.200.0.0/16';
      const garbage = fc.constantFrom(
        GARBAGE,
        'nonMasqueradeCIDRs:\n',
        'a: b',
        '\0',
        '[]',
        '- 1',
        'nonMasqueradeCIDRs: [10.0.0.1/8]',
      );
      const step = fc.oneof(fc.integer({ min: 0, max: 199 }), garbage, fc.constant(undefined));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(step, fc.integer({ min: 0, max: 5 })), { maxLength: 30 }), async steps => {
          for (const [what, pause] of steps) {
            if (what === undefined) rmSync(node.config, { force: true });
            else node.configure(typeof what === 'number' ? listing(`10.${what}.0.0/16`) : what);
            if (typeof what !== 'string') valid = what === undefined ? '192.168.0.0/16' : `10.${what}.0.0/16`;
            await new Promise(resolve => setTimeout(resolve, pause));
          }
          // A file that comes and goes between two looks was never there; the last valid one has to have been seen.
          const last = steps.findLast(([what]) => typeof what !== 'string');
          if (last && typeof steps.at(-1)![0] === 'string') {
            if (last[0] === undefined) rmSync(node.config, { force: true });
            else node.configure(listing(`10.${last[0]}.0.0/16`));
            await until('the last valid map', () => preserves(valid), SOON);
            node.configure(steps.at(-1)![0] as string);
            await until('refused', refused, SOON);
          }
          await until(`the map of ${valid}`, () => preserves(valid), SOON);
          expect(node.rules().length).toBe(valid === '192.168.0.0/16' ? 7 : 5);
        }),
        { numRuns: runs(8) },
      );
    });
  });
});
