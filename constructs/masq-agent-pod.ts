import { formatAddress, parseAddress, parseCidr } from '../core/address';
import { LINUX_NODES, METRICS_PORT, ownResources } from '../core/intent/masq-agent';
import type { IpMasqAgentDaemonSetProps } from './ip-masq-agent-daemon-set';
import { agentArgs, agentPod, CONFIG_MOUNT, configVolume, given, RULE_WRITER, resources } from './ip-masq-agent-pod';
import { k8s } from './k8s';

type Props = Partial<IpMasqAgentDaemonSetProps>;

const PROGRAM = '/usr/bin/masq-agent';

/** Where the agent keeps its state, on the node: the last good file outlives the pod. */
const STATE = '/run/masq-agent';

/** The lock by which all programs of the node take turns with iptables' rules. */
const LOCK = '/run/xtables.lock';

const STATE_MOUNT = { name: 'state', mountPath: STATE };
const LOCK_MOUNT = { name: 'xtables-lock', mountPath: LOCK };

/** The agent's heart beats every ten seconds, and it is stuck when there was no beat for a minute. */
const LIVENESS = { initialDelaySeconds: 30, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 3 };
const READINESS = { initialDelaySeconds: 2, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 2 };

/** A user without a name, a home or a file. */
const NOBODY = 65532;

/** What serves a few kilobytes of text a few times a minute. */
const METRICS_RESOURCES = { requests: { cpu: '1m', memory: '6Mi' }, limits: { memory: '32Mi' } };

/** The pods of masq-agent: the agent, and where it is asked for what serves its metrics. */
export function masqAgentPod(props: Props): k8s.PodSpec {
  const { priorityClassName = 'system-node-critical', nodeSelector } = props;
  return {
    ...agentPod({ ...props, priorityClassName, nodeSelector: { ...LINUX_NODES, ...nodeSelector } }),
    dnsPolicy: 'Default',
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    containers: [agentContainer(props), ...(props.metrics ? [metricsContainer(props, props.metrics)] : [])],
    volumes: [
      configVolume(props),
      { name: STATE_MOUNT.name, hostPath: { path: STATE, type: 'DirectoryOrCreate' } },
      { name: LOCK_MOUNT.name, hostPath: { path: LOCK, type: 'FileOrCreate' } },
    ],
  };
}

/** The arguments of masq-agent, as far as they differ from its defaults. */
export function masqAgentArgs(props: Props): string[] {
  const { backend = 'auto', logFormat = 'text', podCIDRs = [] } = props;
  // What is no CIDR was reported as such, and need not be refused again as an argument.
  const sources = podCIDRs.filter(text => parseCidr(text).ok);
  return [
    ...agentArgs(props),
    ...(backend === 'auto' ? [] : [`--backend=${backend}`]),
    ...(logFormat === 'text' ? [] : [`--log-format=${logFormat}`]),
    ...(sources.length === 0 ? [] : [`--pod-cidrs=${sources.join(',')}`]),
  ];
}

function agentContainer(props: Props): k8s.Container {
  return {
    name: 'masq-agent',
    image: imageOf(props),
    ...given('args', masqAgentArgs(props)),
    livenessProbe: { exec: { command: [PROGRAM, 'healthz'] }, ...LIVENESS, successThreshold: 1 },
    readinessProbe: { exec: { command: [PROGRAM, 'healthz', '--ready'] }, ...READINESS, successThreshold: 1 },
    ...resources(props.resources ?? ownResources(0)),
    securityContext: { ...RULE_WRITER, readOnlyRootFilesystem: true, runAsUser: 0 },
    volumeMounts: [{ ...CONFIG_MOUNT, readOnly: true }, STATE_MOUNT, LOCK_MOUNT],
  };
}

/** Serves what the agent writes into its state: with no rights, and nothing but that to be read. */
function metricsContainer(
  props: Props,
  { port = METRICS_PORT, address }: NonNullable<Props['metrics']>,
): k8s.Container {
  // The brackets serve both families: a node's address may be IPv6.
  const host = address ?? '$(HOST_IP)';
  const hostIP = { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } };
  return {
    name: 'metrics',
    image: imageOf(props),
    command: [PROGRAM, 'serve', `--listen=[${host}]:${port}`],
    ...given('env', address === undefined ? [{ name: 'HOST_IP', valueFrom: hostIP }] : []),
    livenessProbe: { ...asked(port, address), ...LIVENESS },
    readinessProbe: { ...asked(port, address), ...READINESS },
    ports: [{ name: 'metrics', containerPort: port, hostPort: port, protocol: 'TCP' }],
    ...resources(METRICS_RESOURCES),
    securityContext: {
      privileged: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: NOBODY,
      runAsGroup: NOBODY,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [{ ...STATE_MOUNT, readOnly: true }],
  };
}

/**
 * Asks the server for the page that says what it serves, whatever it has to say of the agent: that one has probes of its
 * own. The kubelet asks on the node itself, by default at the pod's address, which in the host network is the node's.
 */
function asked(port: number, address: string | undefined): k8s.Probe {
  const host = address === undefined ? {} : { host: reachable(address) };
  return {
    httpGet: { ...host, path: '/', port: k8s.IntOrString.fromNumber(port), scheme: 'HTTP' },
    successThreshold: 1,
  };
}

/** Who listens on any address of a family need not listen on the pod's, which may be of the other family. */
function reachable(address: string): string {
  const parsed = parseAddress(address);
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  return (parsed.ok && loopback[formatAddress(parsed.value)]) || address;
}

/** Without an image there is a finding that keeps everything from being rendered. */
function imageOf({ image = 'masq-agent' }: Props): string {
  return image;
}
