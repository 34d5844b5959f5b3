import type { ValuePath } from '../diagnostics';
import type { Findings } from '../intent/findings';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import type { AgentArguments } from './agent-arguments';
import { mountHolding } from './agent-file';
import { list, record, written } from './object';
import { POD } from './pod';

/** Checks that masq-agent finds what it needs of its node: a folder for its state, and the lock of iptables. */
export function checkNodeFiles(
  document: SourceDocument,
  container: ValuePath,
  { stateFolder, backend }: AgentArguments,
  findings: Findings,
): void {
  const { volumeMounts, securityContext } = record(valueAt(document.value, container));
  const mounts = list(volumeMounts).map(record);
  const isReadOnly = record(securityContext).readOnlyRootFilesystem === true;
  checkState(document, container, { folder: stateFolder, mounts, isReadOnly }, findings);
  if (backend !== 'nftables') checkLock(container, { mounts, isReadOnly }, findings);
}

/** What a container can write to. */
interface Writable {
  readonly mounts: readonly Readonly<Record<string, unknown>>[];
  /** Whether its own root cannot be written to. */
  readonly isReadOnly: boolean;
}

function checkState(
  document: SourceDocument,
  container: ValuePath,
  { folder, mounts, isReadOnly }: Writable & { readonly folder: string },
  findings: Findings,
): void {
  const mount = mountHolding(mounts, folder);
  if (!mount) {
    const lost = isReadOnly ? 'cannot be written' : 'is lost with the pod';
    const message = `nothing is mounted at ${folder}, and masq-agent's state ${lost}: ${WITHOUT}; mount a hostPath volume there`;
    findings.add('MQ619', container, message);
    return;
  }
  const at = [...container, 'volumeMounts', mount.index];
  const { name, readOnly } = mounts[mount.index]!;
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

const LOCK = '/run/xtables.lock';

function checkLock(container: ValuePath, { mounts, isReadOnly }: Writable, findings: Findings): void {
  if (mountHolding(mounts, LOCK)) return;
  const without = isReadOnly
    ? 'iptables-legacy cannot make one there, and writes no rule'
    : "iptables-legacy takes one of its own, and does not wait for kube-proxy's rules";
  const message = `nothing is mounted at ${LOCK}, the node's lock of iptables: ${without}; mount a hostPath volume of the type FileOrCreate there`;
  findings.add('MQ621', container, message);
}
