import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { MASQ, run, table } from './child';
import { longIntent } from './intents';

const RANGES = 1000;
const SIZES = [1, 50, 500];
const BROWSER = (process.env.PATH ?? '')
  .split(':')
  .flatMap(folder => ['chromium', 'chromium-browser', 'google-chrome'].map(name => join(folder, name)))
  .find(existsSync);

/** When the page of a fresh browser has drawn its map, in milliseconds from the begin of its loading. */
async function readyTime(file: string): Promise<number> {
  const browser = await chromium.launch({ executablePath: BROWSER!, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(pathToFileURL(file).href);
    return await page.evaluate(
      'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))',
    );
  } finally {
    await browser.close();
  }
}

/** `masq report` of fleets of growing size, each cluster with a thousand ranges of its own, and a browser that opens it. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'masq-bench-'));
  const rows = [['clusters', 'seconds', 'validate s', 'MB', 'ready ms, best', 'worst of 5']];
  try {
    for (const size of SIZES) {
      const intents = join(folder, `intents-${size}`);
      mkdirSync(intents);
      for (let i = 0; i < size; i++) writeFileSync(join(intents, `c-${i}.yaml`), longIntent(`c-${i}`, RANGES, i + 1));
      const file = join(folder, `report-${size}.html`);
      const report = run([MASQ, 'report', intents, '-o', file]);
      const validate = run([MASQ, 'validate', '-q', intents]);
      const ready: number[] = [];
      for (let i = 0; i < 5; i++) ready.push(await readyTime(file));
      rows.push([
        String(size),
        (report.wall / 1000).toFixed(1),
        (validate.wall / 1000).toFixed(1),
        (statSync(file).size / 1e6).toFixed(2),
        Math.min(...ready).toFixed(0),
        Math.max(...ready).toFixed(0),
      ]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(table(rows));
}

if (BROWSER === undefined) {
  process.stderr.write('chromium is not installed\n');
  process.exitCode = 2;
} else void main();
