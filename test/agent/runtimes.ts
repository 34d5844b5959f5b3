import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../tools/agent/bundle';
import { whyNoDebian } from '../../tools/agent/debian';
import { executable, ownArchitecture } from '../../tools/agent/executable';

/** What the agent runs on. */
export const RUNTIMES = ['node', 'quickjs'] as const;

/** One of them. */
export type RuntimeName = (typeof RUNTIMES)[number];

/** Whether a program can be built for a runtime here; in CI both have to be. */
export function isBuildable(runtime: RuntimeName): boolean {
  const why = runtime === 'quickjs' ? whyNoDebian() : undefined;
  if (why === undefined) return true;
  if (process.env.CI) throw new Error(`${why}: the static executable is not tested`);
  console.warn(`SKIPPED: ${why}, the static executable is not tested`);
  return false;
}

/** Builds a program, with an entry file for each runtime, into a folder. The answer is the command that runs it. */
export async function buildProgram(runtime: RuntimeName, entry: string, folder: string): Promise<readonly string[]> {
  const file = join(folder, runtime === 'node' ? 'program.cjs' : 'program');
  if (runtime === 'node') writeFileSync(file, await bundle(`${entry}-node.ts`));
  else writeFileSync(file, await executable(`${entry}-quickjs.ts`, ownArchitecture()), { mode: 0o755 });
  return runtime === 'node' ? [process.execPath, file] : [file];
}
