import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultText } from '../../cli/fault';
import { OutputError } from '../../cli/output';
import { version } from '../../cli/version';

/** What a function throws. */
function thrownBy(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a fault of the files that a run is about is told in one line', () => {
  test('a refusal to write', () => {
    expect(faultText(new OutputError('"dist" is not a folder'))).toBe('"dist" is not a folder');
  });

  test.each([
    ['a folder where a file is wanted', () => readFileSync('/'), 'EISDIR: illegal operation on a directory, read'],
    ['a file in place of a folder', () => mkdirSync(`${__filename}/x`), 'ENOTDIR: not a directory, mkdir'],
    ['a path that does not exist', () => readFileSync('/nowhere/a.yaml'), 'ENOENT: no such file or directory, open'],
  ])('%s', (_name, act, start) => {
    const text = faultText(thrownBy(act));
    expect(text.startsWith(start)).toBe(true);
    expect(text).not.toContain('\n');
  });

  test('a full disk, which names no path', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(faultText(full)).toBe('ENOSPC: no space left on device, write');
  });
});

describe('anything else is an internal fault, with its stack and the version', () => {
  const report = `This is a fault of masq, not of your files. Please report it with all of the above: masq ${version}, Node ${process.version}.`;

  test('an error', () => {
    const [first, second, ...rest] = faultText(new TypeError('x is not a function')).split('\n');
    expect(first).toBe('internal fault MQ902: x is not a function');
    expect(second).toMatch(/^ {4}at .*fault\.test\.ts/);
    expect(rest.at(-1)).toBe(report);
  });

  test('a message of several lines is whole, and not said twice', () => {
    const text = faultText(new Error('first\nsecond'));
    expect(text.startsWith('internal fault MQ902: first\nsecond\n    at ')).toBe(true);
    expect(text.match(/second/g)).toHaveLength(1);
  });

  test('something that is no error', () => {
    expect(faultText('gone')).toMatch(/^internal fault MQ902: gone\n/);
  });

  test('a file that is missing from masq itself', () => {
    const missing = join(__dirname, '../../cli/command/nothing.js');
    expect(faultText(thrownBy(() => readFileSync(missing)))).toMatch(/^internal fault MQ902: ENOENT/);
  });
});
