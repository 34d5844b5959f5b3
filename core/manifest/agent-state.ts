import type { ValuePath } from '../diagnostics';
import type { Findings } from '../intent/findings';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { mountHolding } from './agent-file';
import { list, record, written } from './object';
import { POD } from './pod';

/** Checks that masq-agent can write its state, and that the state outlives the pod. */
export function checkState(document: SourceDocument, container: ValuePath, folder: string, findings: Findings): void {
  const { volumeMounts, securityContext } = record(valueAt(document.value, container));
  const mount = mountHolding(list(volumeMounts).map(record), folder);
  if (!mount) {
    const lost = record(securityContext).readOnlyRootFilesystem === true ? 'cannot be written' : 'is lost with the pod';
    const message = `nothing is mounted at ${folder}, and masq-agent's state ${lost}: ${WITHOUT}; mount a hostPath volume there`;
    findings.add('MQ619', container, message);
    return;
  }
  const at = [...container, 'volumeMounts', mount.index];
  const { name, readOnly } = record(valueAt(document.value, at));
  if (readOnly === true) {
    const message = `masq-agent cannot write its state into ${folder}, which is mounted read-only: ${WITHOUT}; remove readOnly`;
    findings.add('MQ619', [...at, 'readOnly'], message);
    return;
  }
  const volumes = list(valueAt(document.value, [...POD, 'volumes'])).map(record);
  const index = volumes.findIndex(volume => written(volume.name) === written(name));
  if (index < 0 || !Object.hasOwn(volumes[index]!, 'emptyDir')) return;
  const message = `masq-agent's state is lost with the pod in an emptyDir volume: ${WITHOUT}; use a hostPath`;
  findings.add('MQ619', [...POD, 'volumes', index, 'emptyDir'], message, 'key');
}

/** What the state is for. */
const WITHOUT = 'beside a refused file a new pod has no last good one to enforce';
