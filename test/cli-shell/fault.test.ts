import { mkdirSync, readFileSync, renameSync } from 'node:fs';
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
    ['a folder where a file is wanted', () => readFileSync('/'), 'a file cannot be read: it is a folder'],
    [
      'a file in place of a folder',
      () => mkdirSync(`${__filename}/x`),
      `"${__filename}/x" cannot be written: a part of its path is no folder`,
    ],
    [
      'a path that does not exist',
      () => readFileSync('/nowhere/a.yaml'),
      '"/nowhere/a.yaml" cannot be opened: it does not exist',
    ],
    [
      'a rename, by where it leads',
      () => renameSync(__filename, '/nowhere/a\nb'),
      '"/nowhere/a b" cannot be written: it does not exist',
    ],
  ])('%s', (_name, act, text) => {
    expect(faultText(thrownBy(act))).toBe(text);
  });

  test('a full disk, which names no path', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(faultText(full)).toBe('a file cannot be written: the disk is full');
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
