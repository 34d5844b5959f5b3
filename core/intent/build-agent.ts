import { chainFault, portRangeFault } from '../agentfile/flags';
import { checkDuration } from './duration';
import type { Findings } from './findings';
import { defaultImage } from './images';
import { checkFlavor, METRICS_PORT } from './masq-agent';
import type { AgentModel, MetricsModel, NetworkModel, Platform } from './model';
import { gkeDeploysAgent } from './platform-default';
import { choice, isRecord, type Raw, record, text, texts } from './raw';
import { checkLabels } from './selector';

/** Reads how the agent is to run. */
export function readAgent(raw: Raw, platform: Platform, network: NetworkModel, findings: Findings): AgentModel {
  const path = ['spec', 'agent'];
  const gke = platform === 'gke-standard';
  const flavor = choice(raw.flavor, ['google', 'upstream', 'masq']) ?? (gke ? 'google' : 'upstream');
  const chain = text(raw.chain) ?? (gke ? 'IP-MASQ' : 'IP-MASQ-AGENT');
  const fault = raw.chain === undefined ? undefined : chainFault(chain);
  if (fault) findings.add('MQ313', [...path, 'chain'], fault);
  const resyncInterval = text(raw.resyncInterval) ?? '60s';
  checkDuration(resyncInterval, [...path, 'resyncInterval'], findings);
  const ports = Array.isArray(raw.toPorts) ? raw.toPorts.filter(p => typeof p === 'string') : [];
  ports.forEach((range, i) => {
    const wrong = portRangeFault(range);
    if (wrong) findings.add('MQ312', [...path, 'toPorts', i], wrong);
  });
  const priorityClassName = text(raw.priorityClassName) ?? (flavor === 'google' ? undefined : 'system-node-critical');
  const nodeSelector = texts(raw.nodeSelector);
  checkLabels(nodeSelector, [...path, 'nodeSelector'], findings);
  const daemonSet =
    choice(raw.daemonSet, ['render', 'existing']) ?? (gke && gkeDeploysAgent(network) ? 'existing' : 'render');
  if (daemonSet === 'render') checkFlavor(raw, flavor, path, findings);
  const resources = raw.resources === undefined ? undefined : record(raw.resources);
  const metrics = isRecord(raw.metrics) ? readMetrics(raw.metrics) : undefined;
  return {
    flavor,
    daemonSet,
    image: text(raw.image) ?? defaultImage(flavor) ?? '',
    namespace: text(raw.namespace) ?? 'kube-system',
    chain,
    resyncInterval,
    randomFully: typeof raw.randomFully === 'boolean' ? raw.randomFully : !gke,
    ...(ports.length > 0 && { toPorts: ports.join(',') }),
    nodeSelector,
    backend: choice(raw.backend, ['auto', 'iptables', 'nftables']) ?? 'auto',
    logFormat: choice(raw.logFormat, ['text', 'json']) ?? 'text',
    ...(metrics && { metrics }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(resources && { resources: { requests: texts(resources.requests), limits: texts(resources.limits) } }),
  };
}

function readMetrics(raw: Raw): MetricsModel {
  const address = text(raw.address);
  return {
    port: typeof raw.port === 'number' ? raw.port : METRICS_PORT,
    ...(address !== undefined && { address }),
  };
}
