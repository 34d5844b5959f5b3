import { Construct } from 'constructs';
import { DEFAULT_CIDR_LIMIT, readAgentDocument } from '../core/agentfile/read';
import { type ListedCidr, writeAgentFile } from '../core/agentfile/write';
import { k8s } from './k8s';
import { type CommonProps, metadata, routeAnnotation } from './metadata';
import { propsDocument, reportFindings } from './validation';

/** What ip-masq-agent's file says. Source: kubernetes-sigs/ip-masq-agent; Google's page on ip-masq-agent. */
export interface IpMasqAgentConfig {
  /**
   * Destinations to which pods keep their address, as CIDRs without host bits; an entry may carry a note, which becomes
   * a comment. At the least the cluster's node and pod ranges belong here.
   */
  readonly nonMasqueradeCIDRs: readonly (string | ListedCidr)[];

  /**
   * Whether packets to 169.254.0.0/16 are masqueraded. The range must then not be in the list.
   * @default false
   */
  readonly masqLinkLocal?: boolean;

  /**
   * Whether packets to fe80::/10 are masqueraded; upstream's agent only.
   * @default false
   */
  readonly masqLinkLocalIPv6?: boolean;

  /**
   * How often the agent reads the file again: a Go duration of at least 100ms.
   * @default 60s
   */
  readonly resyncInterval?: string;

  /**
   * How many entries the agent accepts.
   * @default none is written for up to 64 entries, beyond that the length of the list; an image may ignore the key
   */
  readonly cidrLimit?: number;

  /**
   * What carries packets with a pod's address to the internet, when the list preserves it there; it is rendered as
   * the annotation `masq/internet-route`.
   * @default none: preserving the internet is warned about
   */
  readonly internetRoute?: 'cloud-nat' | 'custom-default-route';
}

/** Properties of {@link IpMasqAgentConfigMap}. */
export interface IpMasqAgentConfigMapProps extends IpMasqAgentConfig, CommonProps {
  /**
   * The ConfigMap's name, which the DaemonSet's volume must name too.
   * @default ip-masq-agent
   */
  readonly name?: string;

  /**
   * The namespace, which must be the DaemonSet's.
   * @default kube-system
   */
  readonly namespace?: string;
}

/** The ConfigMap that ip-masq-agent reads: one key, `config`, with the agent's file. */
export class IpMasqAgentConfigMap extends Construct {
  /** The ConfigMap itself. */
  readonly apiObject: k8s.KubeConfigMap;

  constructor(scope: Construct, id: string, props: IpMasqAgentConfigMapProps) {
    super(scope, id);
    const list = props.nonMasqueradeCIDRs.map(entry => (typeof entry === 'string' ? { cidr: entry } : entry));
    const limit = props.cidrLimit ?? (list.length > DEFAULT_CIDR_LIMIT ? list.length : undefined);
    const config = writeAgentFile({
      nonMasqueradeCIDRs: list,
      masqLinkLocal: props.masqLinkLocal ?? false,
      masqLinkLocalIPv6: props.masqLinkLocalIPv6 ?? false,
      resyncInterval: props.resyncInterval ?? '60s',
      ...(limit !== undefined && { cidrLimit: limit }),
    });
    this.apiObject = new k8s.KubeConfigMap(this, 'ConfigMap', {
      metadata: metadata(props.name ?? 'ip-masq-agent', props.namespace ?? 'kube-system', 'configuration', {
        ...props,
        annotations: { ...routeAnnotation(props.internetRoute), ...props.annotations },
      }),
      data: { config },
    });
    const file = {
      nonMasqueradeCIDRs: list.map(entry => entry.cidr),
      ...(props.masqLinkLocal !== undefined && { masqLinkLocal: props.masqLinkLocal }),
      ...(props.masqLinkLocalIPv6 !== undefined && { masqLinkLocalIPv6: props.masqLinkLocalIPv6 }),
      ...(props.resyncInterval !== undefined && { resyncInterval: props.resyncInterval }),
      ...(limit !== undefined && { cidrLimit: limit }),
    };
    reportFindings(this, () =>
      readAgentDocument(propsDocument(file)).diagnostics.filter(d => d.code !== 'MQ303' || !props.internetRoute),
    );
  }
}
