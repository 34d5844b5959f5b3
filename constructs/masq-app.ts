import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ApiObject, App, type AppProps, Chart, Names } from 'cdk8s';
import { type Diagnostic, diagnostic, sortDiagnostics } from '../core/diagnostics';
import { clusterOf } from './cluster';
import { BOOLEAN, checkProps, optional, type PropsShape, TEXT } from './props';
import { renderChart } from './render';
import { isRunByMasq, tell } from './told';
import { findingsOf, reportFindings, validationText } from './validation';

/** Properties of {@link MasqApp}. */
export interface MasqAppProps extends Pick<AppProps, 'outdir' | 'resolvers' | 'recordConstructMetadata'> {
  /**
   * What is done with warnings and notes when the app is synthesized.
   * @default each is written to standard error, on a line of its own; under `masq synth` it is told with masq's own
   */
  readonly onFinding?: (finding: Diagnostic) => void;
}

const SHAPE: PropsShape<MasqAppProps> = {
  outdir: optional({ ...TEXT, pattern: '.', 'x-wanted': 'the path of a folder' }),
  resolvers: optional({ type: 'array' }),
  recordConstructMetadata: optional(BOOLEAN),
  onFinding: optional({}),
};

/**
 * A cdk8s app that writes a folder for each chart, named after the cluster and not after its place in the tree, and in
 * it one object a file in the order of applying. Constructs of any package may be in the charts.
 */
export class MasqApp extends App {
  private readonly onFinding: (finding: Diagnostic) => void;
  private readonly recordsMetadata: boolean;

  constructor(props: MasqAppProps = {}) {
    const { sound, findings } = checkProps(props, SHAPE);
    super(sound);
    this.recordsMetadata = sound.recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
    this.onFinding = sound.onFinding ?? tell;
    reportFindings(this, () => [...findings, ...checkFunction(sound.onFinding)]);
  }

  /**
   * Validates every construct and writes the manifests.
   * @throws an Error that lists every validation error, before anything is written. Under `masq synth`, which tells the
   *   errors of masq's constructs with its own, these end the program instead
   */
  override synth(): void {
    const errors = this.node
      .findAll()
      .flatMap(node => node.node.validate().map(error => (node === this ? error : `[${node.node.path}] ${error}`)));
    if (errors.length > 0) {
      const told = isRunByMasq() ? tellErrors(this) : [];
      const rest = errors.filter(error => !told.some(text => error.endsWith(text)));
      if (rest.length === 0) process.exit(1);
      throw new Error(`Validation failed with the following errors:\n  ${rest.join('\n  ')}`);
    }
    sortDiagnostics(findingsOf(this)).forEach(this.onFinding);
    const charts = this.node.findAll().filter((node): node is Chart => node instanceof Chart);
    const folders = new Map<string, Map<string, string>>();
    for (const chart of charts) {
      const files = renderChart(chart);
      if (files.size === 0) continue;
      const folder = clusterOf(chart)?.name ?? Names.toDnsLabel(chart, { includeHash: false });
      if (folders.has(folder))
        throw new Error(`two charts would be written to the folder "${folder}"; name one of them differently`);
      folders.set(folder, files);
    }
    mkdirSync(this.outdir, { recursive: true });
    for (const [folder, files] of folders) {
      for (const [name, text] of files) writeAtomically(join(this.outdir, folder, name), text);
    }
    if (this.recordsMetadata) this.writeMetadata();
  }

  /** What cdk8s's own report needs to name constructs; it knows them by name alone, so only unique names are told. */
  private writeMetadata(): void {
    const objects = this.node.findAll().filter((node): node is ApiObject => node instanceof ApiObject);
    const paths = new Map<string, string[]>();
    for (const object of objects) paths.set(object.name, [...(paths.get(object.name) ?? []), object.node.path]);
    const told = [...paths].filter(([, found]) => found.length === 1);
    const resources = Object.fromEntries(told.map(([name, [path]]) => [name, { path }]));
    writeAtomically(join(this.outdir, 'construct-metadata.json'), JSON.stringify({ version: '1.0.0', resources }));
  }
}

/** Tells the errors of masq's constructs; the result is how cdk8s's list of errors has them. */
function tellErrors(app: MasqApp): string[] {
  const errors = sortDiagnostics(findingsOf(app)).filter(({ severity }) => severity === 'error');
  errors.forEach(tell);
  return errors.map(validationText);
}

/** A function is nothing that a schema can ask for. */
function checkFunction(onFinding: unknown): Diagnostic[] {
  if (onFinding === undefined || typeof onFinding === 'function') return [];
  const message = `props.onFinding is ${typeof onFinding}; a function is wanted`;
  return [diagnostic('MQ204', { path: ['props', 'onFinding'] }, { message })];
}

function writeAtomically(path: string, text: string): void {
  const staged = `${path}.masq-${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(staged, text);
    renameSync(staged, path);
  } catch (fault) {
    rmSync(staged, { force: true });
    throw fault;
  }
}
