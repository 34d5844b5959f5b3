import { andList } from '../diagnostics';
import { valueAt } from '../schema/path';
import type { Findings } from './findings';
import type { ClusterModel, NetworkModel } from './model';
import { gkeDeploysAgent } from './platform-default';

const SPEC = ['spec'] as const;

/** The keys of the agent that decide what its DaemonSet looks like. */
const OF_DAEMON_SET: readonly string[] = [
  'flavor',
  'image',
  'chain',
  'randomFully',
  'toPorts',
  'nodeSelector',
  'backend',
  'logFormat',
  'metrics',
  'priorityClassName',
  'resources',
];

/** What belongs to the DaemonSet cannot be set where somebody else runs it. */
export function checkExistingDaemonSet(model: ClusterModel, findings: Findings): void {
  if (model.agent.daemonSet !== 'existing') return;
  const agent = [...SPEC, 'agent'];
  const raw = valueAt(model.document.value, agent);
  const keys = typeof raw === 'object' && raw !== null ? Object.keys(raw) : [];
  const [first, ...more] = keys.filter(key => OF_DAEMON_SET.includes(key));
  if (first === undefined) return;
  const remove = more.length > 0 ? 'remove them' : 'remove it';
  const fix = gkeRuns(model) ? remove : `${remove}, or write "daemonSet: render"`;
  const who = gkeRuns(model)
    ? `GKE runs the agent of this cluster itself, since ${whyGkeDeploys(model.network)}`
    : 'the DaemonSet is not rendered here';
  findings.add(
    'MQ411',
    [...agent, first],
    {
      message: `${who}: ${andList([first, ...more])} cannot be set; ${fix}`,
      related: more.map(key => ({ ...findings.document.at([...agent, key], 'key'), message: `${key} is set here` })),
    },
    'key',
  );
}

/** Whether GKE deploys the agent, so that no DaemonSet may be rendered. */
function gkeRuns({ platform, network }: ClusterModel): boolean {
  return platform === 'gke-standard' && gkeDeploysAgent(network);
}

/** Why GKE deploys the agent of a cluster itself, where it does. */
export function whyGkeDeploys({ networkPolicy, dataplane }: NetworkModel): string {
  return networkPolicy && dataplane === 'v1'
    ? 'network policy is enforced (networkPolicy: true)'
    : 'a pod range lies outside of 10.0.0.0/8';
}
