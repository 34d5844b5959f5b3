import { chmodSync, mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FAMILIES } from '../../core/address';
import { hasKernel } from '../dataplane/kernel';
import { FLAVOURS, TestNode, textIf } from './node-lab';
import { buildProgram, isBuildable, RUNTIMES } from './runtimes';

/** A file that masqueraded packets to 10.1.0.0/16 keep their source by. */
const GOOD = 'nonMasqueradeCIDRs: [10.1.0.0/16]\n';
const GARBAGE = 'nonMasqueradeCIDRs: [10.1.0.0/16\n';

const root = mkdtempSync(join(tmpdir(), 'masq-traps-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(hasKernel()).each(RUNTIMES)('on %s', runtime => {
  describe.runIf(isBuildable(runtime)).each(FLAVOURS)('with iptables-%s', flavour => {
    let program: readonly string[];
    let node: TestNode;
    beforeAll(async () => {
      const folder = join(root, `${runtime}-${flavour}`);
      mkdirSync(folder);
      program = await buildProgram(runtime, 'agent/entry', folder);
    });
    beforeEach(async () => {
      node = await TestNode.start(flavour);
      node.configure(GOOD);
    });
    afterEach(() => node.stop());

    const iptables = (rest: string): string => node.sh(`iptables-${flavour} -t nat ${rest}`);
    /** Applies a file, and gives the rules that are the kernel's then. */
    function applied(...args: string[]): string[] {
      const { status, stderr } = node.once(program, args);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      return node.allRules();
    }
    /** A tool's name that first does what a script says; `$REAL` is the tool, `$CALLS` a file to count in. */
    function faked(tool: string, script: string, kind = 'restore'): { readonly path: string; calls(): number } {
      const path = join(node.folder, 'bin');
      const file = join(path, `${tool}-${flavour}-${kind}`);
      const real = `/usr/sbin/${tool}-${flavour}-${kind}`;
      mkdirSync(path, { recursive: true });
      writeFileSync(file, `#!/bin/sh\nREAL=${real}\necho x >> ${file}.calls\n${script}\n`);
      chmodSync(file, 0o755);
      return { path, calls: () => (textIf(`${file}.calls`) ?? '').length / 2 };
    }

    test('rules are written only when the kernel differs', () => {
      const fake = faked('iptables', 'exec $REAL "$@"');
      const runs = [1, 2, 3].map(() => node.once(program, [], fake).status);
      expect({ runs, calls: fake.calls() }).toEqual({ runs: [0, 0, 0], calls: 1 });
    });

    test('an old chain goes with the first apply of the new one', () => {
      const wanted = applied('--masq-chain=NEW');
      applied('--masq-chain=OLD');
      expect(node.rules().join('\n')).not.toContain('NEW');
      expect(applied('--masq-chain=NEW')).toEqual(wanted);
    });

    test('who has rules in the chain is told that they are gone, rules of other agents aside', () => {
      const rule = '-d 203.0.113.9/32 -m comment --comment "for ip-users" -j SNAT --to-source 192.168.1.10';
      for (const chain of ['SHARED', 'FORMER']) iptables(`-N ${chain}`);
      iptables('-A POSTROUTING -j SHARED');
      iptables(`-A SHARED ${rule}`);
      // Its first version, and GKE's own.
      for (const name of ['ip-masq-agent', 'ip-masq']) {
        const comment = `${name}: cluster-local traffic should not be subject to MASQUERADE`;
        iptables(`-A FORMER -d 192.0.2.0/24 -m comment --comment "${comment}" -j RETURN`);
      }
      const { stderr } = node.once(program, ['--masq-chain=SHARED']);
      expect(stderr).toContain(
        `replaced: the chain had rules that no ip-masq-agent wrote, and they are gone: iptables -t nat -A SHARED ${rule}\n`,
      );
      expect(node.rules().join('\n')).not.toContain('203.0.113.9');
      expect(node.once(program, ['--masq-chain=SHARED']).stderr).not.toContain('replaced');
      expect(node.once(program, ['--masq-chain=FORMER']).stderr).not.toContain('replaced');
      for (let i = 1; i <= 5; i++) iptables(`-A FORMER -d 203.0.113.${i}/32 -j ACCEPT`);
      expect(node.once(program, ['--masq-chain=FORMER']).stderr).toMatch(
        /replaced: .*-d 203\.0\.113\.3\/32 -j ACCEPT; 2 more\n/,
      );
    });

    test('IPv6 rules go when IPv6 is switched off, under whichever name', () => {
      const wanted = applied();
      applied('--enable-ipv6', '--masq-chain=OLD');
      expect(node.rules(6)).not.toEqual([]);
      expect(applied()).toEqual(wanted);
    });

    test('what others have is not touched by it', () => {
      iptables('-N OTHERS');
      iptables('-A OTHERS -d 192.0.2.1/32 -j RETURN');
      iptables('-A POSTROUTING -d 192.0.2.0/24 -m comment --comment "not an agent" -j OTHERS');
      const before = node.rules();
      applied('--masq-chain=OLD');
      const after = applied();
      expect(after).toEqual(expect.arrayContaining(before));
      const { stdout, status } = node.agent(program, ['cleanup']);
      expect({ stdout, status }).toEqual({ stdout: expect.stringContaining('chain IP-MASQ-AGENT'), status: 0 });
      expect(node.rules()).toEqual(before);
      expect(node.agent(program, ['cleanup']).stdout).toBe('there was nothing to remove\n');
    });

    test('while the new rules cannot be written, the old ones stay', () => {
      const before = applied('--masq-chain=OLD', '--enable-ipv6');
      const { path } = faked('iptables', 'test -e done && exec $REAL "$@"; touch done; exit 4');
      const { status, stderr } = node.once(program, [], { path });
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('-restore') });
      expect(node.allRules()).toEqual(before);
    });

    test('a refused file leaves the kernel as it was, also where nothing was good before', () => {
      iptables('-N IP-MASQ-AGENT');
      iptables('-A IP-MASQ-AGENT -d 10.1.0.0/16 -j RETURN');
      iptables('-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT');
      const before = node.allRules();
      node.configure('nonMasqueradeCIDRs: [10.2.0.5/16]\n');
      const { status, stderr } = node.once(program);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/:1:22 error .*10\.2\.0\.0\/16/) });
      expect(node.allRules()).toEqual(before);
    });

    test('a folder in the place of the file is refused', () => {
      unlinkSync(node.config);
      mkdirSync(node.config);
      const { status, stderr } = node.once(program);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('EISDIR') });
      expect(node.allRules()).toEqual([]);
    });

    test('what was good last is healed beside a refused file, also by the next process', () => {
      const good = applied();
      iptables('-F IP-MASQ-AGENT');
      node.configure(GARBAGE);
      expect(node.once(program).status).toBe(1);
      expect(node.allRules()).toEqual(good);
      expect(node.state()).toMatchObject({ verdict: 'refused', ready: false, config: { source: 'last-good' } });
    });

    test('the built-in list is what was good last when the file was deleted last', () => {
      applied();
      unlinkSync(node.config);
      const builtIn = applied();
      expect(builtIn.join('\n')).toContain('172.16.0.0/12');
      node.configure(GARBAGE);
      iptables('-F IP-MASQ-AGENT');
      expect(node.once(program).status).toBe(1);
      expect(node.allRules()).toEqual(builtIn);
    });

    test.each([
      [
        'before',
        '-I POSTROUTING -d 10.1.2.0/24 -j MASQUERADE',
        /10\.1\.2\.0 are masqueraded by the rule iptables-\w+ -t nat -A POSTROUTING -d 10\.1\.2\.0\/24 -j MASQUERADE/,
      ],
      [
        'behind',
        '-A POSTROUTING -d 10.1.2.0/24 -j MASQUERADE',
        /10\.1\.2\.0 are masqueraded by the rule iptables-\w+ -t nat -A POSTROUTING -d 10\.1\.2\.0\/24 -j MASQUERADE/,
      ],
      [
        'before',
        '-I POSTROUTING -d 192.0.2.7/32 -j ACCEPT',
        /192\.0\.2\.7 are preserved by the rule iptables-\w+ -t nat -A POSTROUTING -d 192\.0\.2\.7\/32 -j ACCEPT/,
      ],
    ])('a foreign rule %s the jump is named, and holds up no rollout: %s', (_, rule, text) => {
      applied();
      iptables(rule);
      const before = node.rules();
      const { status, stderr } = node.once(program);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(text) });
      expect(node.state()).toMatchObject({ verdict: 'contradicted', ready: true });
      expect(node.rules()).toEqual(before);
    });

    test('a foreign rule that may decide is named, and is no reason not to be ready', () => {
      applied();
      iptables('-A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE');
      const { status, stderr } = node.once(program);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('-s 10.0.0.0/8 -j MASQUERADE') });
      expect(node.state()).toMatchObject({ verdict: 'unproven', ready: true });
    });

    test.each(['-F IP-MASQ-AGENT', '-D POSTROUTING 1', '-F', '-I IP-MASQ-AGENT -j RETURN', '-D IP-MASQ-AGENT 1'])(
      'what was changed by hand is healed: %s',
      change => {
        const good = applied();
        iptables(change);
        expect(node.allRules()).not.toEqual(good);
        expect(applied()).toEqual(good);
      },
    );

    test.each([
      ['ip6tables', 'restore', [true, false]],
      ['ip6tables', 'save', [true, false]],
      ['iptables', 'restore', [false, true]],
    ] as const)('one family does not keep the other from being enforced: %s-%s fails', (broken, kind, enforced) => {
      const { path } = faked(broken, 'exit 4', kind);
      const { status, stderr } = node.once(program, ['--enable-ipv6'], { path });
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringContaining(`${broken}-${flavour}-${kind}`),
      });
      expect(FAMILIES.map(family => node.rules(family).length > 0)).toEqual(enforced);
      expect(node.state()).toMatchObject({ verdict: 'failed', ready: false });
    });

    test('unknown keys are warned about for those who migrate', () => {
      node.configure(`${GOOD}colour: red\n`);
      expect(node.once(program).status).toBe(1);
      const { status, stderr } = node.once(program, ['--unknown-keys=warn']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/2:1 warning MQ203 .*"?colour/) });
    });

    test('an empty list, and IPv6 without IPv6 blocks, are honoured with a warning', () => {
      node.configure('nonMasqueradeCIDRs: []\n');
      expect(node.once(program)).toMatchObject({ status: 0, stderr: expect.stringMatching(/warning .*finding/) });
      node.configure(GOOD);
      expect(node.once(program, ['--enable-ipv6'])).toMatchObject({
        status: 0,
        stderr: expect.stringMatching(/warning .*IPv6/),
      });
    });
  });
});
