import { join } from 'node:path';
import { findStale, type Output, writeOutputs } from '../generate/output';
import { agentOutput } from './agent';
import { ciOutput } from './ci';
import { codesOutput } from './codes';
import { dashboardOutput } from './dashboard';
import { intentOutput } from './intent';
import { rangesOutput } from './ranges';

const ROOT = join(__dirname, '../..');

/** Every page that is generated from the code; the reference of the constructs is typedoc's. */
export function generateDocs(root: string): Output[] {
  return [intentOutput(root), codesOutput(), rangesOutput(), dashboardOutput(), agentOutput(root), ciOutput(root)];
}

function main(args: readonly string[]): number {
  const check = args.includes('--check');
  const unknown = args.find(arg => arg !== '--check');
  if (unknown !== undefined) {
    console.error(`unknown argument "${unknown}"; usage: main.ts [--check]`);
    return 2;
  }
  const outputs = generateDocs(ROOT);
  const stale = findStale(ROOT, outputs, []);
  if (check) {
    for (const { path, reason } of stale) console.error(`${path}: ${reason}`);
    if (stale.length > 0) console.error('generated pages are stale: run `npm run docs`');
    return stale.length > 0 ? 1 : 0;
  }
  writeOutputs(ROOT, outputs, stale);
  console.log(`${outputs.length} pages generated, ${stale.length} of them changed`);
  return 0;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
