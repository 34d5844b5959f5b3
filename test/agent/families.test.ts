import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasKernel } from '../dataplane/kernel';
import { TestNode } from './node-lab';
import { buildProgram } from './runtimes';

const root = mkdtempSync(join(tmpdir(), 'masq-families-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(hasKernel())('one family does not keep the other one from its rules', () => {
  let program: readonly string[];
  let node: TestNode;
  beforeAll(async () => {
    program = await buildProgram('node', 'agent/entry', root);
  });
  beforeEach(async () => {
    node = await TestNode.start();
    node.configure('nonMasqueradeCIDRs: [10.1.0.0/16, "2001:db8::/32"]\n');
  });
  afterEach(() => node.stop());

  /** Runs the agent with a program that does this before it is what it is called. */
  function once(args: readonly string[], name: string, script: string): { status: number | null; stderr: string } {
    const path = join(node.folder, 'bin');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\nexec /usr/sbin/${name} "$@"\n`, { mode: 0o755 });
    const { status, stderr } = node.once(program, ['--enable-ipv6', ...args], { path });
    return { status, stderr };
  }
  const FAILS = 'echo no memory >&2; exit 4';
  const text = (tables: string): string => node.sh(`nft list ruleset | grep -A99 '^table ${tables}' || true`);

  test('it fails once: both are enforced in the end, and that is what is said', () => {
    const { status, stderr } = once(
      ['--backend=iptables'],
      'ip6tables-nft-restore',
      `test -e failed || { touch failed; ${FAILS}; }`,
    );
    expect(status).toBe(0);
    expect(stderr).toContain('rules written');
    expect(stderr).not.toContain('failed');
    const { verdict, message, counts } = node.state();
    expect({ verdict, message, counts }).toMatchObject({
      verdict: 'enforced',
      message: '',
      counts: { applies: 1, failures: 0, drifts: 0 },
    });
    expect([node.rules(4).length, node.rules(6).length]).toEqual([5, 5]);
  });

  test.each([
    ['ip6tables-nft-restore', 4, /^IPv6: "ip6tables-nft-restore --noflush --wait=5" ended with 4: no memory$/],
    ['ip6tables-nft-save', 4, /^IPv6: "ip6tables-nft-save -t nat" ended with 4: no memory$/],
    ['iptables-nft-restore', 6, /^IPv4: "iptables-nft-restore --noflush --wait=5" ended with 4: no memory$/],
    ['iptables-nft-save', 6, /^IPv4: "iptables-nft-save -t nat" ended with 4: no memory$/],
  ] as const)('%s fails: the rules of IPv%i are there', (tool, other, why) => {
    expect(once(['--backend=iptables'], tool, FAILS).status).toBe(1);
    expect(node.state()).toMatchObject({ verdict: 'failed', ready: false, counts: { applies: 1, failures: 1 } });
    expect(node.state().message).toMatch(why);
    expect(node.rules(other)).toHaveLength(5);
    if (tool.endsWith('restore')) expect(node.rules(other === 4 ? 6 : 4)).toEqual([]);
  });

  test('both fail: both are named', () => {
    mkdirSync(join(node.folder, 'bin'));
    writeFileSync(join(node.folder, 'bin/ip6tables-nft-restore'), `#!/bin/sh\n${FAILS}\n`, { mode: 0o755 });
    once(['--backend=iptables'], 'iptables-nft-restore', FAILS);
    expect(node.state().message).toMatch(/^IPv4: "iptables-nft-restore .*; IPv6: "ip6tables-nft-restore /);
    expect(node.state()).toMatchObject({ verdict: 'failed', counts: { applies: 0, failures: 1 } });
  });

  test.each([
    ['ip6', 'ip', /^IPv6: "nft .*" ended with 4: no memory$/],
    ['ip', 'ip6', /^IPv4: "nft .*" ended with 4: no memory$/],
  ])('nft does not take rules of %s: those of %s are there', (family, other, why) => {
    // What is to be written comes to its standard input.
    const refuses = `case "$*" in *-f*)
      text=$(cat)
      case "$text" in *'"${family}"'*) ${FAILS};; esac
      printf %s "$text" | /usr/sbin/nft "$@"
      exit;;
    esac`;
    expect(once(['--backend=nftables'], 'nft', refuses).status).toBe(1);
    expect(node.state().message).toMatch(why);
    expect(node.state()).toMatchObject({ verdict: 'failed', counts: { applies: 1, failures: 1 } });
    expect(text(`${other} masq-agent`)).toContain('masquerade');
    expect(text(`${family} masq-agent`)).toBe('');
  });
});
