import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from './node-lab';
import { buildProgram, isBuildable, RUNTIMES } from './runtimes';

/** A method's name and its arguments. */
type Call = readonly [name: string, ...args: unknown[]];

const root = mkdtempSync(join(tmpdir(), 'masq-platform-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** FNV-1a in one number of 64 bits. */
function bigFnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

/** New user, mount and process namespaces, as a container has: the program is the first process. */
const AS_FIRST = ['unshare', '--map-root-user', '--pid', '--fork', '--mount-proc'];

describe.each(RUNTIMES)('the platform on %s', runtime => {
  const here = mkdtempSync(join(root, runtime));
  let program: readonly string[];
  let folder: string;

  describe.runIf(isBuildable(runtime))('does what it promises:', () => {
    beforeAll(async () => {
      program = await buildProgram(runtime, 'test/agent/probe', here);
    });
    beforeEach(() => {
      folder = mkdtempSync(join(here, 'test-'));
    });

    function spawn(command: readonly string[], env = process.env): SpawnSyncReturns<string> {
      return spawnSync(command[0]!, command.slice(1), { cwd: folder, encoding: 'utf8', env, maxBuffer: 2 ** 26 });
    }
    function probe(name: string, ...args: string[]): unknown {
      const { stdout, stderr, status } = spawn([...program, name, ...args]);
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      return JSON.parse(stdout);
    }
    function calls(...all: readonly Call[]): unknown[] {
      return probe('calls', ...all.map(call => JSON.stringify(call))) as unknown[];
    }
    function call(...one: Call): unknown {
      return calls(one)[0];
    }
    /** Runs a shell script, with the program's words in `$@`. */
    function shell(script: string, ...args: string[]): SpawnSyncReturns<string> {
      return spawn(['bash', '-c', script, 'bash', ...program, ...args]);
    }
    function put(name: string, content: string | Uint8Array): string {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    }

    test('arguments', () => {
      expect(probe('args', 'a b', '', '-x', 'ü€😀')).toEqual(['a b', '', '-x', 'ü€😀']);
    });

    test('environment variables', () => {
      const words = ['calls', '["env", "MASQ_A"]', '["env", "MASQ_B"]', '["env", "MASQ_C"]'];
      const { stdout } = spawn([...program, ...words], { PATH: process.env.PATH, MASQ_A: 'ä b', MASQ_B: '' });
      expect(JSON.parse(stdout)).toEqual(['ä b', '', null]);
    });

    test('clocks', () => {
      const before = Date.now();
      const { now, passed } = probe('clocks') as { now: number; passed: number };
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now).toBeLessThanOrEqual(Date.now());
      expect(passed).toBeGreaterThanOrEqual(19);
    });

    test('the clock that never jumps is that of every program of the machine', () => {
      const own = (): number => Number(process.hrtime.bigint() / 1_000_000n);
      const before = own();
      const { monotonic } = probe('clocks') as { monotonic: number };
      expect(monotonic).toBeGreaterThanOrEqual(before);
      expect(monotonic).toBeLessThanOrEqual(own() + 1);
    });

    test('a file is given a time of change, without room for it', () => {
      const path = join(folder, 'file');
      writeFileSync(path, 'text');
      // Long ago, and a fraction of a second.
      expect(calls(['touch', path, 12_345_678], ['modified', path])).toEqual([null, 12_345_678]);
      expect(readFileSync(path, 'utf8')).toBe('text');
      const gone = join(folder, 'gone');
      expect(calls(['touch', gone, 1], ['modified', gone])).toEqual([{ code: 'ENOENT' }, null]);
    });

    describe('readInput', () => {
      test.each([
        ['nothing', ': |', { ok: true, text: '' }],
        ['what comes slowly', '{ echo ä; sleep 0.2; echo b; } |', { ok: true, text: 'ä\nb\n' }],
        ['a file', '< words', { ok: true, text: 'in a file\n' }],
        ['too much', 'head -c 1001 /dev/zero |', { ok: false, fault: { code: 'EFBIG' } }],
        ['no text', "printf '\\377' |", { ok: false, fault: { code: 'EILSEQ' } }],
        ['a folder', '< .', { ok: false, fault: { code: 'EISDIR' } }],
      ])('%s', (_, before, wanted) => {
        writeFileSync(join(folder, 'words'), 'in a file\n');
        const [left, right] = before.startsWith('<') ? ['', before] : [before, ''];
        const { stdout, stderr } = shell(`${left} "$@" ${right}`, 'input', '1000');
        expect({ stderr, read: JSON.parse(stdout) as unknown }).toEqual({ stderr: '', read: wanted });
      });

      test('one that is set not to wait', () => {
        const script = `
import os, subprocess, sys, time
end, start = os.pipe()
os.set_blocking(end, False)
child = subprocess.Popen(sys.argv[1:], stdin=end)
time.sleep(0.3)
os.write(start, b"late")
os.close(start)
sys.exit(child.wait())`;
        const { stdout } = spawn(['python3', '-c', script, ...program, 'input', '1000']);
        expect(JSON.parse(stdout)).toEqual({ ok: true, text: 'late' });
      });
    });

    describe('readFile', () => {
      test.each([
        ['nothing', ''],
        ['ASCII', 'a: 1\n'],
        ['other scripts', 'ünï € 中文 😀\n'],
        ['a byte order mark', '\ufeffa: 1\n'],
        ['U+FFFD itself', 'a\ufffdb'],
        ['a zero', 'a\0b'],
        ['characters across every border of pages', `${'x'.repeat(4095)}😀${'y'.repeat(4093)}€${'z'.repeat(8000)}ü`],
        ['a long text of wide characters', '€'.repeat(50_000)],
      ])('%s', (_, text) => {
        expect(call('readFile', put('f', text), 1_000_000)).toEqual({ ok: true, text });
      });

      test.each([
        ['a lone continuation', [0x61, 0x80]],
        ['a lead without its rest', [0x61, 0xe2, 0x82]],
        ['a lead before ASCII', [0xc3, 0x61]],
        ['an overlong slash', [0xc0, 0xaf]],
        ['an overlong form of three', [0xe0, 0x80, 0xaf]],
        ['half a surrogate pair', [0xed, 0xa0, 0x80]],
        ['a surrogate pair as two characters', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
        ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
        ['Latin-1 behind a page of ASCII', [...Array<number>(5000).fill(0x20), 0xfc, 0x20]],
      ])('refuses %s', (_, bytes) => {
        const file = put('f', Uint8Array.from(bytes));
        expect(call('readFile', file, 1_000_000)).toEqual({ ok: false, fault: { code: 'EILSEQ' } });
      });

      test('reads up to the limit, in bytes', () => {
        const file = put('f', 'üü');
        const tooLarge = { ok: false, fault: { code: 'EFBIG' } };
        expect(calls(['readFile', file, 4], ['readFile', file, 3])).toEqual([{ ok: true, text: 'üü' }, tooLarge]);
        expect(call('readFile', '/dev/zero', 100_000)).toEqual(tooLarge);
      });

      test('files that say they are empty', () => {
        const text = readFileSync('/proc/version', 'utf8');
        expect(call('readFile', '/proc/version', 10_000)).toEqual({ ok: true, text });
      });

      test('what is no file', () => {
        spawnSync('mkfifo', [join(folder, 'fifo')]);
        const file = put('f', 'x');
        symlinkSync('loop', join(folder, 'loop'));
        const paths = [join(folder, 'none'), folder, join(file, 'x'), join(folder, 'loop'), join(folder, 'fifo')];
        const results = calls(...paths.map((path): Call => ['readFile', path, 10]));
        const faults = ['ENOENT', 'EISDIR', 'ENOTDIR', 'ELOOP'].map(code => ({ ok: false, fault: { code } }));
        expect(results).toEqual([...faults, { ok: true, text: '' }]);
      });
    });

    describe('fileStamp', () => {
      const stamp = (path: string): unknown => call('fileStamp', path);

      test('stays while the file does', () => {
        const file = put('f', 'x');
        const [first, again] = calls(['fileStamp', file], ['fileStamp', file]);
        expect(first).toEqual(expect.any(String));
        expect(again).toBe(first);
      });

      test('changes with the text, and with the file', () => {
        const file = put('f', 'x');
        const stamps = [stamp(file)];
        put('f', 'xx');
        stamps.push(stamp(file));
        const { atime, mtime } = statSync(file);
        put('other', 'yy');
        utimesSync(join(folder, 'other'), atime, mtime);
        renameSync(join(folder, 'other'), file);
        stamps.push(stamp(file));
        expect(new Set(stamps).size).toBe(3);
      });

      test("changes when a ConfigMap's folder is swapped", () => {
        for (const name of ['..1', '..2']) mkdirSync(join(folder, name));
        put('..1/config', 'x');
        spawnSync('ln', [join(folder, '..1/config'), join(folder, '..2/config')]);
        symlinkSync('..1', join(folder, '..data'));
        symlinkSync('..data/config', join(folder, 'config'));
        const before = stamp(join(folder, 'config'));
        symlinkSync('..2', join(folder, '..new'));
        renameSync(join(folder, '..new'), join(folder, '..data'));
        const after = stamp(join(folder, 'config'));
        expect([before, after]).toEqual([expect.any(String), expect.any(String)]);
        expect(after).not.toBe(before);
      });

      test('there is none without a file', () => {
        const file = put('f', 'x');
        symlinkSync('none', join(folder, 'dangling'));
        expect(calls(['fileStamp', join(folder, 'dangling')], ['fileStamp', join(file, 'x')])).toEqual([null, null]);
      });
    });

    describe('writeFile', () => {
      test.each([
        ['nothing', ''],
        ['a line', 'a: ü €\n'],
        ['wide characters on every border', `${'x'.repeat(1364)}😀`.repeat(20)],
      ])('%s', (_, text) => {
        expect(call('writeFile', join(folder, 'f'), text)).toBe(null);
        expect(readFileSync(join(folder, 'f'), 'utf8')).toBe(text);
        expect(statSync(join(folder, 'f')).mode & 0o777).toBe(0o644);
        expect(readdirSync(folder)).toEqual(['f']);
      });

      test('halves of surrogate pairs become U+FFFD', () => {
        call('writeFile', join(folder, 'f'), 'a\ud800b\udc00');
        expect(readFileSync(join(folder, 'f'), 'utf8')).toBe('a\ufffdb\ufffd');
      });

      test('replaces a file by another one, whatever stands beside it', () => {
        const file = put('f', 'old');
        const precious = put('precious', 'precious');
        symlinkSync('precious', join(folder, 'f.new'));
        const { ino } = statSync(file);
        expect(call('writeFile', file, 'new', 0o600)).toBe(null);
        expect(readFileSync(file, 'utf8')).toBe('new');
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(statSync(file).ino).not.toBe(ino);
        expect(readFileSync(precious, 'utf8')).toBe('precious');
        expect(readdirSync(folder)).toEqual(['f', 'precious']);
      });

      test('says what is wrong, and leaves nothing behind', () => {
        mkdirSync(join(folder, 'd/sub'), { recursive: true });
        const file = put('f', 'x');
        const paths = [join(folder, 'none/f'), join(file, 'f'), join(folder, 'd')];
        const faults = calls(...paths.map((path): Call => ['writeFile', path, 'y']));
        expect(faults).toEqual([{ code: 'ENOENT' }, { code: 'ENOTDIR' }, { code: 'EISDIR' }]);
        expect(readdirSync(folder)).toEqual(['d', 'f']);
      });

      test('a full disk spares the old file', () => {
        mkdirSync(join(folder, 'disk'));
        const script = `
          mount -t tmpfs -o size=16k tmpfs disk && echo old > disk/f
          "$@" && cat disk/f && ls disk`;
        const words = ['calls', JSON.stringify(['writeFile', 'disk/f', 'x'.repeat(100_000)])];
        const { stdout } = spawn(['unshare', '-rm', 'sh', '-c', script, 'sh', ...program, ...words]);
        expect(stdout).toBe('[{"code":"ENOSPC"}]\nold\nf\n');
      });
    });

    test.each([
      ['', 'cbf29ce484222325'],
      ['a', 'af63dc4c8601ec8c'],
      ['foobar', '85944171f73967e8'],
      ['ü€😀', bigFnv1a('ü€😀')],
    ])('digest of "%s"', (text, digest) => {
      expect(call('digest', text)).toBe(digest);
    });

    test('removeFile', () => {
      const file = put('f', 'x');
      symlinkSync('none', join(folder, 'dangling'));
      mkdirSync(join(folder, 'd'));
      const paths = [file, file, join(folder, 'dangling'), join(folder, 'd'), join(folder, 'none/f')];
      const faults = calls(...paths.map((path): Call => ['removeFile', path]));
      expect(faults).toEqual([null, null, null, { code: 'EISDIR' }, null]);
      expect(readdirSync(folder)).toEqual(['d']);
    });

    test('makeFolder', () => {
      const file = put('f', 'x');
      const deep = join(folder, 'a/b/c');
      const faults = calls(
        ['makeFolder', deep],
        ['makeFolder', deep],
        ['makeFolder', `${deep}/`],
        ['makeFolder', 'x/y'],
      );
      expect(faults).toEqual([null, null, null, null]);
      expect(existsSync(deep) && existsSync(join(folder, 'x/y'))).toBe(true);
      const broken = calls(['makeFolder', file], ['makeFolder', join(file, 'd')], ['makeFolder', '/proc/none']);
      expect(broken).toEqual([{ code: 'EEXIST' }, { code: 'ENOTDIR' }, { code: 'ENOENT' }]);
    });

    describe('run', () => {
      const timeout = 20_000;
      const sh = (script: string, options: object = {}): unknown =>
        call('run', ['sh', '-c', script], { timeout, ...options });
      const exited = (code: number, out = '', err = ''): object => ({ kind: 'exited', code, out, err });

      test('how a program ended, and what it wrote', () => {
        expect(sh('echo out; echo err >&2; exit 7')).toEqual(exited(7, 'out\n', 'err\n'));
        expect(sh('printf ü; kill -9 $$')).toEqual({ kind: 'signalled', signal: 9, out: 'ü', err: '' });
        expect(sh('kill -TERM $$')).toEqual({ kind: 'signalled', signal: 15, out: '', err: '' });
        expect(sh('exec >&- 2>&-; sleep 0.2; exit 3')).toEqual(exited(3));
      });

      test('words reach it as they are', () => {
        const words = ['%s|', 'a b', '', '$HOME', "'", 'ü😀'];
        expect(call('run', ['printf', ...words], { timeout })).toEqual(exited(0, "a b||$HOME|'|ü😀|"));
      });

      test('it has no home folder', () => {
        expect(sh('echo $HOME')).toEqual(exited(0, '/dev/null\n'));
      });

      test('it reads its input, and no more', () => {
        expect(sh('cat', { input: 'ü\n' })).toEqual(exited(0, 'ü\n'));
        expect(sh('cat')).toEqual(exited(0));
        expect(sh('head -c 3', { input: 'x'.repeat(100_000) })).toEqual(exited(0, 'xxx'));
        expect(sh('true', { input: 'x'.repeat(100_000) })).toEqual(exited(0));
      });

      test('input and output at once, more than pipes hold', () => {
        expect(probe('echo', '100000')).toEqual({ same: true, err: 'done\n' });
      });

      test('much on both outputs', () => {
        const script = 'head -c 300000 /dev/zero | tr "\\0" a; head -c 300000 /dev/zero | tr "\\0" b >&2; echo end';
        expect(sh(script)).toEqual(exited(0, `${'a'.repeat(300_000)}end\n`, 'b'.repeat(300_000)));
      });

      test('bytes that are no UTF-8 come out as the Encoding Standard says', () => {
        const bytes = [0x61, 0x80, 0xe2, 0x82, 0x62, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0xc0, 0xaf, 0xf4, 0x90];
        const script = `printf '${bytes.map(byte => `\\${byte.toString(8)}`).join('')}'`;
        expect(sh(script)).toEqual(exited(0, new TextDecoder().decode(Uint8Array.from(bytes))));
      });

      test('a byte order mark stays', () => {
        expect(sh("printf '\\357\\273\\277a'")).toEqual(exited(0, '\ufeffa'));
      });

      test('programs that are missing, or are none', () => {
        mkdirSync(join(folder, 'bin'));
        const path = `${folder}/bin:${process.env.PATH}`;
        put('bin/masq-plain', '#!/bin/sh\n');
        const words = ['no-such-program', 'masq-plain', '/no/such', `${folder}/bin`, `${folder}/bin/masq-plain`, ''];
        const all = words.map(word => JSON.stringify(['run', [word], { timeout }]));
        const { stdout } = spawn([...program, 'calls', ...all], { PATH: path });
        const codes = ['ENOENT', 'EACCES', 'ENOENT', 'EACCES', 'EACCES', 'ENOENT'];
        expect(JSON.parse(stdout)).toEqual(codes.map(code => ({ kind: 'missing', code })));
        chmodSync(join(folder, 'bin/masq-plain'), 0o755);
        const found = spawn([...program, 'calls', all[1]!], { PATH: path });
        expect(JSON.parse(found.stdout)).toEqual([exited(0)]);
      });

      test('it is killed when it takes too long', async () => {
        const script = 'echo $$ > pid; echo text; exec sleep 60';
        expect(sh(script, { timeout: 200 })).toEqual({ kind: 'timeout' });
        const id = readFileSync(join(folder, 'pid'), 'utf8').trim();
        const state = () => (existsSync(`/proc/${id}`) ? readFileSync(`/proc/${id}/stat`, 'utf8') : 'gone');
        // The signal is sent; a busy machine takes its time to deliver it.
        await until('the program has ended', () => /^(gone|\d+ \(.*\) [ZX] )/.test(state()));
      });

      test('nobody waits for what it left behind', () => {
        expect(sh('sleep 5 & exit 0', { timeout: 200 })).toEqual({ kind: 'timeout' });
      });

      test('it is killed when it writes too much', () => {
        expect(sh('yes', { limit: 100_000 })).toEqual({ kind: 'too-much' });
        expect(sh('yes >&2', { limit: 100_000 })).toEqual({ kind: 'too-much' });
        expect(sh('printf 12345', { limit: 5 })).toEqual(exited(0, '12345'));
        expect(sh('printf 123456', { limit: 5 })).toEqual({ kind: 'too-much' });
      });

      test('many at once', () => {
        const scripts = [1, 2, 3, 4, 5].map(n => `sleep 0.${5 - n}; cat; exit ${n}`);
        const results = probe('together', ...scripts);
        expect(results).toEqual(scripts.map((script, n) => exited(n + 1, script)));
      });

      test('no descriptor stays open, none is inherited, and no signal stays ignored', () => {
        const { before, after } = probe('descriptors') as Record<'before' | 'after', unknown>;
        expect(before).toEqual(expect.objectContaining({ kind: 'exited', code: 0 }));
        expect(after).toEqual(before);
        const { out } = sh('exec ls /proc/self/fd') as { out: string };
        const { stdout } = spawn(['ls', '/proc/self/fd']);
        expect(new Set(stdout.split('\n'))).toEqual(new Set([...stdout.split('\n'), ...out.split('\n')]));
        expect(sh('exec grep SigIgn /proc/self/status')).toEqual(exited(0, 'SigIgn:\t0000000000000000\n'));
      });
    });

    test('a program has the limits that the agent has', () => {
      const words = JSON.stringify(['run', ['sh', '-c', 'ulimit -Sn'], { timeout: 20_000 }]);
      const { stdout } = shell('ulimit -Sn 1000 && exec "$@"', 'calls', words);
      expect(JSON.parse(stdout)).toEqual([
        { kind: 'exited', code: 0, out: runtime === 'node' ? expect.anything() : '1000\n', err: '' },
      ]);
    });

    test('timers call once, in their order, unless they are taken back', () => {
      expect(probe('timers')).toEqual(['early', 'late']);
    });

    describe('signals', () => {
      test('each comes in', () => {
        expect(probe('signals')).toEqual(['HUP', 'TERM', 'INT', 'TERM']);
      });

      test('each comes in to the first process, too', () => {
        const { stdout, stderr } = spawn([...AS_FIRST, ...program, 'signals']);
        expect({ stdout, stderr }).toEqual({ stdout: '["HUP","TERM","INT","TERM"]\n', stderr: '' });
      });

      test('they come in while a program runs', () => {
        expect(spawn([...AS_FIRST, ...program, 'ended']).status).toBe(3);
      });

      test('what the process runs ends with it', () => {
        const made = join(folder, 'made-later');
        expect(spawn([...program, 'deserts', made]).status).toBe(3);
        spawnSync('sleep', ['1.5']);
        expect(existsSync(made)).toBe(false);
      });

      test.runIf(runtime === 'quickjs')('they end a process that is too busy to be called', () => {
        expect(spawn([...program, 'busy']).status).toBe(4);
      });

      test.runIf(runtime === 'quickjs')('the first process takes leave of what others left behind', () => {
        const { stdout } = spawn([...AS_FIRST, ...program, 'orphan']);
        expect(JSON.parse(stdout)).toEqual({ kind: 'exited', code: 1, out: '', err: '' });
      });
    });

    describe('print', () => {
      test.each(['out', 'err'] as const)('writes all of it: %s', to => {
        const { stdout, stderr, status } = spawn([...program, 'print', to, '100000']);
        const text = 'ü'.repeat(100_000);
        expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 4, [`std${to}`]: text });
      });

      test('a reader that has gone is no fault', () => {
        const { stdout, stderr } = shell('"$@" | head -c 2; echo $PIPESTATUS', 'print', 'out', '1000000');
        expect({ stdout, stderr }).toEqual({ stdout: 'ü4\n', stderr: '' });
        expect(shell('"$@" >&-', 'print', 'out', '10').status).toBe(4);
      });

      test('a pipe that someone made not to wait', () => {
        const hasty = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); exec @ARGV' "$@"`;
        const slow = shell(`${hasty} | (sleep 0.3; wc -c); echo $PIPESTATUS`, 'print', 'out', '200000');
        expect(slow.stdout).toBe('400000\n4\n');
        const dead = shell(`${hasty} | sleep 2; echo $PIPESTATUS`, 'print', 'out', '200000');
        expect(dead.stdout).toBe('4\n');
      });
    });

    test('what is thrown can be caught, also before anyone waits for it', () => {
      expect(probe('caught')).toEqual(['at once', 'awaited', 'later', 'first']);
    });

    test('exit ends it, whatever is under way', () => {
      expect(spawn([...program, 'exit']).status).toBe(5);
    });

    test.each(['crash', 'crash-later', 'crash-aside'])('what should never have been thrown ends it: %s', name => {
      const { status, stderr } = spawn([...program, name]);
      expect({ status, stderr }).toEqual({
        status: 70,
        stderr: expect.stringMatching(/^masq-agent crashed: Error: böom\n/),
      });
    });
  });
});
