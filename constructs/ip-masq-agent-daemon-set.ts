import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { chainFault, parseAgentFlags, portRangeFault } from '../core/agentfile/flags';
import type { Diagnostic } from '../core/diagnostics';
import { Findings } from '../core/intent/findings';
import { defaultImage } from '../core/intent/images';
import { checkLabels } from '../core/intent/selector';
import { k8s } from './k8s';
import { type CommonProps, metadata, namespaceOf } from './metadata';
import {
  BOOLEAN,
  COMMON,
  checkProps,
  IMAGE,
  NAMESPACE,
  optional,
  type PropsShape,
  RESOURCES,
  SUBDOMAIN,
  TEXT,
  TEXT_MAP,
  TEXTS,
  unlessSaid,
} from './props';
import { propsDocument, reportFindings } from './validation';

/** Properties of {@link IpMasqAgentDaemonSet}. */
export interface IpMasqAgentDaemonSetProps extends CommonProps {
  /**
   * The DaemonSet's name.
   * @default ip-masq-agent
   */
  readonly name?: string;

  /**
   * The namespace, which must be the ConfigMap's.
   * @default the chart's, or kube-system when the chart has none
   */
  readonly namespace?: string;

  /**
   * The ConfigMap that holds the agent's file under the key `config`.
   * @default ip-masq-agent
   */
  readonly configMapName?: string;

  /**
   * The container image, best with a digest.
   * @default Google's current image on GKE, else the newest of kubernetes-sigs
   */
  readonly image?: string;

  /**
   * Whether the cluster is GKE: the chain must then be `IP-MASQ`, or GKE's own rules are not replaced.
   * @default false
   */
  readonly gke?: boolean;

  /**
   * Whether the cluster has GKE Dataplane V2, which needs `randomFully: false`.
   * @default false
   */
  readonly dataplaneV2?: boolean;

  /**
   * The nat chain that the agent owns.
   * @default IP-MASQ on GKE, else IP-MASQ-AGENT
   */
  readonly masqChain?: string;

  /**
   * Whether the built-in list, used when the file has none, is the eleven reserved ranges instead of three.
   * @default false
   */
  readonly nomasqAllReservedRanges?: boolean;

  /**
   * Whether IPv6 rules are written. The file must then list IPv6 ranges, or all IPv6 between pods is masqueraded.
   * @default false
   */
  readonly enableIPv6?: boolean;

  /**
   * Whether source ports are fully randomised.
   * @default false on GKE, else true
   */
  readonly randomFully?: boolean;

  /**
   * Source port ranges for masqueraded packets, such as `1024-29999`.
   * @default the kernel chooses
   */
  readonly toPorts?: readonly string[];

  /**
   * Labels of the nodes that run the agent.
   * @default every node
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;

  /**
   * The pods' ServiceAccount; it needs no rights, and no token is mounted in any case.
   * @default the namespace's default ServiceAccount
   */
  readonly serviceAccountName?: string;

  /**
   * The pods' priority class.
   * @default none
   */
  readonly priorityClassName?: string;

  /**
   * What the container requests and may use at most, as Kubernetes quantities.
   * @default none
   */
  readonly resources?: {
    /** What the scheduler sets aside. */
    readonly requests?: Readonly<Record<string, string>>;
    /** What the container may use at most. */
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** What each prop of {@link IpMasqAgentDaemonSet} has to be. */
export const DAEMON_SET_SHAPE: PropsShape<IpMasqAgentDaemonSetProps> = {
  ...COMMON,
  name: optional(SUBDOMAIN),
  namespace: optional(NAMESPACE),
  configMapName: optional(SUBDOMAIN),
  image: optional(IMAGE),
  gke: optional(BOOLEAN),
  dataplaneV2: optional(BOOLEAN),
  masqChain: optional(TEXT),
  nomasqAllReservedRanges: optional(BOOLEAN),
  enableIPv6: optional(BOOLEAN),
  randomFully: optional(BOOLEAN),
  toPorts: optional(TEXTS),
  nodeSelector: optional(TEXT_MAP),
  serviceAccountName: optional(SUBDOMAIN),
  priorityClassName: optional(SUBDOMAIN),
  resources: optional(RESOURCES),
};

const LABELS = { 'k8s-app': 'ip-masq-agent' };

/**
 * The DaemonSet that runs ip-masq-agent on every node: in the host network, not privileged, with NET_ADMIN and NET_RAW
 * alone. Source: Google's page on ip-masq-agent, its current DaemonSet.
 */
export class IpMasqAgentDaemonSet extends Construct {
  /** The DaemonSet itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: IpMasqAgentDaemonSetProps = {}) {
    super(scope, id);
    const { sound, findings } = checkProps(props, DAEMON_SET_SHAPE);
    const volume = 'config-volume';
    const manifest = k8s.KubeDaemonSet.manifest({
      metadata: metadata(sound.name ?? 'ip-masq-agent', namespaceOf(this, sound.namespace), 'workload', {
        ...sound,
        labels: { ...LABELS, ...sound.labels },
      }),
      spec: {
        selector: { matchLabels: LABELS },
        template: {
          metadata: { labels: LABELS },
          spec: {
            hostNetwork: true,
            automountServiceAccountToken: false,
            ...(sound.serviceAccountName !== undefined && { serviceAccountName: sound.serviceAccountName }),
            ...(sound.priorityClassName !== undefined && { priorityClassName: sound.priorityClassName }),
            ...(!isEmpty(sound.nodeSelector) && { nodeSelector: { ...sound.nodeSelector } }),
            containers: [
              {
                name: 'ip-masq-agent',
                image: sound.image ?? defaultImage(sound.gke ? 'google' : 'upstream'),
                ...containerArgs(sound),
                ...resources(sound),
                securityContext: {
                  privileged: false,
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
                  seccompProfile: { type: 'RuntimeDefault' },
                },
                volumeMounts: [{ name: volume, mountPath: '/etc/config' }],
              },
            ],
            volumes: [
              {
                name: volume,
                configMap: {
                  name: sound.configMapName ?? 'ip-masq-agent',
                  optional: true,
                  items: [{ key: 'config', path: 'ip-masq-agent' }],
                },
              },
            ],
            tolerations: [
              { effect: 'NoSchedule', operator: 'Exists' },
              { effect: 'NoExecute', operator: 'Exists' },
              { key: 'CriticalAddonsOnly', operator: 'Exists' },
            ],
          },
        },
      },
    });
    this.apiObject = new ApiObject(this, 'DaemonSet', manifest);
    this.node.defaultChild = this.apiObject;
    reportFindings(this, () => [...findings, ...unlessSaid(findings, checkFlags(sound))]);
  }
}

/** The agent's flags, as far as they differ from its defaults. */
export function agentArgs(props: IpMasqAgentDaemonSetProps): string[] {
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

function containerArgs(props: IpMasqAgentDaemonSetProps): { args?: string[] } {
  const args = agentArgs(props);
  return args.length > 0 ? { args } : {};
}

function resources(props: IpMasqAgentDaemonSetProps): Pick<k8s.Container, 'resources'> {
  const quantities = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([name, text]) => [name, k8s.Quantity.fromString(text)]));
  const { requests, limits } = props.resources ?? {};
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

function checkFlags(props: Partial<IpMasqAgentDaemonSetProps>): readonly Diagnostic[] {
  const findings = new Findings(propsDocument(props));
  const { flags } = parseAgentFlags(agentArgs(props));
  const fault = chainFault(flags.chain);
  if (props.gke && flags.chain !== 'IP-MASQ') {
    const message = `chain "${flags.chain}" does not replace GKE's own rules; write "IP-MASQ", or leave it out`;
    findings.add('MQ401', ['masqChain'], message);
  } else if (fault) findings.add('MQ313', ['masqChain'], fault);
  if (props.dataplaneV2 && flags.randomFully) {
    findings.add('MQ402', ['randomFully'], 'Dataplane V2 needs --random-fully=false; set randomFully to false');
  }
  props.toPorts?.forEach((range, i) => {
    const wrong = typeof range === 'string' ? portRangeFault(range) : undefined;
    if (wrong) findings.add('MQ312', ['toPorts', i], wrong);
  });
  checkLabels(props.nodeSelector ?? {}, ['nodeSelector'], findings);
  return findings.list;
}
