import { valueAt } from '../schema/path';
import type { Findings } from './findings';
import type { ClusterModel } from './model';
import { parseQuantity } from './quantity';

const AGENT = ['spec', 'agent'] as const;

/** Checks how the agent is to run, where the platform lets one say so. */
export function checkAgent(model: ClusterModel, findings: Findings): void {
  if (model.platform !== 'gke-standard' && model.platform !== 'kubernetes') return;
  checkPurpose(model, findings);
  checkResources(model, findings);
}

/** That somebody else runs an agent is a fact; everything else only means something with a list. */
function checkPurpose(model: ClusterModel, findings: Findings): void {
  const { value } = model.document;
  if (findings.anyBelow(['spec'], 'MQ203')) return; // which may be what the list is meant to be
  if (model.masquerade || valueAt(value, ['spec', 'masquerade']) !== undefined) return;
  const agent = valueAt(value, AGENT);
  const keys = typeof agent === 'object' && agent !== null ? Object.keys(agent) : [];
  if (keys.every(key => key === 'daemonSet' && model.agent.daemonSet === 'existing')) return;
  findings.add(
    'MQ319',
    AGENT,
    {
      message:
        'agent has no effect, since spec lacks "masquerade": no agent is rendered; add the list, or remove agent',
      hint: 'write "masquerade: {preserve: [platform-default]}" for what the platform preserves by itself',
    },
    'key',
  );
}

function checkResources(model: ClusterModel, findings: Findings): void {
  const { requests = {}, limits = {} } = model.agent.resources ?? {};
  for (const [resource, requested] of Object.entries(requests)) {
    const limit = limits[resource];
    const most = limit === undefined ? undefined : parseQuantity(limit);
    const wanted = parseQuantity(requested);
    if (wanted === undefined || most === undefined || wanted <= most) continue;
    findings.add('MQ616', [...AGENT, 'resources', 'requests', resource], {
      message: `the ${resource} request "${requested}" is above the limit "${limit}", and Kubernetes refuses that; lower it, or raise the limit`,
      related: [{ ...findings.document.at([...AGENT, 'resources', 'limits', resource]), message: 'the limit' }],
    });
  }
}
