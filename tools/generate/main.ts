import { join } from 'node:path';
import { crdsOutput } from './crds';
import { kubeconformOutput } from './kubeconform';
import { findStale, type Output, writeOutputs } from './output';
import { readCrds, readSchemas } from './sources';
import { typesOutput } from './types';
import { validatorOutputs } from './validators';

const ROOT = join(__dirname, '../..');
/** Folders that hold generated files only. */
const FOLDERS = ['core/schema/generated', 'schemas/json'];

/** Everything that is generated, from what is in `schemas/`. */
async function generate(): Promise<Output[]> {
  const schemas = readSchemas(ROOT);
  const crds = readCrds(ROOT);
  const types = await Promise.all(schemas.map(typesOutput));
  return [...types, crdsOutput(crds), ...crds.map(kubeconformOutput), ...(await validatorOutputs(ROOT, schemas, crds))];
}

async function main(args: readonly string[]): Promise<number> {
  const check = args.includes('--check');
  const unknown = args.find(arg => arg !== '--check');
  if (unknown !== undefined) {
    console.error(`unknown argument "${unknown}"; usage: main.ts [--check]`);
    return 2;
  }
  const outputs = await generate();
  const stale = findStale(ROOT, outputs, FOLDERS);
  if (check) {
    for (const { path, reason } of stale) console.error(`${path}: ${reason}`);
    if (stale.length > 0) console.error('generated files are stale: run `npm run generate`');
    return stale.length > 0 ? 1 : 0;
  }
  writeOutputs(ROOT, outputs, stale);
  console.log(`${outputs.length} files generated, ${stale.length} of them changed`);
  return 0;
}

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 2;
  },
);
