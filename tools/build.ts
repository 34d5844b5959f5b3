import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundledPackages, thirdPartyLicences } from './licences';

/** Where lib/ is put together before it takes the old one's place. */
const STAGE = `build/lib-${process.pid}`;

/** Builds lib/: the library with its types by tsc, and the command line as bundles that need no other package. */
async function main(): Promise<void> {
  try {
    library();
    await commandLine();
    rmSync('lib', { recursive: true, force: true });
    renameSync(STAGE, 'lib');
    warmUp();
  } finally {
    rmSync(STAGE, { recursive: true, force: true });
  }
}

function library(): void {
  const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', STAGE];
  const tsc = spawnSync(process.execPath, compiler, { stdio: 'inherit' });
  if (tsc.status !== 0) throw new Error('tsc refuses the library; lib/ is left as it was');
  const generated = 'core/schema/generated';
  for (const name of readdirSync(generated).filter(name => /\.(js|d\.ts)$/.test(name))) {
    copyFileSync(join(generated, name), join(STAGE, generated, name));
  }
}

/** What every report carries: a script and a style, each in one line. */
async function reportParts(): Promise<{ script: string; style: string }> {
  const { outputFiles } = await build({
    entryPoints: ['cli/report/client/main.ts', 'cli/report/client/style.css'],
    outdir: STAGE,
    bundle: true,
    platform: 'browser',
    target: ['es2023', 'chrome120', 'firefox121', 'safari17.2'],
    format: 'iife',
    minify: true,
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  });
  const text = (extension: string): string => outputFiles.find(({ path }) => path.endsWith(extension))!.text.trimEnd();
  return { script: text('.js'), style: text('.css') };
}

async function commandLine(): Promise<void> {
  const { script, style } = await reportParts();
  const commands = readdirSync('cli/command').map(file => join('cli/command', file));
  const { metafile } = await build({
    entryPoints: ['cli/masq.ts', ...commands],
    outbase: '.',
    outdir: STAGE,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    minify: true,
    keepNames: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [onlyK8s],
    define: { REPORT_SCRIPT: JSON.stringify(script), REPORT_STYLE: JSON.stringify(style) },
  });
  for (const output of Object.keys(metafile.outputs)) refuseWideText(output);
  const entry = join(STAGE, 'cli/masq.js');
  writeFileSync(entry, `#!/usr/bin/env node\n${readFileSync(entry, 'utf8')}`);
  chmodSync(entry, 0o755);
  writeLicenses(Object.keys(metafile.inputs));
}

/** One character beyond ASCII makes V8 hold twice the bytes; esbuild escapes them, but for those in regular expressions. */
function refuseWideText(path: string): void {
  const found = /[^\0-\x7f]/.exec(readFileSync(path, 'utf8'));
  if (found) throw new Error(`${path} holds "${found[0]}"; write it as an escape, so that the bundle is plain ASCII`);
}

/** Runs each command that people wait for once, so that the code V8 compiles for it is kept when they do. */
function warmUp(): void {
  const output = mkdtempSync(join(tmpdir(), 'masq-build-'));
  const intents = 'examples/fleet-yaml';
  for (const args of [
    ['validate', intents],
    ['synth', intents, '-o', output],
  ]) {
    spawnSync(process.execPath, ['lib/cli/masq.js', ...args], { stdio: 'ignore' });
  }
  rmSync(output, { recursive: true });
}

/** Of cdk8s-plus-27 the command line uses the generated L1 classes alone. */
const onlyK8s: Plugin = {
  name: 'only-k8s',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^cdk8s-plus-27$/ }, ({ path }) => ({ path, namespace: 'only-k8s' }));
    onLoad({ filter: /.*/, namespace: 'only-k8s' }, () => ({
      contents: "export * as k8s from 'cdk8s-plus-27/lib/imports/k8s';",
      resolveDir: '.',
    }));
  },
};

/** The licenses of what the bundles contain, and of ajv, whose helpers the validators contain. */
function writeLicenses(inputs: readonly string[]): void {
  const folders = bundledPackages(inputs).set('ajv', 'node_modules/ajv');
  writeFileSync(join(STAGE, 'THIRD-PARTY-LICENSES.md'), thirdPartyLicences('the bundles in lib/cli contain', folders));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
