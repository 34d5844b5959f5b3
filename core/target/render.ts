import { type Diagnostic, diagnostic, hasErrors } from '../diagnostics';
import type { ClusterModel } from '../intent/model';
import { writeYaml } from '../yaml';
import { antreaFiles } from './antrea';
import { awsFiles } from './aws';
import { azureFiles } from './azure';
import { calicoFiles } from './calico';
import { ciliumFiles } from './cilium';
import type { TargetFacts, TargetName } from './facts';
import type { TargetFile } from './file';
import { mismatches } from './proof';
import { Refusals } from './refusals';

/** One cluster's intent for another data plane: files, or why it cannot be expressed there. */
export interface RenderedTarget {
  /** The files' texts by their names, sorted; none when anything is refused. */
  readonly files: ReadonlyMap<string, string>;
  /** What the target cannot express, and what it would have to know: each an error at its place in the intent. */
  readonly diagnostics: readonly Diagnostic[];
}

type Writer = (model: ClusterModel, facts: TargetFacts, refusals: Refusals) => TargetFile[];

const WRITERS: Readonly<Record<TargetName, Writer>> = {
  antrea: antreaFiles,
  aws: awsFiles,
  azure: azureFiles,
  calico: calicoFiles,
  cilium: ciliumFiles,
};

/**
 * Renders a valid intent for another data plane. What is about to be emitted is read back as that data plane reads it, and
 * must denote the intent's map over the whole address space; else nothing is emitted and a finding names a packet.
 */
export function renderTarget(name: TargetName, model: ClusterModel, facts: TargetFacts): RenderedTarget {
  const refusals = new Refusals(model, name);
  const written = WRITERS[name](model, facts, refusals);
  if (hasErrors(refusals.list)) return { files: new Map(), diagnostics: refusals.list };
  const files = new Map(
    written.map(({ path, value }) => [path, writeYaml(value)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const found = files.size === written.length ? mismatches(name, model, facts, files) : [`two files have one name`];
  if (found.length === 0) return { files, diagnostics: [] };
  const at = model.document.at([]);
  const diagnostics = found.map(message => diagnostic('MQ901', at, { message: `${name}: ${message}` }));
  return { files: new Map(), diagnostics };
}
