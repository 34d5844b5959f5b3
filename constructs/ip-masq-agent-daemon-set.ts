import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { chainFault, parseAgentFlags, portRangeFault } from '../core/agentfile/flags';
import type { Diagnostic } from '../core/diagnostics';
import { readCidrs } from '../core/intent/entry';
import { Findings } from '../core/intent/findings';
import { checkFlavor } from '../core/intent/masq-agent';
import type { Flavor } from '../core/intent/model';
import { checkLabels } from '../core/intent/selector';
import { record } from '../core/manifest/object';
import { agentArgs, flavorOf, ipMasqAgentPod } from './ip-masq-agent-pod';
import { k8s } from './k8s';
import { masqAgentPod } from './masq-agent-pod';
import { type CommonProps, metadata, namespaceOf } from './metadata';
import {
  BACKEND,
  BOOLEAN,
  COMMON,
  checkProps,
  FLAVOR,
  IMAGE,
  LOG_FORMAT,
  METRICS,
  NAMESPACE,
  optional,
  POD_CIDRS,
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
   * Whose agent runs: Google's build of ip-masq-agent, that of kubernetes-sigs, or masq-agent.
   * @default google on GKE, else upstream
   */
  readonly flavor?: 'google' | 'upstream' | 'masq';

  /**
   * The container image, best with a digest. The flavor `masq` needs one: nobody publishes an image of masq-agent.
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
   * Through which tool masq-agent writes its rules; `auto`: as the node's kubelet and kube-proxy do. masq-agent only.
   * @default auto
   */
  readonly backend?: 'auto' | 'iptables' | 'nftables';

  /**
   * How masq-agent writes its log, one line an event. masq-agent only.
   * @default text
   */
  readonly logFormat?: 'text' | 'json';

  /**
   * Where packets of pods come from: all of the cluster's pod ranges. What rules of others do to packets of other sources
   * does not count then; without, such a rule leaves it open what happens to pods' packets. masq-agent only.
   * @default not known
   */
  readonly podCIDRs?: readonly string[];

  /**
   * Where a second container without rights serves masq-agent's metrics, /healthz and /readyz. masq-agent only.
   * @default nowhere
   */
  readonly metrics?: {
    /**
     * The TCP port of the node, from 1024 on.
     * @default 9797
     */
    readonly port?: number;
    /**
     * The address that is listened on: one that every node has.
     * @default each node's own address
     */
    readonly address?: string;
  };

  /**
   * Labels of the nodes that run the agent.
   * @default every node; those of the flavor masq have kubernetes.io/os: linux in any case, unless another value is given
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;

  /**
   * The pods' ServiceAccount; it needs no rights, and no token is mounted in any case.
   * @default the namespace's default ServiceAccount
   */
  readonly serviceAccountName?: string;

  /**
   * The pods' priority class.
   * @default none; system-node-critical for the flavor masq
   */
  readonly priorityClassName?: string;

  /**
   * What the agent's container requests and may use at most, as Kubernetes quantities.
   * @default none; for the flavor masq requests of 5m and 8Mi, and a memory limit of 64Mi, more for lists of over 5,000 entries
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
  flavor: optional(FLAVOR),
  image: optional(IMAGE),
  gke: optional(BOOLEAN),
  dataplaneV2: optional(BOOLEAN),
  masqChain: optional(TEXT),
  nomasqAllReservedRanges: optional(BOOLEAN),
  enableIPv6: optional(BOOLEAN),
  randomFully: optional(BOOLEAN),
  toPorts: optional(TEXTS),
  backend: optional(BACKEND),
  logFormat: optional(LOG_FORMAT),
  podCIDRs: optional(POD_CIDRS),
  metrics: optional(METRICS),
  nodeSelector: optional(TEXT_MAP),
  serviceAccountName: optional(SUBDOMAIN),
  priorityClassName: optional(SUBDOMAIN),
  resources: optional(RESOURCES),
};

const LABELS = { 'k8s-app': 'ip-masq-agent' };

/** One node after the other, and the next one when the last one's pod stays ready: what is wrong stops at the first. */
const ONE_BY_ONE = {
  minReadySeconds: 10,
  updateStrategy: {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(0), maxUnavailable: k8s.IntOrString.fromNumber(1) },
  },
};

/**
 * The DaemonSet that runs ip-masq-agent, or masq-agent in its place, on every node: in the host network, not privileged,
 * with NET_ADMIN and NET_RAW alone. Source: Google's page on ip-masq-agent, its current DaemonSet.
 */
export class IpMasqAgentDaemonSet extends Construct {
  /** The DaemonSet itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: IpMasqAgentDaemonSetProps = {}) {
    super(scope, id);
    const { sound, findings } = checkProps(props, DAEMON_SET_SHAPE);
    const own = flavorOf(sound) === 'masq';
    const manifest = k8s.KubeDaemonSet.manifest({
      metadata: metadata(sound.name ?? 'ip-masq-agent', namespaceOf(this, sound.namespace), 'workload', {
        ...sound,
        labels: { ...LABELS, ...sound.labels },
      }),
      spec: {
        ...(own && ONE_BY_ONE),
        selector: { matchLabels: LABELS },
        template: { metadata: { labels: LABELS }, spec: own ? masqAgentPod(sound) : ipMasqAgentPod(sound) },
      },
    });
    this.apiObject = new ApiObject(this, 'DaemonSet', manifest);
    this.node.defaultChild = this.apiObject;
    const isKnown = !findings.some(({ path }) => path?.[1] === 'flavor');
    reportFindings(this, () => [
      ...findings,
      ...(isKnown ? checkOwn(props, flavorOf(sound)) : []),
      ...unlessSaid(findings, checkFlags(sound)),
    ]);
  }
}

/** Checks what is said of masq-agent alone; what has another type was said to be a map, and lacks its keys here. */
function checkOwn(props: unknown, flavor: Flavor): readonly Diagnostic[] {
  const findings = new Findings(propsDocument(props));
  checkFlavor(record(props), flavor, [], findings);
  return findings.list;
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
  readCidrs(props.podCIDRs, ['podCIDRs'], findings);
  checkLabels(props.nodeSelector ?? {}, ['nodeSelector'], findings);
  return findings.list;
}
