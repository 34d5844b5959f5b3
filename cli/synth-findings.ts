import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRendered } from '../constructs/render';
import { type Diagnostic, diagnostic } from '../core/diagnostics';
import { foreignManifests, type OutputChange, type OutputPlan, staleText } from './output';

/** Every difference between a plan and its folder as a finding that names the command which takes it away. */
export function staleness(
  root: string,
  changes: readonly OutputChange[],
  prune: boolean,
  remedy: string,
): Diagnostic[] {
  const says = {
    create: 'it is missing',
    update: 'it is not what the intent renders to',
    delete: 'it is rendered no more',
    orphan: 'it belongs to no given intent',
  };
  const stale = changes.filter(change => change.kind !== 'orphan' || prune);
  const found = stale.map(change => {
    const message = staleText(change, says[change.kind], remedy);
    return diagnostic('MQ903', { file: `${root}/${change.path}` }, { message });
  });
  return prune ? found : [...found, ...orphans(root, changes)];
}

/** Manifests beside the rendered ones that masq has not written, or has written for another data plane. */
export function strangers(plan: OutputPlan): Diagnostic[] {
  return foreignManifests(plan).map(path => {
    const at = { file: `${plan.root}/${path}` };
    if (isRendered(readFileSync(join(plan.root, path), 'utf8'))) {
      const message = 'rendered by masq for another data plane, but applied with the folder; render into another one';
      return diagnostic('MQ907', at, { message, severity: 'error' });
    }
    const message =
      'not written by masq, but applied with the folder: masq has not compared it with the intent; move it away unless it is meant to be here';
    return diagnostic('MQ907', at, { message });
  });
}

/** Folders that were rendered for intents which are not among the given ones. */
export function orphans(root: string, changes: readonly OutputChange[]): Diagnostic[] {
  const folders = new Map<string, number>();
  for (const { kind, path } of changes) {
    const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : '.';
    if (kind === 'orphan') folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [...folders].map(([folder, files]) => {
    const message = `${count(files, 'file')} rendered by masq, but for no given intent; delete with --prune`;
    return diagnostic('MQ905', { file: `${root}/${folder}` }, { message });
  });
}

/** So many of something, in words. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
