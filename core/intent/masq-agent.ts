import { type Address, cidr, parseAddress, setsOf } from '../address';
import type { ValuePath } from '../diagnostics';
import type { AgentResources } from '../schema/generated/types-intent';
import { addFault } from './entry';
import type { Findings } from './findings';
import type { Flavor } from './model';

/** The port of masq-agent's metrics unless another one is given. */
export const METRICS_PORT = 9797;

/** The nodes that masq-agent's image is for: a node that cannot run it would keep a pod that never starts. */
export const LINUX_NODES: Readonly<Record<string, string>> = { 'kubernetes.io/os': 'linux' };

/** What a list of no more than five thousand entries needs, and what each thousand above adds at most. In MiB. */
const MEMORY = { least: 64, base: 32, perThousand: 6, step: 32 };

/**
 * What masq-agent's container requests and may use at most, unless the intent says otherwise. Measured with what it runs:
 * up to 6 MB and 3m with 64 CIDRs; while rules are written 53 MB with 10,000, 97 MB with 20,000 and 240 MB with 55,000,
 * with iptables, of which its own tools have two thirds.
 * @param entries how long the list is
 */
export function ownResources(entries: number): AgentResources {
  const needed = MEMORY.base + (MEMORY.perThousand * entries) / 1000;
  const memory = Math.max(MEMORY.least, Math.ceil(needed / MEMORY.step) * MEMORY.step);
  return { requests: { cpu: '5m', memory: '8Mi' }, limits: { memory: `${memory}Mi` } };
}

/** Settings that masq-agent alone has. */
const OWN_KEYS = ['backend', 'logFormat', 'podCIDRs', 'metrics'] as const;

/** What is said of an agent: in an intent, or in a construct's props. */
type Given = Readonly<Partial<Record<(typeof OWN_KEYS)[number] | 'image', unknown>>>;

/** Checks that what is said of an agent is about the flavor that is to run, and that masq-agent can run with it. */
export function checkFlavor(given: Given, flavor: Flavor, path: ValuePath, findings: Findings): void {
  if (findings.anyBelow([...path, 'flavor'])) return;
  if (flavor === 'masq') {
    checkImage(given, path, findings);
    checkMetricsAddress(given.metrics, [...path, 'metrics', 'address'], findings);
    checkMetricsPort(given.metrics, [...path, 'metrics', 'port'], findings);
    return;
  }
  const isOf = (key: string): boolean => !findings.anyBelow([...path, key], 'MQ203');
  for (const key of OWN_KEYS.filter(key => given[key] !== undefined && isOf(key))) {
    const message = `${key} is about masq-agent, and the flavor is "${flavor}", which has no such setting; remove it, or write "flavor: masq" and the image`;
    findings.settle('MQ322', [...path, key], message, 'key');
  }
  const { image } = given;
  if (typeof image !== 'string' || !OWN_IMAGE.test(image)) return;
  const message = `the image "${image}" is masq-agent's by its name, and the flavor is "${flavor}", which mounts nothing for its state; write "flavor: masq"`;
  findings.add('MQ322', [...path, 'image'], { message, severity: 'warning' });
}

/** Images of ip-masq-agent that are published, and of its like. */
const PUBLISHED =
  /^(?:gke\.gcr\.io|registry\.k8s\.io|k8s\.gcr\.io|(?:eu\.|us\.|asia\.)?gcr\.io\/google[-_]containers|mcr\.microsoft\.com)\//;

/** What one calls an image of masq-agent. */
const OWN_IMAGE = /(?:^|\/)masq-agent(?:[:@]|$)/;

function checkImage({ image }: Given, path: ValuePath, findings: Findings): void {
  const build = 'build one with "npm run image", push it to your registry, and write';
  if (image === undefined) {
    const message = `nobody publishes an image of masq-agent, so one has to be named: ${build} "image:" with its name there, best with the digest`;
    findings.add('MQ321', [...path, 'flavor'], message);
  } else if (typeof image === 'string' && PUBLISHED.test(image)) {
    const message = `"${image}" is an image of another agent, and masq-agent is not in it: ${build} its name there, or remove the flavor`;
    findings.add('MQ321', [...path, 'image'], message);
  }
}

function checkMetricsAddress(metrics: unknown, path: ValuePath, findings: Findings): void {
  const { address: text } = Object(metrics) as Readonly<Record<string, unknown>>;
  if (typeof text !== 'string') return;
  const parsed = parseAddress(text);
  const instead = "write 0.0.0.0 or 127.0.0.1, or remove the key for the node's own address";
  if (!parsed.ok && parsed.fault.kind === 'not-an-address' && parsed.fault.suggestion === undefined) {
    findings.add('MQ111', path, `"${text}" is no address to listen on; ${instead}`);
  } else if (!parsed.ok) addFault(findings, path, text, parsed.fault, 'address');
  else if (!lies(parsed.value, EVERYBODYS)) {
    const [fault, severity] = lies(parsed.value, NOBODYS)
      ? ([`no node can listen on "${text}"`, 'error'] as const)
      : ([`"${text}" has to be an address of every node, or the metrics container does not start`, 'warning'] as const);
    const message = `${fault}; ${instead}`;
    findings.add('MQ323', path, { message, severity });
  }
}

/** What listens where on nodes by default. Source: Kubernetes, ports and protocols; the options of each program. */
const PORTS: ReadonlyMap<unknown, string> = new Map([
  [2379, 'etcd'],
  [2380, 'etcd'],
  [6443, 'kube-apiserver'],
  [10248, "the kubelet's health check"],
  [10249, "kube-proxy's metrics"],
  [10255, "the kubelet's read-only port"],
  [10256, "kube-proxy's health check"],
  [10257, 'kube-controller-manager'],
  [10259, 'kube-scheduler'],
]);

/** That of the kubelet itself, which every node has. */
const KUBELET_PORT = 10250;

function checkMetricsPort(metrics: unknown, path: ValuePath, findings: Findings): void {
  const { port } = Object(metrics) as Readonly<Record<string, unknown>>;
  const instead = `write another one that is free, or remove the key for ${METRICS_PORT}`;
  if (port === KUBELET_PORT) {
    const message = `port ${port} is the kubelet's on every node, and the metrics container cannot start; ${instead}`;
    findings.add('MQ324', path, { message, severity: 'error' });
  } else if (PORTS.has(port)) {
    const message = `port ${port} is by default that of ${PORTS.get(port)}, and where both listen at one address only one of them can start; ${instead}`;
    findings.add('MQ324', path, message);
  }
}

/** What every node has, or may well have: any, loopback and link-local addresses. */
const EVERYBODYS = ['0.0.0.0/32', '127.0.0.0/8', '169.254.0.0/16', '::/128', '::1/128'];

/** "This network", multicast and broadcast. */
const NOBODYS = ['0.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32', 'ff00::/8'];

function lies(address: Address, ranges: readonly string[]): boolean {
  return setsOf(ranges.map(cidr))[address.family].has(address);
}
