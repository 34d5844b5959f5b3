import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OPTIONS, UPSTREAM_OPTIONS } from '../../agent/manual';
import { AGENT_FLAG_NAMES } from '../../core/agentfile/flags';
import { COMMANDS, TOGGLE_OPTIONS, VALUED_OPTIONS } from '../../core/agentfile/options';
import { hasKernel } from '../dataplane/kernel';
import { TestNode } from './node-lab';
import { buildProgram, isBuildable, RUNTIMES } from './runtimes';

const GOOD = 'nonMasqueradeCIDRs: [10.1.0.0/16]\n';
/** Every kind of mistake at once. */
const BAD = `nonMasqueradeCIDRs:
  - 10.1.0.1/16
  - 10.0.0.0.0/8
masqLinkLocal: "yes"
resyncInterval: 60
colour: red
`;

const root = mkdtempSync(join(tmpdir(), 'masq-commands-'));
// Other users run the program too.
chmodSync(root, 0o755);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(hasKernel()).each(RUNTIMES)('on %s', runtime => {
  describe.runIf(isBuildable(runtime))('', () => {
    let program: readonly string[];
    let node: TestNode;
    beforeAll(async () => {
      mkdirSync(join(root, runtime));
      program = await buildProgram(runtime, 'agent/entry', join(root, runtime));
    });
    beforeEach(async () => {
      node = await TestNode.start();
      node.configure(GOOD);
    });
    afterEach(() => node.stop());

    /** Runs a command; what it printed, with the exit code in the last line. */
    function said(...args: string[]): string {
      const { stdout, stderr, status } = node.agent(program, args);
      return `${stdout}${stderr}${status}`.replaceAll(`${node.folder}/`, '');
    }
    /** Puts words before the agent's own, to take something away from it. */
    function without(wrapper: readonly string[], ...args: string[]): string {
      const { stdout, stderr, status } = node.agent(program, args, { wrapper });
      return `${stdout}${stderr}${status}`.replaceAll(`${node.folder}/`, '');
    }
    const NO_RIGHTS = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];
    const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

    describe('check', () => {
      test('says all that is wrong with a file, in its order', () => {
        node.configure(BAD);
        const lines = said('check', node.config).split('\n');
        expect(lines.map(line => line.slice(0, 40))).toEqual([
          'ip-masq-agent:2:5 error MQ101 CIDR "10.1',
          'ip-masq-agent:3:5 error MQ104 CIDR "10.0',
          'ip-masq-agent:4:16 error MQ204 masqLinkL',
          'ip-masq-agent:5:17 error MQ216 resyncInt',
          'ip-masq-agent:6:1 error MQ203 unknown ke',
          'ip-masq-agent is refused',
          '1',
        ]);
        expect(lines[0]).toContain('did you mean "10.1.0.0/16"?');
        expect(lines[2]).toContain('"yes"');
      });

      test('takes a file, and standard input', () => {
        expect(said('check', node.config)).toBe('ip-masq-agent is valid\n0');
        const { stdout, status } = node.agent(program, ['check', '-'], { input: GOOD });
        expect({ stdout, status }).toEqual({ stdout: '<stdin> is valid\n', status: 0 });
        const bad = node.agent(program, ['check', '-'], { input: BAD });
        expect({ stdout: bad.stdout.split('\n')[0], status: bad.status }).toEqual({
          stdout: expect.stringMatching(/^<stdin>:2:5 error/),
          status: 1,
        });
      });

      test('can warn of unknown keys', () => {
        node.configure(`${GOOD}colour: red\n`);
        expect(said('check', node.config)).toMatch(/2:1 error MQ203 .*\nip-masq-agent is refused\n1$/);
        expect(said('check', '--unknown-keys=warn', node.config)).toMatch(
          /2:1 warning MQ203 .*\nip-masq-agent is valid\n0$/,
        );
      });

      test('says why a file cannot be read', () => {
        expect(said('check', join(node.folder, 'nothing'))).toBe('nothing cannot be read: it is not there (ENOENT)\n2');
        expect(said('check', node.folder)).toBe(`${node.folder} cannot be read: it is a folder (EISDIR)\n2`);
        writeFileSync(join(node.folder, 'bytes'), Buffer.from([0xff]));
        expect(said('check', join(node.folder, 'bytes'))).toBe(
          'bytes is no UTF-8 text; write it anew in UTF-8\nbytes is refused\n1',
        );
        // Root may read everything; in a user namespace of its own there is nobody else.
        if (process.getuid?.() !== 0) return;
        node.sh('chmod 755 .; chmod 600 ip-masq-agent');
        expect(without(NOBODY, 'check', node.config)).toBe(
          'ip-masq-agent cannot be read: this user may not (EACCES)\n2',
        );
      });
    });

    describe('run', () => {
      test('that may not change rules says what it needs', () => {
        expect(without(NO_RIGHTS, '--once')).toMatch(
          /failed: "iptables-nft-save -t nat" ended with 4: .*; changing rules takes the capability NET_ADMIN\n1$/,
        );
        expect(without(NO_RIGHTS, '--once', '--backend=nftables')).toMatch(
          /failed: "nft .*; changing rules takes the capability NET_ADMIN\n1$/,
        );
      });

      test('without programs says which', () => {
        const run = (...args: string[]): string => node.once(program, args, { onlyPath: '/nowhere' }).stderr;
        expect(run()).toContain('failed: there is no "iptables-nft-save" on PATH; the agent needs it for this backend');
        expect(run('--backend=nftables')).toContain('failed: there is no "nft" on PATH');
      });

      test('with a folder that cannot be written enforces all the same, and says so', () => {
        writeFileSync(join(node.folder, 'file'), '');
        const { status, stderr } = node.once(program, [`--state-dir=${node.folder}/file/state`]);
        expect({ status, stderr }).toEqual({
          status: 0,
          stderr: expect.stringMatching(/file\/state cannot be written, what stands above it is no folder \(ENOTDIR\)/),
        });
        expect(node.rules()).toHaveLength(5);
      });

      test('prints what it would write, and why it would not', () => {
        expect(said('--dry-run')).toMatch(/^# iptables-restore --noflush\n\*nat\n:IP-MASQ-AGENT [\s\S]*COMMIT\n0$/);
        expect(said('--dry-run', '--backend=nftables')).toMatch(/^# nft .*-f -\n[\s\S]*\bmasq-agent\b[\s\S]*\}\n0$/);
        expect(node.allRules()).toEqual([]);
        node.configure(BAD);
        expect(said('--dry-run').split('\n')).toHaveLength(6);
      });
    });

    describe('status', () => {
      test('where nothing has run', () => {
        expect(said('status')).toBe(
          'there is no /run/masq-agent/state.json: no agent has run here, it runs with another --state-dir, or it cannot write it\n1',
        );
        expect(said('healthz')).toBe('no agent has run with --state-dir=/run/masq-agent\n1');
      });

      test.each([
        '{"verdict":"enforced"}',
        '[]',
        'null',
        '"x"',
        '{"version":"1","verdict":"enforced","ready":true,"message":""}',
      ])('that another version has written: %s', written => {
        const folder = join(node.folder, 'other');
        mkdirSync(folder);
        writeFileSync(join(folder, 'state.json'), written);
        const words = 'other/state.json is no state of this masq-agent; another version may have written it\n1';
        expect(said('status', `--state-dir=${folder}`)).toBe(words);
        writeFileSync(join(folder, 'heartbeat'), '');
        const now = Number(process.hrtime.bigint()) / 1e9;
        utimesSync(join(folder, 'heartbeat'), now, now);
        expect(said('healthz', '--ready', `--state-dir=${folder}`)).toBe(words);
      });

      test('of an agent that enforces, is refused, or has nothing', () => {
        node.configure(BAD);
        node.once(program);
        expect(said('status')).toMatch(
          /^verdict {5}refused \(not ready\)\nbecause {5}ip-masq-agent:2:5 error .*\nconfig {6}ip-masq-agent is refused, and nothing was good before: nothing is enforced\nlast proof /,
        );
        expect(said('healthz', '--ready')).toMatch(/^refused: ip-masq-agent:2:5 error .*\n1$/);
        node.configure(GOOD);
        node.once(program);
        expect(said('status')).toMatch(
          /^verdict {5}enforced\nconfig {6}ip-masq-agent, 2 CIDRs preserved\ndigest {6}\w{16}, generation 1\n[\s\S]*\n0$/,
        );
        expect(JSON.parse(node.agent(program, ['status', '--log-format=json']).stdout)).toEqual(node.state());
        node.configure(BAD);
        node.once(program);
        expect(said('status')).toContain(
          '\nconfig      ip-masq-agent is refused: what was good last, 2 CIDRs preserved\n',
        );
        node.sh('rm ip-masq-agent');
        node.once(program);
        expect(said('status')).toContain(
          '\nconfig      ip-masq-agent is not there: the built-in list, 4 CIDRs preserved\n',
        );
      });
    });

    describe('cleanup', () => {
      test('removes what every backend wrote, and says what', () => {
        node.once(program, ['--backend=nftables', '--enable-ipv6', '--state-dir=/run/a']);
        node.sh('nft list table ip6 masq-agent');
        node.sh(
          'iptables-legacy -t nat -N OLD; iptables-legacy -t nat -A POSTROUTING -m comment --comment "ip-masq-agent: ensure nat POSTROUTING directs all non-LOCAL destination traffic to our custom OLD chain" -m addrtype ! --dst-type LOCAL -j OLD',
        );
        const out = said('cleanup');
        expect(out).toMatch(
          /removed table ip masq-agent \(nftables\)\nremoved table ip6 masq-agent \(nftables\)\nremoved iptables 1 rule of POSTROUTING, chain OLD \(iptables-legacy\)\n0$/,
        );
        expect(said('cleanup')).toBe('there was nothing to remove\n0');
        expect(node.sh('nft list tables; iptables-legacy-save -t nat')).not.toMatch(/masq/);
      });

      test('that could not look says so', () => {
        node.once(program);
        const before = node.rules();
        expect(without(NO_RIGHTS, 'cleanup')).toMatch(/NET_ADMIN\n[\s\S]*1$/);
        const { status, stderr, stdout } = node.agent(program, ['cleanup'], { onlyPath: '/nowhere' });
        expect({ status, stderr, stdout }).toEqual({
          status: 1,
          stderr: expect.stringContaining('there is no'),
          stdout: '',
        });
        expect(node.rules()).toEqual(before);
      });

      test('that could remove one family alone says so', () => {
        node.once(program, ['--enable-ipv6']);
        mkdirSync(join(node.folder, 'bin'));
        writeFileSync(join(node.folder, 'bin/ip6tables-nft-restore'), '#!/bin/sh\nexit 4\n', { mode: 0o755 });
        const { status, stderr, stdout } = node.agent(program, ['cleanup'], { path: join(node.folder, 'bin') });
        expect({ status, stderr, stdout }).toEqual({
          status: 1,
          stderr: expect.stringContaining('"ip6tables-nft-restore'),
          stdout: expect.stringContaining('removed iptables 1 rule of POSTROUTING, chain IP-MASQ-AGENT'),
        });
        expect(node.rules(6)).not.toEqual([]);
        expect(said('cleanup')).toMatch(/removed ip6tables .*\n0$/);
      });
    });

    describe('help', () => {
      test('of the whole and of each command', () => {
        const whole = said('help');
        for (const name of COMMANDS) expect(whole).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
        for (const { name } of [...OPTIONS, ...UPSTREAM_OPTIONS])
          expect(whole).toMatch(new RegExp(`^  --${name}\\b`, 'm'));
        expect(said('--help')).toBe(whole);
        for (const name of COMMANDS) {
          const text = said('help', name);
          expect(text).toMatch(new RegExp(`^usage: masq-agent ${name}\\b[\\s\\S]*\n0$`));
          expect(said(name, '--help')).toBe(text);
          expect(said('-h', name)).toBe(text);
        }
      });

      test('leaves no option out', () => {
        const names = [...Object.keys(VALUED_OPTIONS), ...TOGGLE_OPTIONS];
        expect(OPTIONS.map(({ name }) => name).sort()).toEqual(names.sort());
        expect(UPSTREAM_OPTIONS.map(({ name }) => name).sort()).toEqual([...AGENT_FLAG_NAMES].sort());
      });

      test('fits a terminal', () => {
        for (const name of ['', ...COMMANDS]) {
          // An example is to be copied as one line.
          const [text] = said('help', ...(name === '' ? [] : [name])).split('\nexample\n');
          for (const line of text!.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
        }
      });
    });
  });
});
