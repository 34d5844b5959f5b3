import type { Diagnostic, ValuePath } from '../diagnostics';
import type { Claims, DialectName } from '../dialect/claims';
import type { Draft } from './draft';
import type { ImportFacts } from './facts';

/** What another data plane would read, were it there, by the dialect that names it. */
const READS = {
  azure: 'a ConfigMap whose key begins with "ip-masq"',
  cilium: 'a ConfigMap "ip-masq-agent"',
  tencent: 'a ConfigMap "ip-masq-agent-config" with the key "config"',
} as const;

/** What is said of a dialect that nothing of what is imported is in: it would be read as ip-masq-agent's. */
export function idleDialect(dialect: DialectName | undefined, claims?: Claims, hasAzureSet = false): string[] {
  if (dialect === undefined || dialect === 'upstream') return [];
  if ((claims && claims[dialect].length > 0) || (dialect === 'azure' && hasAzureSet)) return [];
  return [`--dialect ${dialect} is about ${READS[dialect]}, and none is imported; leave it out`];
}

/** What is said of facts that nothing of what is imported hangs on, a line each. */
export function idleFacts(draft: Draft, facts: ImportFacts): string[] {
  const { version, dataplane, vpcCIDRs, flags } = facts;
  const platform = facts.platform ?? draft.platform;
  const isGke = platform === undefined || platform === 'gke-standard';
  return [
    ...(facts.platform === 'anthos-bare-metal' && draft.kept
      ? [`--platform anthos-bare-metal: what is imported preserves a list of destinations, and that platform has none`]
      : []),
    ...(vpcCIDRs && draft.needsVpc === undefined ? [`--vpc-cidr ${vpcCIDRs.join()}: ${IDLE_VPC}`] : []),
    ...(flags && !draft.takesFlags ? [IDLE_FLAGS] : []),
    ...(version !== undefined && platform === 'kubernetes'
      ? [`--version ${version}: what is rendered for platform kubernetes hangs on no version; leave it out`]
      : []),
    ...(dataplane !== undefined && !isGke
      ? [`--dataplane ${dataplane}: only clusters of gke-standard have it to choose, and this one is ${platform}`]
      : []),
  ];
}

const IDLE_VPC =
  "it is for AWS's VPC CNI, and for Azure's agent on AKS, which preserve the VPC by themselves, and nothing that is imported does; leave it out";

const IDLE_FLAGS =
  '--agent-args is for an ip-masq-agent file, or its ConfigMap, without the DaemonSet that starts the agent, and nothing that is imported is one; leave it out';

/** The option that a fact of the intent comes from, with what was given. */
function optionOf([root, key, fact, index]: ValuePath = [], facts: ImportFacts): string | undefined {
  const given = (option: string, value: string | undefined): string | undefined =>
    value === undefined ? undefined : `${option} ${value}`;
  if (root === 'metadata') return key === 'name' ? given('--name', facts.name) : undefined;
  if (key === 'version') return given('--version', facts.version);
  if (key === 'platform') return given('--platform', facts.platform);
  if (key !== 'network') return undefined;
  const of = (option: string, ranges: readonly string[] | undefined): string | undefined =>
    given(option, typeof index === 'number' ? ranges?.[index] : ranges?.join());
  switch (fact) {
    case 'dataplane':
      return given('--dataplane', facts.dataplane);
    case 'internetRoute':
      return given('--internet-route', facts.internetRoute);
    case 'nodeCIDRs':
      return of('--node-cidr', facts.nodeCIDRs);
    case 'podCIDRs':
      return of('--pod-cidr', facts.podCIDRs);
    case 'serviceCIDRs':
      return of('--service-cidr', facts.serviceCIDRs);
    default:
      return undefined;
  }
}

/** What is wrong with options, a line each, and the other findings. */
export function blameOptions(
  found: readonly Diagnostic[],
  facts: ImportFacts,
): { readonly misused: readonly string[]; readonly others: readonly Diagnostic[] } {
  const misused = found.flatMap(({ path, message }) => {
    const option = optionOf(path, facts);
    return option === undefined ? [] : [`${option}: ${message}`];
  });
  return { misused, others: found.filter(({ path }) => optionOf(path, facts) === undefined) };
}
