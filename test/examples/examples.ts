import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { MasqApp } from '../../constructs';
import type { Diagnostic } from '../../core/diagnostics';
import { intentFiles } from '../../examples/intents';

/** The repository's root. */
export const ROOT = join(__dirname, '../..');

/** The command of the fleet in TypeScript, as `masq synth --app` takes it. */
export const FLEET_APP = 'node --import tsx examples/fleet-typescript/main.ts';

/** Files by their path below a folder, in the order of the paths' bytes. */
export type Files = ReadonlyMap<string, string>;

/** Every file below a folder. */
export function readFiles(folder: string): Files {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map((entry): [string, string] => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path, 'utf8')];
    });
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The rendered manifests as they are committed. */
export function committed(): Files {
  return readFiles(join(ROOT, 'dist'));
}

/** Runs with a folder that is gone afterwards. */
export function withFolder<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'masq-examples-'));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What an app renders, and what it finds. */
export function render(build: (app: MasqApp) => void): { files: Files; findings: readonly Diagnostic[] } {
  return withFolder(outdir => {
    const findings: Diagnostic[] = [];
    const app = new MasqApp({ outdir, onFinding: found => findings.push(found) });
    build(app);
    app.synth();
    return { files: readFiles(outdir), findings };
  });
}

/** The examples' folders, by name. */
export function exampleNames(): string[] {
  return readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
}

/** The intents in YAML: each file's path from the root, and its text. */
export function intents(): { file: string; text: string }[] {
  return intentFiles(join(ROOT, 'examples')).map(file => ({
    file: relative(ROOT, file),
    text: readFileSync(file, 'utf8'),
  }));
}

/** A Kubernetes object, as far as all have it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** A file of the fixtures in documents/: facts of the pages that the examples are about. */
export function documentFact(name: string): KubeObject {
  return parse(readFileSync(join(__dirname, 'documents', name), 'utf8')) as KubeObject;
}
