import type { ValuePath } from '../diagnostics';
import { valueAt } from '../schema/path';

/** The platforms whose version decides what exists. */
const VERSIONED: readonly unknown[] = ['gke-autopilot', 'anthos-bare-metal'];

/** Whether an intent needs a key that its schema, which knows no platform, lets be absent: nobody is told to remove it. */
export function isNeeded(intent: unknown, path: ValuePath): boolean {
  const beside = (valueAt(intent, path.slice(0, -1)) ?? {}) as Readonly<Record<string, unknown>>;
  const [inner, key] = path.slice(-2);
  if (path.length === 2 && inner === 'spec' && key === 'version') return VERSIONED.includes(beside.platform);
  // Nobody publishes an image of masq-agent.
  if (inner === 'agent' && key === 'image') return beside.flavor === 'masq';
  const isRangeRule = typeof inner === 'number';
  return isRangeRule && ((key === 'cidr' && !('range' in beside)) || (key === 'range' && !('cidr' in beside)));
}
