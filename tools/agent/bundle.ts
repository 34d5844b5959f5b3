import { basename } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const COMMON: BuildOptions = {
  bundle: true,
  platform: 'neutral',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** A program and all that it imports as one file, for Node. */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: [entry],
    external: ['node:*'],
    format: 'cjs',
    target: 'node20.19',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** A part of a program. */
export interface Part {
  /** What other parts import it as, without `./`. */
  readonly name: string;
  readonly text: string;
}

/** The modules that QuickJS and the agent's executable bring along. */
export const NATIVE = ['std', 'os', 'native'] as const;

/** A program and all that it imports, for QuickJS: itself first, then what it imports only when it needs it. */
export async function bundleParts(entry: string): Promise<Part[]> {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: { agent: entry },
    external: [...NATIVE],
    format: 'esm',
    target: 'es2023',
    splitting: true,
    chunkNames: 'part-[hash]',
    outdir: '.',
    write: false,
  });
  const parts = outputFiles.map(({ path, text }) => ({ name: basename(path), text }));
  return parts.sort((a, b) => Number(b.name === 'agent.js') - Number(a.name === 'agent.js'));
}
