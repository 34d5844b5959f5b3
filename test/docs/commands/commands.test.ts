import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isMissing } from '../../cli/sandbox';
import { allPages, ROOT, read } from '../documents';
import { type Commands, type Step, steps } from './page';
import { agrees, trimmed } from './said';
import { type Outcome, Shell } from './shell';

const UPDATE = process.env.MASQ_UPDATE_DOCS === '1';
/** Every command of a page that is not run as it stands there, and why. */
const LIST = 'test/docs/commands/not-run.txt';
/** Programs that pages run, and that a machine may lack. */
const TOOLS = ['pre-commit', 'kubectl', 'git', 'iptables'];
const TAG = 'v0.1.0';

const withCommands = allPages()
  .map(page => ({ page, all: steps(page) }))
  .filter(({ all }) => all.length > 0);
const offline = !isMissing('unshare', '-Urn', 'true');
/** Of each page that was followed to its end, the commands that were not run. */
const notRun = new Map<string, readonly string[]>();

describe.skipIf(!offline).each(withCommands)('$page', ({ page, all }) => {
  const missing = needed(all).filter(tool => isMissing('bash', '-c', `PATH=$PATH:/usr/sbin; command -v ${tool}`));
  const shell = new Shell();
  afterAll(() => shell.close());

  test.skipIf(missing.length > 0)('its commands do what it says', { timeout: 600_000 }, async () => {
    if (read(page).includes('.pre-commit-config.yaml')) shell.publish(TAG);
    if (/^masq-agent /m.test(read(page))) await shell.provideAgent();
    const left: string[] = [];
    let moved = 0;
    for (const step of all) {
      if (step.does === 'write') shell.write(step.file, step.text);
      if (step.does === 'skip') left.push(entry(page, step.text.trim().split('\n').join(' ⏎ '), step.reason));
      if (step.does === 'run') {
        const { outcome, grown } = follow(page, step, moved, shell);
        left.push(...outcome.replaced.map(([command, reason]) => entry(page, command, reason)));
        moved += grown;
      }
    }
    notRun.set(page, left);
  });
});

test.skipIf(!offline)('what is not run is listed with its reason', () => {
  const listed = readFileSync(join(ROOT, LIST), 'utf8').trimEnd().split('\n');
  const others = listed.filter(line => !notRun.has(line.split(': ')[0]!));
  const gone = others.filter(line => !withCommands.some(({ page }) => line.startsWith(`${page}: `)));
  const wanted = [...notRun.values()].flat();
  if (UPDATE) {
    const kept = others.filter(line => !gone.includes(line));
    writeFileSync(join(ROOT, LIST), `${[...kept, ...wanted].sort().join('\n')}\n`);
    return;
  }
  expect(gone).toEqual([]);
  expect(listed.filter(line => !others.includes(line))).toEqual(wanted.sort());
});

/** Runs a block and compares; told is also by how many lines the page has grown, when pages are brought up to date. */
function follow(page: string, step: Commands, moved: number, shell: Shell): { outcome: Outcome; grown: number } {
  const outcome = shell.run(step);
  const { exitCode, said, replaced } = outcome;
  const place = `${page}:${step.line}`;
  expect(exitCode, `${place}\n${step.text}\n${said}`).toBe(step.exitCode);
  for (const { commands } of step.standIns) {
    const idle = commands.filter(command => !replaced.some(([run]) => `${run} `.startsWith(`${command} `)));
    expect(idle, `${place}: stand-ins that nothing needs`).toEqual([]);
  }
  if (step.said === undefined || agrees(step.said.text, said)) return { outcome, grown: 0 };
  if (!UPDATE) expect(trimmed(said), place).toBe(step.said.text);
  return { outcome, grown: rewrite(page, step.said.line + moved, step.said.text, step.said.indent, said) };
}

/** Puts what was said into the page. */
function rewrite(page: string, line: number, shown: string, indent: string, said: string): number {
  const lines = read(page).split('\n');
  const before = shown.split('\n').length - 1;
  const now = trimmed(said).trimEnd().split('\n');
  lines.splice(line - 1, before, ...now.map(text => (text === '' ? '' : indent + text)));
  writeFileSync(join(ROOT, page), lines.join('\n'));
  return now.length - before;
}

function entry(page: string, command: string, reason: string): string {
  return `${page}: ${command} (${reason})`;
}

/** The programs that a page's commands need: those of its blocks that no stand-in takes. */
function needed(all: readonly Step[]): string[] {
  const run = all.flatMap(step => (step.does === 'run' ? [step] : []));
  return TOOLS.filter(tool =>
    run.some(
      ({ text, before, standIns }) =>
        !standIns.some(({ commands }) => commands.includes(tool)) &&
        new RegExp(`^(?:.*[|&;(] *)?${tool}\\b`, 'm').test([...before, text].join('\n')),
    ),
  );
}
