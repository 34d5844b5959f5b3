import type { ValuePath } from '../diagnostics';
import type { Findings } from './findings';

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** The shortest resync interval that masq lets through: a shorter one makes the agent spin. In milliseconds. */
export const SHORTEST_RESYNC = 100;

/** What fits into Go's 64 bits of nanoseconds, in milliseconds. */
const LONGEST = 2 ** 63 / 1e6;

/**
 * Reads a Go duration such as `60s`, `1h30m` or `1.5s` into milliseconds; undefined when Go would refuse it.
 * Source: Go's time.ParseDuration, which ip-masq-agent reads resyncInterval with.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^([-+]?)(.+)$/.exec(text);
  if (!match) return undefined;
  const [, sign, body] = match;
  if (body === '0') return 0;
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/gy;
  let total = 0;
  let end = 0;
  for (let found = part.exec(body!); found; found = part.exec(body!)) {
    total += Number(found[1]) * UNITS[found[2]!]!;
    end = part.lastIndex;
  }
  if (end !== body!.length || total >= LONGEST) return undefined;
  return sign === '-' ? -total : total;
}

/** What people call Go's units elsewhere, and those that it lacks. */
const OTHER_UNITS: readonly (readonly [name: RegExp, unit: string, times?: number])[] = [
  [/^(?:ms|msecs?|millis|milliseconds?)$/i, 'ms'],
  [/^(?:s|secs?|seconds?)$/i, 's'],
  [/^(?:m|mins?|minutes?)$/i, 'm'],
  [/^(?:h|hrs?|hours?)$/i, 'h'],
  [/^(?:d|days?)$/i, 'h', 24],
];

/** The duration that a text in other words was meant as, such as `60 s` or `1 day`; undefined when that is not certain. */
export function nearDuration(text: string): string | undefined {
  const [, number, name] = /^\s*(\d+)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const [, unit, times = 1] = OTHER_UNITS.find(([words]) => words.test(name ?? '')) ?? [];
  return unit === undefined ? undefined : `${Number(number) * times}${unit}`;
}

/** Reports a resync interval that the agent would refuse or spin on. */
export function checkDuration(value: string, path: ValuePath, findings: Findings): void {
  const duration = parseDuration(value);
  if (duration === undefined) {
    const wrong = /^\d+$/.test(value)
      ? `has no unit; write ${value}s`
      : `is no Go duration; write ${nearDuration(value) ?? 'one such as 60s, 500ms or 1h30m'}`;
    findings.add('MQ216', path, `resyncInterval "${value}" ${wrong}`);
  } else if (duration < SHORTEST_RESYNC) {
    findings.add(
      'MQ311',
      path,
      `resyncInterval "${value}" is shorter than ${SHORTEST_RESYNC}ms and would make the agent spin; write 60s`,
    );
  }
}
