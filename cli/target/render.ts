import { HEADER } from '../../constructs/render';
import { type Diagnostic, hasErrors } from '../../core/diagnostics';
import type { ClusterModel } from '../../core/intent/model';
import type { TargetName } from '../../core/target/facts';
import { renderTarget } from '../../core/target/render';
import { kustomization } from '../kustomization';
import type { OutputPlan } from '../output';
import { IdleOptions } from './idle';
import type { TargetOptions } from './options';

/** The first line of every file that masq renders for a target: files of other targets are others' files. */
export function targetHeader(name: TargetName): string {
  return HEADER.replace('# Rendered by masq:', `# Rendered by masq for ${name}:`);
}

/** Renders intents for a target, one after the other. */
export class TargetRun {
  private readonly folders = new Map<string, Map<string, string>>();
  private readonly idle: IdleOptions;

  constructor(
    readonly options: TargetOptions,
    private readonly kustomized: boolean,
  ) {
    this.idle = new IdleOptions(options);
  }

  /** Renders a cluster, unless the target is for others; returns why it cannot be. */
  add(model: ClusterModel): readonly Diagnostic[] {
    const { name, facts, clusters } = this.options;
    const isRendered = clusters.length === 0 || clusters.includes(model.name);
    this.idle.see(model, isRendered);
    if (!isRendered) return [];
    const { files, diagnostics } = renderTarget(name, model, facts);
    if (!hasErrors(diagnostics) && files.size > 0) this.folders.set(model.name, this.withHeaders(files));
    return diagnostics;
  }

  /** What the target was told and no cluster needs, each in a line: to be asked when all are there. */
  unneeded(): readonly string[] {
    return this.idle.faults();
  }

  /** What is to be in the output folder. */
  plan(): OutputPlan {
    const header = targetHeader(this.options.name);
    return { root: this.options.output, folders: this.folders, owned: content => content.startsWith(`${header}\n`) };
  }

  private withHeaders(files: ReadonlyMap<string, string>): Map<string, string> {
    const header = targetHeader(this.options.name);
    const headed = new Map([...files].map(([path, text]) => [path, `${header}\n${text}`]));
    const applied = [...headed.keys()].some(path => !path.includes('/'));
    if (this.kustomized && applied) headed.set('kustomization.yaml', kustomization(headed, header));
    return headed;
  }
}
