import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one process took. */
export interface Cost {
  /** Milliseconds from start to end. */
  readonly wall: number;
  /** Milliseconds of processor time, its children's included. */
  readonly cpu: number;
  /** Peak memory in MiB. */
  readonly memory: number;
}

/** Printed by the measured process itself when it ends: what it used. */
const REPORT = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require('node:fs').writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, memory: maxRSS / 1024 }));
});`;

/** The built command. */
export const MASQ = join(__dirname, '../lib/cli/masq.js');

/** Runs node with arguments and measures the whole process. With `usage`, also what it used; that adds a few ms. */
export function run(args: readonly string[], options: { usage?: boolean; env?: NodeJS.ProcessEnv } = {}): Cost {
  const folder = options.usage ? mkdtempSync(join(tmpdir(), 'masq-bench-')) : undefined;
  const report = folder && join(folder, 'usage.json');
  const preload = folder ? ['--require', writeReport(folder)] : [];
  const before = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, [...preload, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...options.env, ...(report && { BENCH_USAGE: report }) },
  });
  const wall = Number(process.hrtime.bigint() - before) / 1e6;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  const used =
    report && existsSync(report)
      ? (JSON.parse(readFileSync(report, 'utf8')) as Omit<Cost, 'wall'>)
      : { cpu: 0, memory: 0 };
  if (folder) rmSync(folder, { recursive: true });
  return { wall, ...used };
}

function writeReport(folder: string): string {
  const path = join(folder, 'report.cjs');
  writeFileSync(path, REPORT);
  return path;
}

/** The middle of some figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1]!;
}

/** A table with aligned columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
