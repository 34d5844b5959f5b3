import { suggest, type ValuePath } from '../diagnostics';
import { valueAt } from '../schema/path';
import type { Findings } from './findings';
import type { ClusterModel } from './model';

const SPEC = ['spec'] as const;

/** Whether the document has a key, whatever its value. */
export function has(model: ClusterModel, path: ValuePath): boolean {
  let value: unknown = model.document.value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string | number, unknown>)[step];
  }
  return true;
}

/** Refuses what the platform has no use for. What is wrong inside it does not matter then. */
export function refuse(model: ClusterModel, findings: Findings, path: ValuePath, message: string): void {
  if (has(model, path)) findings.settle('MQ411', path, message, 'key');
}

/** Whether a key is missing, and not just misspelt, which has a finding of its own. */
export function lacks(model: ClusterModel, path: ValuePath): boolean {
  const key = String(path[path.length - 1]);
  const parent = valueAt(model.document.value, path.slice(0, -1));
  const keys = typeof parent === 'object' && parent !== null ? Object.keys(parent) : [];
  return !keys.some(k => suggest(k, [key]) !== undefined);
}

/** Refuses keys about the policies of gke-autopilot. */
export function refuseAutopilotKeys(model: ClusterModel, findings: Findings): void {
  for (const key of ['defaultPolicy', 'policyName']) {
    refuse(
      model,
      findings,
      [...SPEC, 'masquerade', key],
      `${key} is about gke-autopilot's policies; ${model.platform} has none: remove it`,
    );
  }
}

/** Refuses keys that say what is only true of a GKE cluster. */
export function refuseGkeFacts(model: ClusterModel, findings: Findings): void {
  for (const key of ['disableDefaultSnat', 'networkPolicy', 'nodeImage', 'dataplane']) {
    refuse(
      model,
      findings,
      [...SPEC, 'network', key],
      `${key} is a fact about GKE clusters; ${model.platform} has none: remove it`,
    );
  }
}
