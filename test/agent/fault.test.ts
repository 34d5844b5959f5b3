import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasKernel } from '../dataplane/kernel';
import { type AgentRun, FLAVOURS, TestNode, until } from './node-lab';
import { buildProgram, isBuildable, RUNTIMES } from './runtimes';

const GOOD = 'nonMasqueradeCIDRs: [10.1.0.0/16]\nresyncInterval: 200ms\n';
/** How many applies are killed for each runtime and backend; `npm run test:kills` sets 500. */
const KILLS = Number(process.env.MASQ_KILLS ?? 12);
/** So many blocks that their rules do not fit into a pipe, in two lists that differ in all of them. */
const BLOCKS = 1500;
const list = (net: number): string => {
  const cidrs = Array.from({ length: BLOCKS }, (_, i) => `${net}.${i >> 8}.${i & 255}.0/24`);
  return `cidrLimit: ${BLOCKS}\nnonMasqueradeCIDRs: [${cidrs.join(', ')}]\n`;
};

const root = mkdtempSync(join(tmpdir(), 'masq-fault-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(hasKernel()).each(RUNTIMES)('the agent on %s survives', runtime => {
  describe.runIf(isBuildable(runtime))('', () => {
    let program: readonly string[];
    let node: TestNode;
    beforeAll(async () => {
      const folder = join(root, runtime);
      mkdirSync(folder);
      program = await buildProgram(runtime, 'agent/entry', folder);
    });
    afterEach(() => node.stop());

    describe.each([...FLAVOURS, 'nftables'] as const)('SIGKILL: %s', backend => {
      beforeEach(async () => {
        node = await TestNode.start(backend === 'nftables' ? 'nft' : backend);
      });

      const args = backend === 'nftables' ? ['--backend=nftables'] : ['--backend=iptables'];
      const held = (): string[] => (backend === 'nftables' ? nftLines(node) : node.rules());

      /** A tool that the killed agent had started may write while rules are listed: what is listed twice was there. */
      const settled = (): string => {
        let text = held().join('\n');
        for (;;) {
          const again = held().join('\n');
          if (again === text) return text;
          text = again;
        }
      };

      test(`at ${KILLS} random moments: never a part of the rules, and healed by the next run`, {
        timeout: 3_600_000,
      }, async () => {
        const complete = [9, 11].map(net => {
          node.configure(list(net));
          const begin = performance.now();
          expect(node.once(program, args)).toMatchObject({ status: 0 });
          return { rules: held(), took: performance.now() - begin };
        });
        const texts = complete.map(({ rules }) => rules.join('\n'));
        const longest = Math.max(...complete.map(({ took }) => took));
        let killed = 0;
        for (let i = 0; i < KILLS; i++) {
          node.configure(list(i % 2 === 0 ? 9 : 11));
          const { child, ended } = node.start(program, ['--once', ...args]);
          const timer = setTimeout(() => child.kill('SIGKILL'), Math.random() * longest);
          if ((await ended) === 'SIGKILL') killed++;
          clearTimeout(timer);
          expect(texts).toContain(settled());
          // A tool that the killed agent had started may still be at work.
          if (i % 4 === 3) {
            expect(node.once(program, args)).toMatchObject({ status: 0 });
            expect(held().join('\n')).toBe(texts[i % 2]);
          }
        }
        expect(killed).toBeGreaterThan(0);
      });
    });

    describe('with nftables', () => {
      beforeEach(async () => {
        node = await TestNode.start();
        node.configure('nonMasqueradeCIDRs: [10.1.0.0/16, 10.3.0.0/16]\n');
      });

      test.each([
        'flush set ip masq-agent preserved',
        'delete element ip masq-agent preserved { 10.1.0.0/16 }',
        'add element ip masq-agent preserved { 192.0.2.0/24 }',
        'flush chain ip masq-agent postrouting',
        'insert rule ip masq-agent postrouting return',
        'delete table ip masq-agent',
        'flush ruleset',
      ])('a change by hand: %s', change => {
        expect(node.once(program, ['--backend=nftables'])).toMatchObject({ status: 0 });
        const good = nftLines(node);
        node.sh(`nft '${change}'`);
        expect(nftLines(node)).not.toEqual(good);
        expect(node.once(program, ['--backend=nftables'])).toMatchObject({ status: 0 });
        expect(nftLines(node)).toEqual(good);
      });

      describe('and a tool that lets it down', () => {
        const NFT = ['--backend=nftables'];
        let good: string[];
        beforeEach(() => {
          expect(node.once(program, NFT)).toMatchObject({ status: 0 });
          good = nftLines(node);
          node.configure('nonMasqueradeCIDRs: [10.2.0.0/16]\n');
        });

        /** What keeps the agent from its work: how nft is called, and what the log says then. */
        test.each<[string, (put: (script: string) => string) => AgentRun, RegExp]>([
          [
            'nft fails to write',
            put => ({ path: put('case "$*" in *-f*) echo busy >&2; exit 1;; esac; exec /usr/sbin/nft "$@"') }),
            /failed: "nft .*-f -" ended with 1: busy\n/,
          ],
          ['nft fails to list', put => ({ path: put('exit 1') }), /failed: "nft .*" ended with 1\n/],
          [
            'nft is killed while it writes',
            put => ({ path: put('case "$*" in *-f*) kill -9 $$;; esac; exec /usr/sbin/nft "$@"') }),
            /failed: "nft .*-f -" was ended by signal 9\n/,
          ],
          [
            'nft lists garbage',
            put => ({ path: put('case "$*" in *list*) echo "{";; *) exec /usr/sbin/nft "$@";; esac') }),
            /failed: "nft .*" printed what is no list/,
          ],
          [
            'the right to change rules taken away',
            () => ({ wrapper: ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'] }),
            /failed: "nft .*; changing rules takes the capability NET_ADMIN\n/,
          ],
          ['no programs', () => ({ onlyPath: '/nowhere' }), /failed: there is no "nft" on PATH/],
        ])('%s: the rules stay, the log says which one, the next run heals', (_, hinder, says) => {
          const put = (script: string): string => {
            const path = join(node.folder, 'bin');
            mkdirSync(path);
            writeFileSync(join(path, 'nft'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
            return path;
          };
          const { status, stderr } = node.once(program, NFT, hinder(put));
          expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(says) });
          expect(nftLines(node)).toEqual(good);
          expect(node.state()).toMatchObject({ verdict: 'failed', ready: false });
          expect(node.once(program, NFT)).toMatchObject({ status: 0 });
          expect(nftLines(node).join('\n')).toContain('10.2.0.0/16');
        });
      });

      test('IPv6 switched off, and a change of the backend: what was written before goes', () => {
        expect(node.once(program, ['--enable-ipv6'])).toMatchObject({ status: 0 });
        expect(node.once(program, ['--backend=nftables', '--enable-ipv6'])).toMatchObject({ status: 0 });
        expect(node.allRules()).toEqual([]);
        expect(nftLines(node).join('\n')).toContain('table ip6 masq-agent');
        expect(node.once(program, ['--backend=nftables'])).toMatchObject({ status: 0 });
        expect(nftLines(node).join('\n')).not.toContain('table ip6 masq-agent');
        expect(node.once(program)).toMatchObject({ status: 0 });
        expect(nftLines(node).join('\n')).toBe('');
      });
    });

    describe('with iptables', () => {
      beforeEach(async () => {
        node = await TestNode.start();
        node.configure(GOOD);
      });

      /** Puts a program of this name before the real one. */
      function fake(name: string, script: string): string {
        const path = join(node.folder, 'bin');
        mkdirSync(path, { recursive: true });
        writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        return path;
      }

      test('a tool that hangs: it is killed, the rules stay, the log says which one', () => {
        expect(node.once(program)).toMatchObject({ status: 0 });
        const before = node.rules();
        const path = fake('iptables-nft-restore', 'exec sleep 60');
        node.configure('nonMasqueradeCIDRs: [10.2.0.0/16]\n');
        const { status, stderr } = node.once(program, [], { path });
        expect({ status, stderr }).toEqual({
          status: 1,
          stderr: expect.stringMatching(/failed: "iptables-nft-restore .*" did not end within 15 s and was killed/),
        });
        expect(node.rules()).toEqual(before);
      });

      test('a tool that fails for a while: told once, tried again, healed', async () => {
        const path = fake(
          'iptables-nft-restore',
          `test -e ${node.folder}/broken && exit 4\nexec /usr/sbin/iptables-nft-restore "$@"`,
        );
        writeFileSync(join(node.folder, 'broken'), '');
        const { log } = node.start(program, [], { path });
        await until('five failures', () => log() !== '' && (failures(node) ?? 0) >= 5);
        expect(log().match(/failed/g)).toHaveLength(1);
        expect(node.rules()).toEqual([]);
        rmSync(join(node.folder, 'broken'));
        await until('healed', () => node.rules().length === 5);
        await until('ready', () => node.state().ready);
      });

      test('the right to change rules taken away', () => {
        const wrapper = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];
        const { status, stderr } = node.once(program, [], { wrapper });
        expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/failed: .*(?:[Pp]ermi|root)/) });
        expect(node.state()).toMatchObject({ verdict: 'failed', ready: false });
        expect(node.rules()).toEqual([]);
      });

      test('no programs', () => {
        const { status, stderr } = node.once(program, [], { onlyPath: '/nowhere' });
        expect({ status, stderr }).toEqual({
          status: 1,
          stderr: expect.stringContaining('failed: there is no "iptables-nft-save" on PATH'),
        });
        expect(node.state()).toMatchObject({ verdict: 'failed', ready: false });
      });

      test('a full disk: rules are enforced all the same, and the state is written once there is room', async () => {
        node.sh('mkdir /run/masq-agent && mount -t tmpfs -o size=64k tmpfs /run/masq-agent');
        const fill = (): unknown =>
          node.sh('dd if=/dev/zero of=/run/masq-agent/fill bs=1k count=100 2> /dev/null || true');
        fill();
        const { log, child } = node.start(program);
        await until('rules', () => node.rules().length === 5);
        await until('told', () => log().includes('/run/masq-agent cannot be written, the disk is full (ENOSPC)'));
        node.sh('iptables-nft -t nat -F IP-MASQ-AGENT');
        await until('healed and told', () => node.rules().length === 5 && log().includes('drift'));
        expect(log().match(/ENOSPC/g)).toHaveLength(1);
        expect(child.exitCode).toBeNull();
        node.sh('rm /run/masq-agent/fill');
        await until('written again', () => log().includes('/run/masq-agent is written again'));
        expect(node.state()).toMatchObject({ verdict: 'enforced', ready: true });
        expect(node.sh('cat /run/masq-agent/last-good')).toBe(GOOD);
        fill();
        node.configure('nonMasqueradeCIDRs: [');
        await until('refused', () => node.agent(program, ['healthz', '--ready']).status === 1);
        expect(node.state()).toMatchObject({ verdict: 'refused', ready: false });
      });

      test('what the last run left being garbage', () => {
        for (const garbage of ['', '\0\xff', '{"verdict":', GOOD.slice(0, 22)]) {
          const script =
            'mkdir -p /run/masq-agent; cat > /run/masq-agent/last-good; cp /run/masq-agent/last-good /run/masq-agent/state.json';
          node.sh(script, garbage);
          expect(node.agent(program, ['status']).status).toBe(1);
          node.configure('nonMasqueradeCIDRs: [10.1.0.0/8]\n');
          expect(node.once(program).status).toBe(1);
          node.configure(GOOD);
          expect(node.once(program).status).toBe(0);
        }
      });

      // Node takes more address space than that to begin with.
      const inLittleMemory: AgentRun = runtime === 'quickjs' ? { wrapper: ['prlimit', '--as=67108864'] } : {};

      test.each([
        ['100 MB', () => truncateSync(node.config, 100_000_000), /larger than/],
        ['no text', () => writeFileSync(node.config, Buffer.from([0xff, 0xfe, 0x00])), /no UTF-8/],
        ['truncated', () => node.configure(GOOD.slice(0, 25)), /error/],
        ['a bomb of aliases', () => node.configure(bomb()), /MQ210 alias/],
        ['lists in lists', () => node.configure(`a: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`), /MQ209 .*deep/],
        ['maps in maps', () => node.configure(`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}\n`), /MQ209 .*deep/],
        ['one long word', () => node.configure('x'.repeat(1_000_000)), /error/],
      ])('a file of %s', (_, write, why) => {
        expect(node.once(program)).toMatchObject({ status: 0 });
        const before = node.rules();
        write();
        expect(node.once(program, [], inLittleMemory)).toMatchObject({ status: 1, stderr: expect.stringMatching(why) });
        expect(node.rules()).toEqual(before);
        expect(node.state()).toMatchObject({ verdict: 'refused', ready: false });
      });
    });

    test.runIf(runtime === 'quickjs')('a file for which there is not enough memory is refused in words', async () => {
      node = await TestNode.start();
      node.configure(Array.from({ length: 1500 }, (_, i) => `k${i}: 1\n`).join(''));
      const said = [6, 7, 8, 9, 10].map(mebibytes => {
        const wrapper = ['prlimit', `--as=${mebibytes * 2 ** 20}`];
        const { status, stdout, stderr } = node.agent(program, ['check', node.config], { wrapper });
        expect({ status, stderr }).toEqual({
          status: 1,
          stderr: expect.stringMatching(/^$|: there is not enough memory/),
        });
        return stdout + stderr;
      });
      expect(said.join('')).toContain('is more than can be read: ');
    });

    test('the lock of legacy iptables held by another', async () => {
      node = await TestNode.start('legacy');
      node.configure(GOOD);
      expect(node.once(program)).toMatchObject({ status: 0 });
      const before = node.rules();
      node.configure('nonMasqueradeCIDRs: [10.2.0.0/16]\n');
      node.sh(
        'flock /run/xtables.lock sh -c "touch held; exec sleep 7" > /dev/null 2>&1 & until test -e held; do sleep 0.05; done',
      );
      expect(node.once(program)).toMatchObject({ status: 1, stderr: expect.stringMatching(/failed: .*lock/) });
      expect(node.rules()).toEqual(before);
      const { status } = node.once(program);
      expect({ status, rules: node.rules() }).toEqual({
        status: 0,
        rules: expect.arrayContaining([expect.stringContaining('10.2.0.0/16')]),
      });
    });
  });
});

/** How often the agent has failed; undefined before it has told anything. */
function failures(node: TestNode): number | undefined {
  try {
    return node.state().counts.failures;
  } catch {
    return undefined;
  }
}

/** The agent's tables, as nft lists them. */
function nftLines(node: TestNode): string[] {
  return node.sh('for f in ip ip6; do nft list table $f masq-agent 2> /dev/null || true; done').split('\n');
}

/** Nine lists, each of nine times the one before. */
function bomb(): string {
  const names = [...'abcdefghi'];
  const lines = names.map(
    (name, i) => `${name}: &${name} [${Array(9).fill(i === 0 ? '10.0.0.0/8' : `*${names[i - 1]}`)}]`,
  );
  return `${lines.join('\n')}\nnonMasqueradeCIDRs: *i\n`;
}
