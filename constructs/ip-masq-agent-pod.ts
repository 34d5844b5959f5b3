import { defaultImage } from '../core/intent/images';
import type { Flavor } from '../core/intent/model';
import { canonicalQuantity } from '../core/intent/quantity';
import type { AgentResources } from '../core/schema/generated/types-intent';
import type { IpMasqAgentDaemonSetProps } from './ip-masq-agent-daemon-set';
import { k8s } from './k8s';

type Props = Partial<IpMasqAgentDaemonSetProps>;

/** Whose agent a DaemonSet runs. */
export function flavorOf({ flavor, gke }: Props): Flavor {
  return flavor ?? (gke ? 'google' : 'upstream');
}

/** The agent's flags, as far as they differ from its defaults. */
export function agentArgs(props: Props): string[] {
  const chain = props.masqChain ?? (props.gke ? 'IP-MASQ' : 'IP-MASQ-AGENT');
  const randomFully = props.randomFully ?? !props.gke;
  return [
    ...(chain === 'IP-MASQ-AGENT' ? [] : [`--masq-chain=${chain}`]),
    ...(props.nomasqAllReservedRanges ? ['--nomasq-all-reserved-ranges'] : []),
    ...(props.enableIPv6 ? ['--enable-ipv6'] : []),
    ...(randomFully ? [] : ['--random-fully=false']),
    ...(props.toPorts?.length ? [`--to-ports=${props.toPorts.join(',')}`] : []),
  ];
}

/** Who may write rules: not privileged, with the two capabilities that iptables needs and no way to more. */
export const RULE_WRITER = {
  privileged: false,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Where the agent's file is mounted: as a folder, since a mounted file never sees a changed ConfigMap. */
export const CONFIG_MOUNT = { name: 'config-volume', mountPath: '/etc/config' };

/** The pods of ip-masq-agent. */
export function ipMasqAgentPod(props: Props): k8s.PodSpec {
  return {
    ...agentPod(props),
    containers: [
      {
        name: 'ip-masq-agent',
        image: props.image ?? defaultImage(flavorOf(props)),
        ...given('args', agentArgs(props)),
        ...resources(props.resources),
        securityContext: RULE_WRITER,
        volumeMounts: [CONFIG_MOUNT],
      },
    ],
    volumes: [configVolume(props)],
  };
}

/** What the pods of every agent have in common. */
export function agentPod(props: Props): Omit<k8s.PodSpec, 'containers'> {
  return {
    hostNetwork: true,
    automountServiceAccountToken: false,
    ...(props.serviceAccountName !== undefined && { serviceAccountName: props.serviceAccountName }),
    ...(props.priorityClassName !== undefined && { priorityClassName: props.priorityClassName }),
    ...(!isEmpty(props.nodeSelector) && { nodeSelector: { ...props.nodeSelector } }),
    tolerations: [
      { effect: 'NoSchedule', operator: 'Exists' },
      { effect: 'NoExecute', operator: 'Exists' },
      { key: 'CriticalAddonsOnly', operator: 'Exists' },
    ],
  };
}

/** The volume with the agent's file. */
export function configVolume({ configMapName = 'ip-masq-agent' }: Props): k8s.Volume {
  const items = [{ key: 'config', path: 'ip-masq-agent' }];
  return { name: CONFIG_MOUNT.name, configMap: { name: configMapName, optional: true, items } };
}

/** A list under its key; nothing when it is empty. */
export function given<Key extends string, T>(key: Key, list: T[]): { [K in Key]?: T[] } {
  return list.length > 0 ? ({ [key]: list } as { [K in Key]?: T[] }) : {};
}

/** A container's resources, without what is empty, and in the form in which they are stored. */
export function resources({ requests, limits }: AgentResources = {}): Pick<k8s.Container, 'resources'> {
  const quantities = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(map).map(([name, text]) => [name, k8s.Quantity.fromString(canonicalQuantity(text))]),
    );
  if (isEmpty(requests) && isEmpty(limits)) return {};
  return {
    resources: {
      ...(!isEmpty(requests) && { requests: quantities(requests!) }),
      ...(!isEmpty(limits) && { limits: quantities(limits!) }),
    },
  };
}

function isEmpty(map: Readonly<Record<string, string>> | null | undefined): boolean {
  return !map || Object.keys(map).length === 0;
}
