import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { readAgentDocument } from '../core/agentfile/read';
import { type ListedCidr, writeAgentFile } from '../core/agentfile/write';
import type { Diagnostic } from '../core/diagnostics';
import { DEFAULT_CIDR_LIMIT } from '../core/treatment/agentfile';
import { k8s } from './k8s';
import { type CommonProps, metadata, namespaceOf, routeAnnotation } from './metadata';
import {
  BOOLEAN,
  COMMON,
  checkProps,
  INTERNET_ROUTE,
  NAMESPACE,
  optional,
  type PropsShape,
  required,
  SUBDOMAIN,
  TEXT,
  unlessSaid,
} from './props';
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

/** The keys of {@link IpMasqAgentConfig}. */
export const CONFIG_KEYS = [
  'nonMasqueradeCIDRs',
  'masqLinkLocal',
  'masqLinkLocalIPv6',
  'resyncInterval',
  'cidrLimit',
  'internetRoute',
] as const satisfies readonly (keyof IpMasqAgentConfig)[];

/** Properties of {@link IpMasqAgentConfigMap}. */
export interface IpMasqAgentConfigMapProps extends IpMasqAgentConfig, CommonProps {
  /**
   * The ConfigMap's name, which the DaemonSet's volume must name too.
   * @default ip-masq-agent
   */
  readonly name?: string;

  /**
   * The namespace, which must be the DaemonSet's.
   * @default the chart's, or kube-system when the chart has none
   */
  readonly namespace?: string;
}

const SHAPE: PropsShape<IpMasqAgentConfigMapProps> = {
  ...COMMON,
  nonMasqueradeCIDRs: required({
    type: 'array',
    items: {
      anyOf: [
        TEXT,
        { type: 'object', additionalProperties: false, required: ['cidr'], properties: { cidr: TEXT, note: TEXT } },
      ],
      'x-wanted': 'a CIDR, or a map with "cidr" and perhaps "note"',
    },
  }),
  masqLinkLocal: optional(BOOLEAN),
  masqLinkLocalIPv6: optional(BOOLEAN),
  resyncInterval: optional(TEXT),
  cidrLimit: optional({ type: 'integer' }),
  internetRoute: optional(INTERNET_ROUTE),
  name: optional(SUBDOMAIN),
  namespace: optional(NAMESPACE),
};

/** The ConfigMap that ip-masq-agent reads: one key, `config`, with the agent's file. */
export class IpMasqAgentConfigMap extends Construct {
  /** The ConfigMap itself. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: IpMasqAgentConfigMapProps) {
    super(scope, id);
    const { sound, findings } = checkProps(props, SHAPE);
    const list = (sound.nonMasqueradeCIDRs ?? []).map(entry => (isListed(entry) ? entry : { cidr: entry }));
    const limit = sound.cidrLimit ?? (list.length > DEFAULT_CIDR_LIMIT ? list.length : undefined);
    const config = writeAgentFile({
      nonMasqueradeCIDRs: list.filter(isWhole),
      masqLinkLocal: sound.masqLinkLocal ?? false,
      masqLinkLocalIPv6: sound.masqLinkLocalIPv6 ?? false,
      resyncInterval: sound.resyncInterval ?? '60s',
      ...(limit !== undefined && { cidrLimit: limit }),
    });
    const manifest = k8s.KubeConfigMap.manifest({
      metadata: metadata(sound.name ?? 'ip-masq-agent', namespaceOf(this, sound.namespace), 'configuration', {
        ...sound,
        annotations: { ...routeAnnotation(sound.internetRoute), ...sound.annotations },
      }),
      data: { config },
    });
    this.apiObject = new ApiObject(this, 'ConfigMap', manifest);
    this.node.defaultChild = this.apiObject;
    reportFindings(this, () => [...findings, ...unlessSaid(findings, checkFile(sound, list, limit))]);
  }
}

function isListed(entry: string | ListedCidr): entry is ListedCidr {
  return typeof entry === 'object' && entry !== null;
}

/** Whether an entry can be written; one of another type is reported. */
function isWhole({ cidr, note }: ListedCidr): boolean {
  return typeof cidr === 'string' && (note === undefined || typeof note === 'string');
}

/** Checks the values as they were given: written into the file, one of them could read as something else. */
function checkFile(
  props: Partial<IpMasqAgentConfigMapProps>,
  list: readonly ListedCidr[],
  cidrLimit: number | undefined,
): Diagnostic[] {
  const { masqLinkLocal, masqLinkLocalIPv6, resyncInterval } = props;
  const nonMasqueradeCIDRs = list.map(entry => entry.cidr);
  const file = { nonMasqueradeCIDRs, masqLinkLocal, masqLinkLocalIPv6, resyncInterval, cidrLimit };
  const given = Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined));
  return readAgentDocument(propsDocument(given)).diagnostics.filter(
    found => found.code !== 'MQ303' || !props.internetRoute,
  );
}
