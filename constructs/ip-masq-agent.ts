import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type Diagnostic, diagnostic } from '../core/diagnostics';
import { ownResources } from '../core/intent/masq-agent';
import { CONFIG_KEYS, type IpMasqAgentConfig, IpMasqAgentConfigMap } from './ip-masq-agent-config-map';
import { DAEMON_SET_SHAPE, IpMasqAgentDaemonSet, type IpMasqAgentDaemonSetProps } from './ip-masq-agent-daemon-set';
import { flavorOf } from './ip-masq-agent-pod';
import { k8s } from './k8s';
import { metadata, namespaceOf } from './metadata';
import { BOOLEAN, checkProps, MAP, optional, type PropsShape } from './props';
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
   * @default true, except for Google's agent, whose own DaemonSet has none
   */
  readonly serviceAccount?: boolean;

  /**
   * Whether masq renders the DaemonSet. `false` where somebody else runs it, as GKE does on some clusters.
   * @default true
   */
  readonly daemonSet?: boolean;
}

const { serviceAccountName: _own, ...AGENT_SHAPE } = DAEMON_SET_SHAPE;

const SHAPE: PropsShape<IpMasqAgentProps> = {
  ...AGENT_SHAPE,
  config: optional(MAP),
  serviceAccount: optional(BOOLEAN),
  daemonSet: optional(BOOLEAN),
};

/** ip-masq-agent (or masq-agent in its place) as a whole: its ConfigMap, its DaemonSet and its ServiceAccount, with names that agree. */
export class IpMasqAgent extends Construct {
  /** The ConfigMap, when there is a configuration. */
  readonly configMap?: IpMasqAgentConfigMap;
  /** The DaemonSet, unless somebody else runs it. */
  readonly daemonSet?: IpMasqAgentDaemonSet;
  /** The ServiceAccount, when the pods have one of their own. */
  readonly serviceAccount?: ApiObject;

  constructor(scope: Construct, id: string, props: IpMasqAgentProps = {}) {
    super(scope, id);
    const { sound, findings } = checkProps(props, SHAPE);
    const { config, serviceAccount, daemonSet, ...agent } = sound;
    const { labels, annotations, configMapName } = agent;
    const name = agent.name ?? 'ip-masq-agent';
    const namespace = namespaceOf(this, agent.namespace);
    if (config) {
      this.configMap = new IpMasqAgentConfigMap(this, 'Config', {
        labels,
        annotations,
        ...config,
        name: configMapName ?? 'ip-masq-agent',
        namespace,
      });
    }
    if (daemonSet ?? true) {
      const own = serviceAccount ?? flavorOf(agent) !== 'google';
      if (own) {
        const manifest = k8s.KubeServiceAccount.manifest({
          metadata: metadata(name, namespace, 'configuration', agent),
          automountServiceAccountToken: false,
        });
        this.serviceAccount = new ApiObject(this, 'ServiceAccount', manifest);
      }
      this.daemonSet = new IpMasqAgentDaemonSet(this, 'Agent', {
        ...(flavorOf(agent) === 'masq' && { resources: ownResources(config?.nonMasqueradeCIDRs?.length ?? 0) }),
        ...agent,
        name,
        namespace,
        ...(own && { serviceAccountName: name }),
      });
    }
    this.node.defaultChild = this.daemonSet ?? this.configMap;
    reportFindings(this, () => (findings.length > 0 ? findings.map(pointToConfig) : checkList(sound)));
  }
}

/** A key of the agent's file that stands beside `config` belongs into it. */
function pointToConfig(found: Diagnostic): Diagnostic {
  const [, key = ''] = found.path ?? [];
  if (found.code !== 'MQ203' || !CONFIG_KEYS.some(known => known === key)) return found;
  return { ...found, message: `unknown key "${key}" in props; it belongs in "config": write config: { ${key}: ... }` };
}

function checkList(props: Partial<IpMasqAgentProps>): Diagnostic[] {
  if (props.config) return [];
  const ranges = props.nomasqAllReservedRanges
    ? 'eleven reserved ranges'
    : 'three RFC 1918 ranges, not the eleven of GKE';
  const message = `no config is given: the agent falls back to its built-in list, ${ranges}; write the list`;
  return [diagnostic('MQ310', propsDocument(props).at(['config']), { message })];
}
