import { expect, it } from 'vitest';
import { parseDuration } from '../../core/intent/duration';

/** Rows of the tables in Go's own time_test.go, in milliseconds. */
it.each<[string, number]>([
  ['0', 0],
  ['+0', 0],
  ['-0', 0],
  ['5s', 5000],
  ['30s', 30_000],
  ['1478s', 1_478_000],
  ['-5s', -5000],
  ['+5s', 5000],
  ['5.0s', 5000],
  ['5.6s', 5600],
  ['5.s', 5000],
  ['.5s', 500],
  ['1.004s', 1004],
  ['10ns', 1e-5],
  ['11us', 0.011],
  ['12µs', 0.012],
  ['12μs', 0.012],
  ['13ms', 13],
  ['15m', 900_000],
  ['16h', 57_600_000],
  ['3h30m', 12_600_000],
  ['10.5s4m', 250_500],
  ['-2m3.4s', -123_400],
  ['1h2m3s4ms5us6ns', 3_723_004.005006],
  ['39h9m14.425s', 140_954_425],
  ['2562047h47m16.854s', 9_223_372_036_854],
])('reads %s as Go does', (text, milliseconds) => {
  expect(parseDuration(text)).toBeCloseTo(milliseconds, 6);
});

it.each(['', '3', '-', '+', 's', '.', '-.', '.s', '+.s', '1d', '1w', '60', '1:00', '60S', '1H'])(
  'refuses %j as Go does',
  text => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

it.each([
  ' 60s',
  '60s ',
  '60 s',
  '60s\n',
  '1h 30m',
  '--5s',
  '1e3s',
  '0x10s',
  '1_000s',
  '٣s',
  '3000000h',
  '9300000000s',
])('refuses %j', text => {
  expect(parseDuration(text)).toBeUndefined();
});
