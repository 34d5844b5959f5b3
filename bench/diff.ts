import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { diffText } from '../cli/ask/diff-text';
import { asking } from '../cli/ask/told';
import { palette } from '../cli/terminal';
import { diffFleets } from '../core/analysis/fleet';
import { readSubjects } from '../core/analysis/subject';
import type { Input } from '../core/check/check';
import { parseSource } from '../core/source';
import { MASQ, run, table } from './child';
import { longIntent } from './intents';

const RANGES = 1000;
const SIZES = [50, 100, 200, 500];
const WHOLE = [200, 500, 1000];

/** Each cluster has a thousand ranges of its own, and of ten clusters one changes, each in another way. */
function side(size: number, isAfter: boolean): Input[] {
  return Array.from({ length: size }, (_, i) => {
    const text = longIntent(`c-${i}`, RANGES, isAfter && i % 10 === 0 ? size + i : i + 1);
    return { file: `${isAfter ? 'b' : 'a'}/c-${i}.yaml`, text };
  });
}

/** CPU milliseconds that something takes. */
function cost<T>(what: () => T): [number, T] {
  const before = process.cpuUsage();
  const result = what();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, result];
}

/** The whole command, with the files on disk: what it takes, and how much of it at once. */
function whole(): void {
  const folder = mkdtempSync(join(tmpdir(), 'masq-bench-'));
  const rows = [['clusters', 'masq diff, CPU s', 'CPU ms a cluster', 'peak MiB']];
  try {
    for (const size of WHOLE) {
      const sides = [false, true].map(isAfter => {
        const files = side(size, isAfter);
        const to = join(folder, `${size}`, dirname(files[0]!.file));
        mkdirSync(to, { recursive: true });
        for (const { file, text } of files) writeFileSync(join(to, basename(file)), text);
        return to;
      });
      // With a gate that nothing shuts the command ends as one that found nothing.
      const { cpu, memory } = run([MASQ, 'diff', ...sides, '--fail-on', 'newly-snat'], { usage: true });
      rows.push([String(size), (cpu / 1000).toFixed(1), (cpu / size).toFixed(0), memory.toFixed(0)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${table(rows)}`);
}

/** `masq diff` of fleets of growing size beside what parsing their files costs. */
function main(): void {
  const rows = [
    [
      'clusters',
      'parsing the YAML, CPU ms',
      'reading the intents',
      'the diff and its text',
      'diff to parsing',
      'us a cluster',
    ],
  ];
  for (const size of SIZES) {
    const [before, after] = [side(size, false), side(size, true)];
    const all = [...before, ...after];
    const [parsing] = cost(() => {
      for (const { file, text } of all) parseSource(file, text);
    });
    const [reading, subjects] = cost(() => [readSubjects(before), readSubjects(after)].map(read => read.subjects));
    const [comparing] = cost(() => {
      const diff = diffFleets(subjects[0]!, subjects[1]!);
      return diffText({ diff, hits: [], ask: asking(['b'], false) }, palette(false)).length;
    });
    const figures = [parsing, reading, comparing].map(ms => ms.toFixed(0));
    rows.push([String(size), ...figures, (comparing / parsing).toFixed(2), ((comparing * 1000) / size).toFixed(0)]);
  }
  console.log(table(rows));
  whole();
}

main();
