/** What `masq rules CODE` and docs/codes.md say of a rule. Plain text; the example is YAML. */
export interface Explanation {
  /** What is wrong, and what happens to packets if it stays. */
  readonly meaning: string;
  /** A text that triggers the rule: a whole document where that is possible, else a fragment. */
  readonly example: string;
  /** What to write or do instead. */
  readonly fix: string;
  /** Where the fact is laid down, or who measured it. */
  readonly source: string;
}

/** Google's documents and the programs that explanations name as their source. */
export const SOURCES = {
  upstream: 'kubernetes-sigs/ip-masq-agent, measured',
  guide: 'Kubernetes: IP Masquerade Agent User Guide',
  standard: 'Google: ip-masq-agent in Standard clusters',
  gke: 'Google: IP masquerade agent',
  gke2019: 'Google: IP masquerade agent, the page of the days of GKE 1.14',
  gateway: 'Google: egress NAT gateway of Anthos clusters on bare metal',
  lab: 'kernel behaviour, measured in a lab of network namespaces',
  yaml: 'YAML 1.2',
  masq: 'masq itself',
} as const;

/** Several lines of source code as one paragraph. */
export function prose(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** A block of source code without its indentation and without the empty lines around it. */
export function block(text: string): string {
  const lines = text.replace(/^\n+|\s+$/g, '').split('\n');
  const indent = Math.min(...lines.filter(line => line.trim() !== '').map(line => line.search(/[^ ]/)));
  return `${lines.map(line => line.slice(indent)).join('\n')}\n`;
}

/** The facts of the clusters that examples are about. */
const CLUSTERS = {
  kubernetes: { nodes: '192.168.1.0/24', pods: '10.244.0.0/16', services: '10.96.0.0/12', version: undefined },
  'gke-standard': {
    nodes: '10.128.0.0/20',
    pods: '10.119.128.0/17',
    services: '10.120.0.0/22',
    version: '1.29.4-gke.1043000',
  },
  'gke-autopilot': {
    nodes: '10.128.0.0/20',
    pods: '10.119.128.0/17',
    services: '10.120.0.0/22',
    version: '1.29.4-gke.1043000',
  },
  'anthos-bare-metal': {
    nodes: '192.168.1.0/24',
    pods: '10.10.0.0/16',
    services: '10.96.0.0/12',
    version: '1.10.2',
  },
} as const;

/** What an example says of its cluster that differs from the usual; lists are written as in YAML's flow style. */
export interface ExampleFacts {
  /** The platform's version. */
  readonly version?: string;
  /** The node ranges. */
  readonly nodes?: string;
  /** The pod ranges. */
  readonly pods?: string;
  /** Empty text leaves the key out. */
  readonly services?: string;
  /** Further lines of `network`. */
  readonly network?: string;
}

/** A whole ClusterIntent with the usual facts of a platform. */
export function intent(platform: keyof typeof CLUSTERS, body: string, facts: ExampleFacts = {}): string {
  const usual = CLUSTERS[platform];
  const version = facts.version ?? usual.version;
  const services = facts.services ?? usual.services;
  const lines = [
    'apiVersion: masq/v1alpha1',
    'kind: ClusterIntent',
    'metadata: {name: prod}',
    'spec:',
    `  platform: ${platform}`,
    ...(version === undefined ? [] : [`  version: ${version}`]),
    '  network:',
    `    nodeCIDRs: [${facts.nodes ?? usual.nodes}]`,
    `    podCIDRs: [${facts.pods ?? usual.pods}]`,
    ...(services === '' ? [] : [`    serviceCIDRs: [${services}]`]),
    ...(facts.network === undefined ? [] : [`    ${facts.network}`]),
  ];
  const rest = body.trim() === '' ? '' : block(body).replace(/^(?=.)/gm, '  ');
  return `${lines.join('\n')}\n${rest}`;
}

/** What an example's DaemonSet says that differs from the usual, each as YAML's flow style has it. */
export interface ExampleDaemonSet {
  /** The object's apiVersion. */
  readonly apiVersion?: string;
  /** The pod template's labels. */
  readonly labels?: string;
  /** Whether the agent runs in the host network. */
  readonly hostNetwork?: string;
  /** The container's name. */
  readonly container?: string;
  /** The agent's flags. */
  readonly args?: string;
  /** The container's securityContext. */
  readonly security?: string;
  /** The volume that the mount names. */
  readonly mount?: string;
  /** The ConfigMap that the volume names. */
  readonly configMap?: string;
  /** The file that the key becomes. */
  readonly path?: string;
}

/** A whole DaemonSet of ip-masq-agent, as short as one can be. */
export function daemonSet(facts: ExampleDaemonSet): string {
  return block(`
    apiVersion: ${facts.apiVersion ?? 'apps/v1'}
    kind: DaemonSet
    metadata: {name: ip-masq-agent, namespace: kube-system}
    spec:
      selector: {matchLabels: {k8s-app: ip-masq-agent}}
      template:
        metadata: {labels: {${facts.labels ?? 'k8s-app: ip-masq-agent'}}}
        spec:
          hostNetwork: ${facts.hostNetwork ?? 'true'}
          containers:
            - name: ${facts.container ?? 'ip-masq-agent'}
              args: [${facts.args ?? '--masq-chain=IP-MASQ'}]
              securityContext: {${facts.security ?? 'capabilities: {drop: [ALL], add: [NET_ADMIN, NET_RAW]}'}}
              volumeMounts: [{name: ${facts.mount ?? 'config'}, mountPath: /etc/config}]
          volumes:
            - name: config
              configMap:
                name: ${facts.configMap ?? 'ip-masq-agent'}
                optional: true
                items: [{key: config, path: ${facts.path ?? 'ip-masq-agent'}}]
  `);
}

/** A whole ConfigMap of ip-masq-agent with its file. */
export function configMap(file: string, name = 'ip-masq-agent', key = 'config'): string {
  return block(`
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: ${name}, namespace: kube-system}
    data:
      ${key}: |
        ${file}
  `);
}
