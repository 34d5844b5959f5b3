import { expect, test } from 'vitest';
import { palette, progress, useColor } from '../../cli/terminal';

const TTY = { isTTY: true };
const PIPE = {};

test.each<[string, boolean, boolean]>([
  ['a terminal', useColor(TTY, {}), true],
  ['a pipe', useColor(PIPE, {}), false],
  ['NO_COLOR', useColor(TTY, { NO_COLOR: '1' }), false],
  ['an empty NO_COLOR does not count', useColor(TTY, { NO_COLOR: '' }), true],
  ['TERM=dumb', useColor(TTY, { TERM: 'dumb' }), false],
  ['FORCE_COLOR on a pipe', useColor(PIPE, { FORCE_COLOR: '1' }), true],
  ['an empty FORCE_COLOR', useColor(PIPE, { FORCE_COLOR: '' }), true],
  ['FORCE_COLOR=0', useColor(TTY, { FORCE_COLOR: '0' }), false],
  ['FORCE_COLOR=false', useColor(TTY, { FORCE_COLOR: 'false' }), false],
  ['FORCE_COLOR wins over NO_COLOR', useColor(PIPE, { FORCE_COLOR: '1', NO_COLOR: '1' }), true],
  ['--color=always wins over all', useColor(PIPE, { NO_COLOR: '1', TERM: 'dumb' }, 'always'), true],
  ['--color=never wins over all', useColor(TTY, { FORCE_COLOR: '1' }, 'never'), false],
  ['--color=auto says nothing', useColor(TTY, { NO_COLOR: '1' }, 'auto'), false],
])('colour: %s', (_, given, wanted) => expect(given).toBe(wanted));

test('a palette that is off, and an empty text, leave no trace', () => {
  expect(palette(false).red('x')).toBe('x');
  expect(palette(true).red('x')).toBe('\x1b[31mx\x1b[39m');
  expect(palette(true).bold('')).toBe('');
});

/** A stream that remembers, and a clock that stands until it is moved. */
function stage(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const clock = { now: 0 };
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  return { written, clock, line: progress(stream, () => clock.now) };
}

test('progress draws over itself, not too often, and is gone at the end', () => {
  const { written, clock, line } = stage(true);
  line.update('one');
  line.update('too soon');
  clock.now = 100;
  line.update('two');
  line.done();
  line.done();
  clock.now = 900;
  line.update('after the end');
  expect(written).toEqual(['\r\x1b[2Kone', '\r\x1b[2Ktwo', '\r\x1b[2K']);
});

test('progress fits the line and cannot leave it', () => {
  const { written, line } = stage(true, 10);
  line.update('a\nb\x1b[2J and more');
  expect(written).toEqual(['\r\x1b[2Ka b [2J …']);
});

test('progress that was never drawn erases nothing', () => {
  const { written, line } = stage(true);
  line.done();
  expect(written).toEqual([]);
});

test('progress is silent where there is no terminal', () => {
  const { written, line } = stage(false);
  line.update('one');
  line.done();
  expect(written).toEqual([]);
});
