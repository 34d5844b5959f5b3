import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findStale, type Output, writeOutputs } from './generate/output';

const ROOT = join(__dirname, '..');
const FOLDER = 'bundle';
const ENTRY = `${FOLDER}/masq.js`;

/**
 * Puts the built command line into bundle/, which is committed: pre-commit and the GitHub Action run it from a clone of
 * a tag, where nobody builds or installs. With `--check` it says what of bundle/ is not what was built.
 */
function main(args: readonly string[]): number {
  const outputs = [...commandLine(), licences()];
  const stale = findStale(ROOT, outputs, [FOLDER]);
  if (args.includes('--check')) {
    for (const { path, reason } of stale) console.error(`${path}: ${reason}`);
    if (stale.length > 0) console.error('bundle/ is stale: run `npm run bundle` and commit the result');
    return stale.length > 0 ? 1 : 0;
  }
  writeOutputs(ROOT, outputs, stale);
  chmodSync(join(ROOT, ENTRY), 0o755);
  console.log(`${outputs.length} files in ${FOLDER}/, ${stale.length} of them changed`);
  return 0;
}

function commandLine(): Output[] {
  const files = readdirSync(join(ROOT, 'lib/cli'), { recursive: true, encoding: 'utf8' }).sort();
  return files
    .filter(file => file.endsWith('.js'))
    .map(file => ({ path: `${FOLDER}/${file}`, text: readFileSync(join(ROOT, 'lib/cli', file), 'utf8') }));
}

function licences(): Output {
  const name = 'THIRD-PARTY-LICENSES.md';
  return { path: `${FOLDER}/${name}`, text: readFileSync(join(ROOT, 'lib', name), 'utf8') };
}

process.exitCode = main(process.argv.slice(2));
