import { describe, expect, test } from 'vitest';
import { diffFleets, shareFacts } from '../../core/analysis/fleet';
import { type ReadSubjects, readSubjects } from '../../core/analysis/subject';
import { treatmentText } from '../../core/treatment/treatment';

/** What is read of files, each by its name. */
function read(files: Readonly<Record<string, string>>): ReadSubjects {
  return readSubjects(Object.entries(files).map(([file, text]) => ({ file, text })));
}

/** The errors of files with their places. */
function errors(files: Readonly<Record<string, string>>): string[] {
  const { subjects, diagnostics } = read(files);
  expect(subjects).toEqual([]);
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ file, range, code, message }) => `${file}:${range?.start.line}:${range?.start.column} ${code} ${message}`);
}

/** Why the one cluster of files denotes nothing. */
const lacks = (files: Readonly<Record<string, string>>): string | undefined => read(files).subjects[0]!.lacks;

const POOL = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: pods}
spec: {cidr: 10.244.0.0/16, natOutgoing: true}
`;
const KEPT_POOL = POOL.replace('natOutgoing: true', 'natOutgoing: false');
const FELIX = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec: {natOutgoingExclusions: IPPoolsAndHostIPs}
`;
const AGENT = `apiVersion: v1
kind: ConfigMap
metadata: {name: ip-masq-agent, namespace: kube-system}
data: {config: "nonMasqueradeCIDRs: [10.0.0.0/8]"}
`;
const CILIUM = `apiVersion: v1
kind: ConfigMap
metadata: {name: cilium-config, namespace: kube-system}
data: {enable-ip-masq-agent: "true", enable-ipv6: "false"}
`;
const ROUTED = CILIUM.replace('enable-ip-masq-agent: "true"', 'ipv4-native-routing-cidr: 10.244.0.0/16');
const AKS = AGENT.replace('ip-masq-agent,', 'azure-ip-masq-agent-config,').replace('config: "', 'ip-masq-agent: "');
const RECONCILED = AGENT.replace('ip-masq-agent,', 'azure-ip-masq-agent-config-reconciled,').replace(
  'config: "nonMasqueradeCIDRs: [10.0.0.0/8]',
  'ip-masq-agent-reconciled: "nonMasqueradeCIDRs: [172.16.0.0/12]\\nmasqLinkLocal: true',
);
const AWS = (env: string): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec: {template: {spec: {containers: [{name: aws-node, env: [${env}]}]}}}
`;
const EXTERNAL = AWS('{name: AWS_VPC_K8S_CNI_EXTERNALSNAT, value: "true"}');
const policy = (name: string, ip: string): string => `apiVersion: cilium.io/v2
kind: CiliumEgressGatewayPolicy
metadata: {name: ${name}}
spec:
  selectors: [{podSelector: {matchLabels: {app: web}}}]
  destinationCIDRs: [203.0.113.0/24]
  egressGateway: {egressIP: ${ip}}
`;
const EGRESS = `apiVersion: crd.antrea.io/v1beta1
kind: Egress
metadata: {name: bank}
spec: {appliedTo: {podSelector: {matchLabels: {app: web}}}, egressIP: 192.168.1.100}
`;
const INTENT = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: one}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  masquerade: {preserve: [172.16.0.0/12]}
`;

describe('what cannot be told is refused', () => {
  test('two data planes that would each decide', () => {
    expect(errors({ 'a/pool.yaml': POOL, 'a/aks.yaml': AKS })).toEqual([
      'a/aks.yaml:1:1 MQ803 configuration of Calico and Azure stands together, and each of them would decide; take that of one',
    ]);
    expect(errors({ 'a/pool.yaml': POOL, 'a/egress.yaml': EGRESS })[0]).toContain('Calico and Antrea');
  });

  test('an agent beside a data plane that decides too', () => {
    expect(errors({ 'a/pool.yaml': POOL, 'a/agent.yaml': AGENT })).toEqual([
      "a/agent.yaml:1:1 MQ803 Calico's IPPools and the agent with the ConfigMap's file and no flags stand together, and each of them would decide; take one",
    ]);
    expect(read({ 'a/pool.yaml': POOL, 'b/agent.yaml': AGENT }).subjects.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test.each([
    ['Calico', KEPT_POOL],
    ['AWS', EXTERNAL],
    ['Cilium', CILIUM.replace('enable-ip-masq-agent: "true"', 'enable-ipv4-masquerade: "false"')],
    ['Calico without a pool', FELIX],
  ])('but not where %s leaves it to the agent', (_, text) => {
    const { subjects, diagnostics } = read({ 'a/own.yaml': text, 'a/agent.yaml': AGENT });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(subjects.map(({ as }) => as)).toEqual(["the agent with the ConfigMap's file and no flags"]);
  });

  test('pools of which pods have no addresses, and none at all', () => {
    expect(errors({ 'pool.yaml': POOL.replace('natOutgoing: true', 'disabled: true') })).toEqual([
      'pool.yaml:1:1 MQ803 there is no IPv4 IPPool that pods get addresses of among what is read, and its natOutgoing decides; add it',
    ]);
    expect(errors({ 'felix.yaml': FELIX })[0]).toContain('there is no IPPool among what is read');
  });

  test('pools whose pods are treated differently, where they stand', () => {
    const other = KEPT_POOL.replace('pods', 'more').replace('10.244', '10.245');
    expect(errors({ 'a.yaml': POOL, 'b.yaml': other })[0]).toMatch(/^b\.yaml:4:42 MQ803 pods of IPPool "pods"/);
  });

  test('one object that is there twice', () => {
    expect(errors({ 'a/a.yaml': POOL, 'a/patches/b.yaml': KEPT_POOL })[0]).toContain('MQ605');
    expect(errors({ 'a/a.yaml': CILIUM, 'a/values/c.yaml': 'ipMasqAgent: {enabled: false}\n' })).toEqual([
      "a/values/c.yaml:1:1 MQ803 Cilium's settings are there twice, and one counts",
    ]);
  });

  test('a patch that a kustomization names, and what comes of it is not there', () => {
    const kustomization =
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches: [{path: p.yaml}]\n';
    const files = { 'a/kustomization.yaml': kustomization, 'a/p.yaml': POOL };
    expect(errors(files)).toEqual([
      'a/p.yaml:1:1 MQ803 a kustomization names this as a patch, and what comes of it is not here; give what "kustomize build" prints',
    ]);
  });

  test('a part of the VPC CNI that leaves variables as they are on the cluster, and parts that differ', () => {
    const external = '{name: AWS_VPC_K8S_CNI_EXTERNALSNAT, value: "false"}';
    expect(errors({ 'p.yaml': AWS(external) })[0]).toContain('says nothing of AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS');
    const whole = AWS(`${external}, {name: AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS, value: 10.0.0.0/8}`);
    const values = 'env: {AWS_VPC_K8S_CNI_EXTERNALSNAT: "false", AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: 10.0.0.0/9}\n';
    expect(errors({ 'patches/p.yaml': whole, 'values/v.yaml': values })[0]).toContain(
      "what is said of AWS's VPC CNI differs: a packet to 10.",
    );
  });

  test('policies that give one packet two addresses', () => {
    const text = [policy('a', '192.168.1.100'), policy('b', '192.168.1.101')].join('---\n');
    expect(errors({ 'p.yaml': text })).toEqual([
      'p.yaml:11:18 MQ508 policies "a" and "b" both claim packets from pod {app: web} in namespace {} to 203.0.113.0, with source IPs 192.168.1.100 and 192.168.1.101; make them disjoint',
    ]);
  });

  test('an Egress whose address is taken from a pool', () => {
    const pooled = EGRESS.replace('egressIP: 192.168.1.100', 'externalIPPool: pool');
    expect(errors({ 'e.yaml': pooled })[0]).toContain('MQ803 the address that packets leave with is not said here');
    expect(errors({ 'e.yaml': EGRESS.replace('192.168.1.100', '2001:db8::1') })[0]).toContain('MQ507');
  });

  test('what a reader refuses, where it stands, and nothing that only an agent would say', () => {
    const wrong = `${CILIUM}---\n${AGENT.replace('10.0.0.0/8', '10.0.0.0/33')}`;
    expect(errors({ 'c.yaml': wrong }).map(line => line.slice(0, 19))).toEqual(['c.yaml:9:47 MQ105 C']);
    const masked = `${CILIUM}---\n${AGENT.replace('10.0.0.0/8', '10.0.0.1/8')}`;
    expect(read({ 'c.yaml': masked }).subjects).toHaveLength(1);
  });
});

describe('facts that nobody told are asked for', () => {
  test.each([
    ['Calico that keeps nodes', { 'a.yaml': `${POOL}---\n${FELIX}` }, 'nodes', '--facts'],
    ['Cilium', { 'a.yaml': CILIUM }, 'nodes, pods and Services', '--facts'],
    ['a policy of Cilium', { 'a.yaml': policy('a', '192.168.1.100') }, 'nodes, pods and Services', '--facts'],
    ['Antrea', { 'a.yaml': EGRESS }, 'pods, Services and nodes', '--facts'],
    ['AWS', { 'a.yaml': AWS('').replace('aws-node, env', 'aws-node, image: cni, env') }, 'VPC', '--vpc-cidr'],
    ['AKS', { 'a.yaml': AKS }, 'VNet by its own ConfigMap "azure-ip-masq-agent-config-reconciled"', '--vpc-cidr'],
  ] as const)('by %s', (_, files, what, option) => {
    const said = lacks(files);
    expect(said).toContain(what);
    expect(said).toContain(option);
    const { map } = read(files).subjects[0]!;
    expect([...map.base[4].entries()].map(({ value }) => value.treatment.kind)).toEqual(['unknown']);
  });

  test('but not where packets keep their address wherever they go, or all of it is there', () => {
    expect(lacks({ 'a.yaml': POOL })).toBeUndefined();
    expect(lacks({ 'a.yaml': `${KEPT_POOL}---\n${FELIX}` })).toBeUndefined();
    expect(lacks({ 'a.yaml': EXTERNAL })).toBeUndefined();
    expect(lacks({ 'a.yaml': `${AKS}---\n${RECONCILED}` })).toBeUndefined();
  });

  test('one that is left has none of another cluster that is left', () => {
    const [before] = shareFacts(read({ 'c.yaml': ROUTED }).subjects, read({ 'i.yaml': INTENT }).subjects, false);
    expect(before.map(subject => subject.lacks)).toEqual([expect.stringContaining('--facts')]);
  });

  test('the other side of a comparison has them', () => {
    const [before, after] = shareFacts(read({ 'i.yaml': INTENT }).subjects, read({ 'c.yaml': ROUTED }).subjects);
    expect([...before, ...after].map(subject => subject.lacks)).toEqual([undefined, undefined]);
    const { changed, refusals } = diffFleets(before, after);
    expect(refusals).toEqual([]);
    const nodes = changed[0]!.diff.classes[0]!.changes.find(({ after: is }) => is.kind === 'unknown')!;
    expect(nodes.to.cidrs()).toHaveLength(1);
    expect(treatmentText(nodes.after)).toBe(
      'treated in a way that cannot be told from "preserved where a node has the address, else masqueraded"',
    );
  });

  test('what hangs on the same addresses of nodes on both sides is no change', () => {
    const [model] = read({ 'i.yaml': INTENT }).subjects;
    const one = shareFacts([model!], read({ 'c.yaml': ROUTED }).subjects)[1];
    const { changed, untold } = diffFleets(one, one);
    expect({ changed, untold }).toEqual({ changed: [], untold: [] });
  });
});

test('AKS merges both of its ConfigMaps, and masquerades link-local where one of them says so', () => {
  const [subject] = read({ 'a.yaml': `${AKS}---\n${RECONCILED}` }).subjects;
  expect(subject!.as).toBe("Azure's ip-masq-agent-v2");
  const layers = subject!.map.asked[4].layers.map(
    ({ value }) => `${value.rule} ${value.at?.file}:${value.at?.range?.start.line}`,
  );
  expect(layers).toEqual(['"10.0.0.0/8" a.yaml:4', '"172.16.0.0/12" a.yaml:9']);
});

describe("a ConfigMap of Google's name with the key of Azure's agent", () => {
  const RENAMED = AGENT.replace('config: "', 'ip-masq-agent: "');

  test('without a sign of Azure no agent finds its file', () => {
    expect(errors({ 'cm/a.yaml': RENAMED })).toEqual([
      'cm/a.yaml:4:8 MQ603 ConfigMap "ip-masq-agent" has the file under "ip-masq-agent", and ip-masq-agent reads "config": it finds no file; write "config", or, if it is for Azure\'s agent, call the ConfigMap azure-ip-masq-agent-config',
    ]);
  });

  test.each([
    [
      'a label',
      { 'a.yaml': RENAMED.replace('kube-system}', 'kube-system, labels: {component: azure-ip-masq-agent}}') },
    ],
    ['another ConfigMap', { 'a.yaml': RENAMED, 'b.yaml': RECONCILED }],
  ])("is of Azure's by %s", (_sign, files) => {
    expect(read(files).subjects.map(({ as }) => as)).toEqual(["Azure's ip-masq-agent-v2"]);
  });
});
