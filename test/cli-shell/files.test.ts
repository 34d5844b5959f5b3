import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { byteOrder, expandFiles, isNamedPipe } from '../../cli/files';
import { readText } from '../../cli/read-text';

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masq-files-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

function put(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, '');
  }
}

describe('expandFiles', () => {
  const files = (...args: string[]): string[] => {
    const expanded = expandFiles(args);
    expect(expanded.faults).toEqual([]);
    return expanded.files;
  };
  const fault = (arg: string): string | undefined => expandFiles([arg]).faults[0]?.message;

  test('files stay as they are given, in their order, whatever their ending', () => {
    put('b.yaml', 'a.txt', 'c/d.yaml');
    expect(files('b.yaml', './a.txt', '-', 'c/../c/d.yaml')).toEqual(['b.yaml', './a.txt', '-', 'c/../c/d.yaml']);
  });

  test('no file twice, under whichever name', () => {
    put('a.yaml', 'c/b.yaml');
    symlinkSync('a.yaml', 'link.yaml');
    expect(files('./a.yaml', 'a.yaml', 'link.yaml', '-', 'c', 'c/b.yaml', '-', '.')).toEqual([
      './a.yaml',
      '-',
      'c/b.yaml',
    ]);
  });

  test('a folder stands for its documents, sorted by bytes', () => {
    put(
      'd/b.yml',
      'd/a.yaml',
      'd/Z.json',
      'd/e.txt',
      'd/a/x.yaml',
      'd/a-b.yaml',
      'd/ä.yaml',
      'd/\u{1f600}.yaml',
      'd/\uff5e.YAML',
    );
    expect(files('d/')).toEqual([
      'd/Z.json',
      'd/a-b.yaml',
      'd/a.yaml',
      'd/a/x.yaml',
      'd/b.yml',
      'd/ä.yaml',
      'd/\uff5e.YAML',
      'd/\u{1f600}.yaml',
    ]);
    expect(expandFiles(['d'], ['.txt']).files).toEqual(['d/e.txt']);
  });

  test('node_modules and dot-folders are passed over, unless they are asked for', () => {
    put('a.yaml', '.hidden.yaml', '.git/b.yaml', 'node_modules/c.yaml', 'x/node_modules/d.yaml');
    expect(files('.')).toEqual(['.hidden.yaml', 'a.yaml']);
    expect(files('.git', 'node_modules')).toEqual(['.git/b.yaml', 'node_modules/c.yaml']);
  });

  test('links are followed, but not in circles, and not into nothing', () => {
    put('d/a.yaml', 'elsewhere/b.yaml');
    symlinkSync('..', 'd/up');
    symlinkSync('../elsewhere', 'd/there');
    symlinkSync('self.yaml', 'd/self.yaml');
    symlinkSync('nothing.yaml', 'd/broken.yaml');
    mkdirSync('d/folder.yaml');
    const nowhere = (arg: string) => {
      const message = `"${arg}" is a symbolic link that leads nowhere; correct it, or delete it`;
      return { arg, code: 'MQ904', message };
    };
    expect(expandFiles(['d'])).toEqual({
      files: ['d/a.yaml', 'd/there/b.yaml'],
      faults: ['d/broken.yaml', 'd/self.yaml'].map(nowhere),
    });
  });

  test('pipes may be given', () => {
    spawnSync('mkfifo', ['pipe']);
    expect(files('pipe')).toEqual(['pipe']);
    put('file');
    symlinkSync('pipe', 'link');
    expect(['pipe', 'link', 'file', '.', '-', '/dev/null'].filter(isNamedPipe)).toEqual(['pipe', 'link']);
  });

  test('faults', () => {
    put('clusters/prod.yaml', 'empty/readme.txt');
    symlinkSync('loop', 'loop');
    expect(fault('clusters/prd.yaml')).toBe('"clusters/prd.yaml" does not exist; did you mean "clusters/prod.yaml"?');
    expect(fault('./clusters/prd.yaml')).toBe(
      '"./clusters/prd.yaml" does not exist; did you mean "./clusters/prod.yaml"?',
    );
    expect(fault(`${folder}/clusters/prd.yaml`)).toContain(`did you mean "${folder}/clusters/prod.yaml"?`);
    expect(fault('cluster/prod.yaml')).toBe('"cluster/prod.yaml" does not exist; did you mean "clusters/prod.yaml"?');
    expect(fault('cluster//other.yaml')).toBe('"cluster//other.yaml" does not exist; did you mean "clusters"?');
    expect(fault('zzz/zzz')).toBe('"zzz/zzz" does not exist');
    expect(fault('clusters/prod.yaml/x')).toBe(
      '"clusters/prod.yaml/x" does not exist; did you mean "clusters/prod.yaml"?',
    );
    expect(fault('')).toBe('an argument is empty; a file or a folder is wanted');
    expect(fault('empty')).toBe('"empty" has no .yaml, .yml or .json file in it');
    expect(fault('loop')).toBe('"loop" cannot be read: its symbolic links lead in a circle');
  });

  test('a fault does not hide the files beside it', () => {
    put('a.yaml');
    expect(expandFiles(['nothing', 'a.yaml'])).toEqual({
      files: ['a.yaml'],
      faults: [{ arg: 'nothing', code: 'MQ904', message: '"nothing" does not exist' }],
    });
  });

  test.skipIf(process.geteuid?.() !== 0 || process.seteuid === undefined)('a folder that may not be read', () => {
    put('d/e/a.yaml');
    chmodSync(folder, 0o755);
    chmodSync('d/e', 0);
    process.seteuid!(65534);
    try {
      expect(fault('d')).toBe('"d/e" cannot be read: permission denied');
    } finally {
      process.seteuid!(0);
    }
  });
});

test('byteOrder is the order of the UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(byteOrder(a, b))).toBe(Math.sign(Buffer.from(a).compare(Buffer.from(b))));
    }),
  );
});

describe('readText', () => {
  const read = (content: string | Buffer, maxBytes?: number) => {
    writeFileSync('f.yaml', content);
    return readText('f.yaml', maxBytes);
  };
  const bytes = (...parts: (string | number)[]): Buffer =>
    Buffer.concat(parts.map(part => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));

  const badByte = (byte: string): string => `the byte 0x${byte} stands where no character allows it; save it as UTF-8`;

  test('text comes as it is, without its mark', () => {
    expect(read('a: ü 日 😀\r\n')).toEqual({ ok: true, text: 'a: ü 日 😀\r\n' });
    expect(read('\ufeffa: 1')).toEqual({ ok: true, text: 'a: 1' });
    expect(read('')).toEqual({ ok: true, text: '' });
    expect(read('x'.repeat(200_000))).toEqual({ ok: true, text: 'x'.repeat(200_000) });
  });

  /** What a file is, its bytes, what is said of it, and the line and column where that begins. */
  const UNREADABLE: readonly (readonly [what: string, bytes: Buffer, said: string, place: string])[] = [
    ['Latin-1', bytes('a\nb: caf', 0xe9, '\nc'), `not UTF-8 text: ${badByte('E9')}`, '2:7'],
    ['at the start', bytes(0x80), `not UTF-8 text: ${badByte('80')}`, '1:1'],
    ['behind a mark and wide characters', bytes('\ufeff# 日😀', 0xff, 'x'), `not UTF-8 text: ${badByte('FF')}`, '1:6'],
    ['inside of a character', bytes('ab', 0xe2, 0x82, 'c'), `not UTF-8 text: ${badByte('E2')}`, '1:3'],
    [
      'a cut character',
      bytes('ab', 0xe2, 0x82),
      'not UTF-8 text: it ends in the middle of a character; restore what was cut off',
      '1:3',
    ],
    ['UTF-16 LE', bytes(0xff, 0xfe, 'a', 0), 'UTF-16 text; save it as UTF-8', ''],
    ['UTF-16 BE', bytes(0xfe, 0xff, 0, 'a'), 'UTF-16 text; save it as UTF-8', ''],
    ['UTF-16 LE without a mark', bytes('a', 0, ':', 0), 'UTF-16 text; save it as UTF-8', ''],
    ['UTF-16 BE without a mark', bytes(0, 'a', 0, ':'), 'UTF-16 text; save it as UTF-8', ''],
    ['a mark of UTF-16 alone', bytes(0xff, 0xfe), 'UTF-16 text; save it as UTF-8', ''],
    ['UTF-32 LE', bytes(0xff, 0xfe, 0, 0, 'a', 0, 0, 0), 'UTF-32 text; save it as UTF-8', ''],
    ['UTF-32 BE', bytes(0, 0, 0xfe, 0xff, 0, 0, 0, 'a'), 'UTF-32 text; save it as UTF-8', ''],
    ['UTF-32 LE without a mark', bytes('a', 0, 0, 0, ':', 0, 0, 0), 'UTF-32 text; save it as UTF-8', ''],
    ['UTF-32 BE without a mark', bytes(0, 0, 0, 'a', 0, 0, 0, ':'), 'UTF-32 text; save it as UTF-8', ''],
  ];
  test.each(UNREADABLE)('%s', (_, content, said, place) => {
    const { ok, ...fault } = read(content);
    expect(ok).toBe(false);
    expect(fault).toMatchObject({ code: 'MQ217', message: `"f.yaml" is ${said}` });
    const start = 'range' in fault ? fault.range?.start : undefined;
    expect(start ? `${start.line}:${start.column}` : '').toBe(place);
  });

  test('NUL alone is no encoding', () => {
    expect(read('\0')).toEqual({ ok: true, text: '\0' });
    expect(read('\0\0\0\0')).toEqual({ ok: true, text: '\0\0\0\0' });
  });

  test('the bound', () => {
    expect(read('12345', 5)).toEqual({ ok: true, text: '12345' });
    expect(read('123456', 5)).toEqual({
      ok: false,
      code: 'MQ209',
      message: '"f.yaml" is larger than 5 bytes, the most that masq reads; split it, or name the file you mean',
    });
    expect(read('x'.repeat(1025), 1024)).toMatchObject({
      message: '"f.yaml" is larger than 1 KiB, the most that masq reads; split it, or name the file you mean',
    });
  });

  test.skipIf(process.platform !== 'linux')('the bound holds for a file that has no size and no end', () => {
    expect(readText('/dev/zero', 1024 * 1024)).toEqual({
      ok: false,
      code: 'MQ209',
      message: '"/dev/zero" is larger than 1 MiB, the most that masq reads; split it, or name the file you mean',
    });
  });

  test('what cannot be read', () => {
    mkdirSync('d');
    expect(readText('d')).toEqual({ ok: false, code: 'MQ904', message: '"d" cannot be read: it is a folder' });
    expect(readText('n')).toEqual({ ok: false, code: 'MQ904', message: '"n" cannot be read: it does not exist' });
  });

  test('the standard input, slow as it may be', () => {
    const script = `const { readText } = require('${home}/cli/read-text.ts'); process.stdout.write(JSON.stringify(readText('-', 12)))`;
    const run = (shell: string): unknown => {
      const { stdout } = spawnSync('bash', ['-c', `${shell} | node --import tsx -e "$SCRIPT"`], {
        cwd: home,
        encoding: 'utf8',
        env: { ...process.env, SCRIPT: script },
      });
      return JSON.parse(stdout);
    };
    expect(run('(printf "a: "; sleep 0.2; printf 1)')).toEqual({ ok: true, text: 'a: 1' });
    expect(run('yes')).toEqual({
      ok: false,
      code: 'MQ209',
      message: '<stdin> is larger than 12 bytes, the most that masq reads; split it, or name the file you mean',
    });
  });
});
