import { basename } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { bundledPackages } from '../licences';

const COMMON: BuildOptions = {
  // The names of parts come from the paths of what is in them, which are to be the same wherever packages really are.
  preserveSymlinks: true,
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

/** What imports a part when it is needed. QuickJS does so for code alone that still knows the name of its file. */
const IMPORT_CALL = /\bimport\((?="\.\/part-\w+\.js"\))/g;

/** A program for QuickJS. */
export interface Program {
  /** Itself first, then what it imports only when it needs it. */
  readonly parts: readonly Part[];
  /** The npm packages whose code it has: by name, the folders that they are in. */
  readonly packages: ReadonlyMap<string, string>;
}

/** A program and all that it imports, for QuickJS. */
export async function bundleParts(entry: string): Promise<Program> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints: { agent: entry },
    external: [...NATIVE],
    format: 'esm',
    target: 'es2023',
    splitting: true,
    chunkNames: 'part-[hash]',
    outdir: '.',
    metafile: true,
    write: false,
  });
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.keys(output.inputs));
  const parts = outputFiles.map(({ path, text }) => ({
    name: basename(path),
    text: text.replace(IMPORT_CALL, 'importPart('),
  }));
  parts.sort((a, b) => Number(b.name === 'agent.js') - Number(a.name === 'agent.js'));
  return { parts, packages: bundledPackages(inputs) };
}
