import { build } from 'esbuild';

/** Where a bundle is to run. */
export type Runtime = 'node' | 'quickjs';

/** A program and all that it imports as one file, for one runtime. Only the imports of the platform differ. */
export async function bundle(entry: string, runtime: Runtime): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: runtime === 'node' ? ['node:*'] : ['std', 'os'],
    format: runtime === 'node' ? 'cjs' : 'esm',
    target: runtime === 'node' ? 'node20.19' : 'es2023',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  });
  return outputFiles[0]!.text;
}
