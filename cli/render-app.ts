import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, sep } from 'node:path';
import { isOrdinary } from '../constructs/render';
import { FINDINGS_FILE } from '../constructs/told';
import { type Diagnostic, hasErrors } from '../core/diagnostics';

/** What an app renders, a folder for each cluster, and what it finds: with an error it renders nothing. */
export interface RenderedApp {
  readonly folders: Map<string, Map<string, string>>;
  readonly findings: readonly Diagnostic[];
}

/**
 * Runs a cdk8s app in a folder with an output folder of its own and takes what it renders.
 * @throws when the app fails, or writes nothing there; its own messages went to standard error already, and findings are none of them
 */
export function renderApp(command: string, cwd: string): RenderedApp {
  const own = mkdtempSync(join(tmpdir(), 'masq-app-'));
  const outdir = join(own, 'output');
  const told = join(own, 'findings');
  try {
    mkdirSync(outdir);
    writeFileSync(told, '');
    const { status, signal, error } = spawnSync(command, {
      cwd,
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        CDK8S_OUTDIR: outdir,
        CDK8S_RECORD_CONSTRUCT_METADATA: 'false',
        [FINDINGS_FILE]: told,
      },
    });
    const findings = readFindings(told, cwd);
    if (hasErrors(findings)) return { folders: new Map(), findings };
    if (error || status !== 0)
      throw appFailure(command, error?.message ?? (signal ? `it was ended by ${signal}` : `exit code ${status}`));
    const folders = readFolders(outdir, command);
    if (folders.size === 0) throw appFailure(command, NOTHING);
    return { folders, findings };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** Findings name files as the app sees them, from the folder that it runs in. */
function readFindings(told: string, cwd: string): Diagnostic[] {
  const lines = readFileSync(told, 'utf8').split('\n').filter(Boolean);
  return lines.map(line => {
    const { file, ...found } = JSON.parse(line) as Diagnostic;
    if (file === undefined) return found;
    return { ...found, file: isAbsolute(file) ? file : join(cwd, file).split(sep).join('/') };
  });
}

const NOTHING =
  'it wrote nothing into the folder that CDK8S_OUTDIR names; leave "outdir" out of MasqApp\'s props, or pass ' +
  'process.env.CDK8S_OUTDIR to it, and call synth()';

function appFailure(command: string, why: string): Error {
  const failure = new Error(`the app "${command}" failed: ${why}; nothing was written`);
  failure.name = 'OutputError';
  return failure;
}

/** What cdk8s records about constructs when an app asks for it; no manifest. */
const METADATA = 'construct-metadata.json';

function readFolders(outdir: string, command: string): Map<string, Map<string, string>> {
  const folders = new Map<string, Map<string, string>>();
  for (const entry of readdirSync(outdir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) folders.set(entry.name, readFolder(outdir, entry.name, command));
    else if (entry.name !== METADATA)
      throw appFailure(command, `it wrote ${entry.name} outside of any cluster's folder; use MasqApp`);
  }
  return folders;
}

function readFolder(outdir: string, folder: string, command: string): Map<string, string> {
  const root = join(outdir, folder);
  const files = new Map<string, string>();
  for (const file of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const name = path.slice(root.length + 1);
    const text = readFileSync(path, 'utf8');
    // Without its mark, masq could write the file once and never again.
    if (!isOrdinary(text)) throw appFailure(command, `${folder}/${name} was not written by MasqApp`);
    files.set(name, text);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
