import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

/** One thing that has to hold, as a command. */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const RESULTS = 'build/vitest.json';
const node = (...args: string[]) => [process.execPath, ...args];
const tsx = (...args: string[]) => node('--import', 'tsx', ...args);
const FLEET = 'node --import tsx examples/fleet-typescript/main.ts';

const STEPS: readonly Step[] = [
  { name: 'generated code is up to date', command: tsx('tools/generate/main.ts', '--check') },
  { name: 'types hold', command: node('node_modules/typescript/bin/tsc', '--noEmit') },
  {
    name: 'core and agent are pure',
    command: node('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.core.json'),
  },
  { name: 'lint and format', command: node('node_modules/@biomejs/biome/bin/biome', 'ci', '.') },
  { name: 'build', command: tsx('tools/build.ts') },
  { name: 'the committed bundle is what was built', command: tsx('tools/bundle.ts', '--check') },
  { name: 'generated docs are up to date', command: tsx('tools/docs/main.ts', '--check') },
  { name: 'examples validate', command: node('lib/cli/masq.js', 'validate', 'examples') },
  {
    name: 'dist is up to date',
    command: node('lib/cli/masq.js', 'synth', 'examples', '--app', FLEET, '--check', '--prune'),
  },
  { name: 'the GitOps example is up to date', command: tsx('tools/gitops.ts', '--check') },
  {
    name: 'tests',
    command: node(
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${RESULTS}`,
    ),
  },
];

/** Runs everything that has to hold, to the end, and closes with a line that counts. */
function main(): number {
  mkdirSync('build', { recursive: true });
  rmSync(RESULTS, { force: true });
  const totals = { passed: 0, failed: 0 };
  const broken: string[] = [];
  for (const { name, command } of STEPS) {
    process.stdout.write(`\n== ${name}\n`);
    const { status } = spawnSync(command[0]!, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status === 0) totals.passed++;
    else {
      totals.failed++;
      broken.push(name);
    }
  }
  if (existsSync(RESULTS)) {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(RESULTS, 'utf8')) as Record<string, number>;
    totals.passed += numPassedTests ?? 0;
    totals.failed += numFailedTests ?? 0;
  }
  process.stdout.write(
    `\n${broken.map(name => `broken: ${name}\n`).join('')}${totals.passed} passed, ${totals.failed} failed\n`,
  );
  return broken.length > 0 ? 1 : 0;
}

process.exitCode = main();
