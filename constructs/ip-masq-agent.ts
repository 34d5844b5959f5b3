import { Construct } from 'constructs';
import { type Diagnostic, diagnostic } from '../core/diagnostics';
import { type IpMasqAgentConfig, IpMasqAgentConfigMap } from './ip-masq-agent-config-map';
import { IpMasqAgentDaemonSet, type IpMasqAgentDaemonSetProps } from './ip-masq-agent-daemon-set';
import { k8s } from './k8s';
import { metadata } from './metadata';
import { propsDocument, reportFindings } from './validation';

/** Properties of {@link IpMasqAgent}. */
export interface IpMasqAgentProps extends Omit<IpMasqAgentDaemonSetProps, 'serviceAccountName'> {
  /**
   * The agent's file.
   * @default none: the agent falls back to its built-in list, which masq warns about
   */
  readonly config?: IpMasqAgentConfig;

  /**
   * Whether the pods get a ServiceAccount of their own, without rights and without a token.
   * @default true, except on GKE, whose own DaemonSet has none
   */
  readonly serviceAccount?: boolean;

  /**
   * Whether masq renders the DaemonSet. `false` where somebody else runs it, as GKE does on some clusters.
   * @default true
   */
  readonly daemonSet?: boolean;
}

/** ip-masq-agent as a whole: its ConfigMap, its DaemonSet and its ServiceAccount, with names that agree. */
export class IpMasqAgent extends Construct {
  /** The ConfigMap, when there is a configuration. */
  readonly configMap?: IpMasqAgentConfigMap;
  /** The DaemonSet, unless somebody else runs it. */
  readonly daemonSet?: IpMasqAgentDaemonSet;
  /** The ServiceAccount, when the pods have one of their own. */
  readonly serviceAccount?: k8s.KubeServiceAccount;

  constructor(scope: Construct, id: string, props: IpMasqAgentProps) {
    super(scope, id);
    const name = props.name ?? 'ip-masq-agent';
    const namespace = props.namespace ?? 'kube-system';
    const common = { labels: props.labels, annotations: props.annotations };
    if (props.config) {
      this.configMap = new IpMasqAgentConfigMap(this, 'Config', {
        ...common,
        ...props.config,
        name: props.configMapName ?? 'ip-masq-agent',
        namespace,
      });
    }
    if (props.daemonSet ?? true) {
      const own = props.serviceAccount ?? !props.gke;
      if (own) {
        this.serviceAccount = new k8s.KubeServiceAccount(this, 'ServiceAccount', {
          metadata: metadata(name, namespace, 'configuration', props),
          automountServiceAccountToken: false,
        });
      }
      this.daemonSet = new IpMasqAgentDaemonSet(this, 'Agent', {
        ...props,
        name,
        namespace,
        ...(own && { serviceAccountName: name }),
      });
    }
    reportFindings(this, () => checkTogether(props));
  }
}

function checkTogether(props: IpMasqAgentProps): Diagnostic[] {
  const document = propsDocument(props);
  const found: Diagnostic[] = [];
  if (!props.config) {
    const ranges = props.nomasqAllReservedRanges
      ? 'eleven reserved ranges'
      : 'three RFC 1918 ranges, not the eleven of GKE';
    const message = `no config is given: the agent falls back to its built-in list, ${ranges}; write the list`;
    found.push(diagnostic('MQ310', document.at(['config']), { message }));
  } else if (
    props.enableIPv6 &&
    !props.config.nonMasqueradeCIDRs.some(e => (typeof e === 'string' ? e : e.cidr).includes(':'))
  ) {
    const message =
      'enableIPv6 without one IPv6 range in nonMasqueradeCIDRs masquerades all IPv6 between pods; list the pod and node ranges';
    found.push(diagnostic('MQ309', document.at(['enableIPv6']), { message }));
  }
  return found;
}
