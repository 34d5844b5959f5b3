import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  AnthosClusterPatch,
  AnthosNetworkGateway,
  CustomResourceDefinitions,
  EgressNATPolicyV1,
  EgressNATPolicyV1Alpha1,
  IpMasqAgent,
  IpMasqAgentConfigMap,
  IpMasqAgentDaemonSet,
  NetworkGatewayGroup,
} from '../../constructs';
import { agentArgs } from '../../constructs/ip-masq-agent-pod';

const MANAGED = { 'app.kubernetes.io/managed-by': 'masq' };
const WAVE = 'argocd.argoproj.io/sync-wave';

/** What keeps an object where its file, or what applied it, is deleted. */
const KEPT = {
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
  'argocd.argoproj.io/sync-options': 'Delete=false,Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** What a chart with some constructs renders to. */
function synth(make: (chart: Chart) => unknown): Record<string, unknown>[] {
  const chart = new Chart(Testing.app(), 'chart');
  make(chart);
  return Testing.synth(chart);
}

describe('IpMasqAgentConfigMap', () => {
  it('holds the file under the key that the agent reads', () => {
    const [object, ...more] = synth(
      chart =>
        new IpMasqAgentConfigMap(chart, 'Config', {
          nonMasqueradeCIDRs: ['10.0.0.0/8', { cidr: '2001:db8::/32', note: 'the\n lab' }],
          masqLinkLocal: true,
          masqLinkLocalIPv6: true,
          resyncInterval: '5m',
        }),
    );
    expect(more).toEqual([]);
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ip-masq-agent', namespace: 'kube-system', labels: MANAGED },
      data: {
        config: `nonMasqueradeCIDRs:
  - 10.0.0.0/8
  - "2001:db8::/32" # the lab
masqLinkLocal: true
masqLinkLocalIPv6: true
resyncInterval: 5m
`,
      },
    });
  });

  it('says an empty list, and the limit of one that is longer than the agent takes', () => {
    const cidrs = Array.from({ length: 65 }, (_, i) => `10.${2 * i}.0.0/16`);
    const [empty, long, own] = synth(chart => {
      new IpMasqAgentConfigMap(chart, 'Empty', { nonMasqueradeCIDRs: [] });
      new IpMasqAgentConfigMap(chart, 'Long', { nonMasqueradeCIDRs: cidrs, name: 'long', namespace: 'net' });
      new IpMasqAgentConfigMap(chart, 'Own', { nonMasqueradeCIDRs: cidrs, cidrLimit: 100, name: 'own' });
    });
    expect(empty!.data).toEqual({ config: 'nonMasqueradeCIDRs: []\nmasqLinkLocal: false\nresyncInterval: 60s\n' });
    expect(long!.metadata).toEqual({ name: 'long', namespace: 'net', labels: MANAGED });
    expect((long!.data as { config: string }).config).toMatch(/ {2}- 10\.128\.0\.0\/16\n.*\n.*\ncidrLimit: 65\n$/);
    expect((own!.data as { config: string }).config).toMatch(/\ncidrLimit: 100\n$/);
  });

  it('carries labels and annotations, and the declared route', () => {
    const [object] = synth(
      chart =>
        new IpMasqAgentConfigMap(chart, 'Config', {
          nonMasqueradeCIDRs: ['0.0.0.0/0'],
          internetRoute: 'cloud-nat',
          labels: { team: 'net' },
          annotations: { note: 'x' },
        }),
    );
    expect(object!.metadata).toEqual({
      name: 'ip-masq-agent',
      namespace: 'kube-system',
      labels: { ...MANAGED, team: 'net' },
      annotations: { 'masq/internet-route': 'cloud-nat', note: 'x' },
    });
  });
});

describe('IpMasqAgentDaemonSet', () => {
  const labels = { 'k8s-app': 'ip-masq-agent' };
  const pod = (image: string, args?: string[]) => ({
    hostNetwork: true,
    automountServiceAccountToken: false,
    containers: [
      {
        name: 'ip-masq-agent',
        image,
        ...(args && { args }),
        securityContext: {
          privileged: false,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
        volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config' }],
      },
    ],
    volumes: [
      {
        name: 'config-volume',
        configMap: { name: 'ip-masq-agent', optional: true, items: [{ key: 'config', path: 'ip-masq-agent' }] },
      },
    ],
    tolerations: [
      { effect: 'NoSchedule', operator: 'Exists' },
      { effect: 'NoExecute', operator: 'Exists' },
      { key: 'CriticalAddonsOnly', operator: 'Exists' },
    ],
  });

  it('runs upstream’s agent by default', () => {
    expect(synth(chart => new IpMasqAgentDaemonSet(chart, 'Agent'))).toEqual([
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: {
          name: 'ip-masq-agent',
          namespace: 'kube-system',
          labels: { ...MANAGED, ...labels },
          annotations: { [WAVE]: '1' },
        },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: pod('registry.k8s.io/networking/ip-masq-agent:v2.12.0'),
          },
        },
      },
    ]);
  });

  it('runs Google’s agent with GKE’s chain on GKE', () => {
    const [object] = synth(chart => new IpMasqAgentDaemonSet(chart, 'Agent', { gke: true, dataplaneV2: true }));
    const image =
      'gke.gcr.io/ip-masq-agent:v2.11.0-gke.23@sha256:f50757332ee45c0fb9f5856552a3ed16548c1de3c33c4e520a02d22e30af96ae';
    const spec = (object!.spec as { template: { spec: unknown } }).template.spec;
    expect(spec).toEqual(pod(image, ['--masq-chain=IP-MASQ', '--random-fully=false']));
  });

  it('says what is asked for beside that', () => {
    const [object] = synth(
      chart =>
        new IpMasqAgentDaemonSet(chart, 'Agent', {
          name: 'masq',
          namespace: 'net',
          configMapName: 'lists',
          image: 'example.com/agent:1',
          masqChain: 'MASQ',
          nomasqAllReservedRanges: true,
          enableIPv6: true,
          randomFully: false,
          toPorts: ['1024-29999', '32768-65535'],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          serviceAccountName: 'masq',
          priorityClassName: 'system-node-critical',
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: {} },
        }),
    );
    expect(object!.metadata).toMatchObject({ name: 'masq', namespace: 'net' });
    const expected = pod('example.com/agent:1', [
      '--masq-chain=MASQ',
      '--nomasq-all-reserved-ranges',
      '--enable-ipv6',
      '--random-fully=false',
      '--to-ports=1024-29999,32768-65535',
    ]);
    const [container] = expected.containers;
    const [volume] = expected.volumes;
    expect((object!.spec as { template: { spec: unknown } }).template.spec).toEqual({
      ...expected,
      serviceAccountName: 'masq',
      priorityClassName: 'system-node-critical',
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      containers: [{ ...container, resources: { requests: { cpu: '10m', memory: '16Mi' } } }],
      volumes: [{ ...volume, configMap: { ...volume!.configMap, name: 'lists' } }],
    });
  });

  it.each([
    [{}, []],
    [{ gke: true }, ['--masq-chain=IP-MASQ', '--random-fully=false']],
    [{ gke: true, randomFully: true }, ['--masq-chain=IP-MASQ']],
    [{ masqChain: 'IP-MASQ-AGENT', toPorts: [] }, []],
  ])('has flags where they differ from the agent’s defaults: %j', (props, args) => {
    expect(agentArgs(props)).toEqual(args);
  });
});

describe('IpMasqAgent', () => {
  const kinds = (objects: readonly Record<string, unknown>[]) =>
    objects.map(object => `${String(object.kind)} ${(object.metadata as { name: string }).name}`);

  it('has names that agree', () => {
    const objects = synth(
      chart =>
        new IpMasqAgent(chart, 'Agent', {
          name: 'masq',
          namespace: 'net',
          configMapName: 'lists',
          config: { nonMasqueradeCIDRs: ['10.0.0.0/8'] },
        }),
    );
    expect(kinds(objects)).toEqual(['ConfigMap lists', 'ServiceAccount masq', 'DaemonSet masq']);
    expect(objects[1]).toEqual({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'masq', namespace: 'net', labels: MANAGED },
      automountServiceAccountToken: false,
    });
    const { template } = objects[2]!.spec as { template: { spec: Record<string, unknown> } };
    expect(template.spec.serviceAccountName).toBe('masq');
    expect(template.spec.volumes).toMatchObject([{ configMap: { name: 'lists' } }]);
  });

  it('has no ServiceAccount on GKE, and no DaemonSet where somebody else runs it', () => {
    const config = { nonMasqueradeCIDRs: ['10.0.0.0/8'] };
    expect(kinds(synth(chart => new IpMasqAgent(chart, 'Agent', { gke: true, config })))).toEqual([
      'ConfigMap ip-masq-agent',
      'DaemonSet ip-masq-agent',
    ]);
    expect(kinds(synth(chart => new IpMasqAgent(chart, 'Agent', { daemonSet: false, config })))).toEqual([
      'ConfigMap ip-masq-agent',
    ]);
    expect(kinds(synth(chart => new IpMasqAgent(chart, 'Agent', { serviceAccount: false })))).toEqual([
      'DaemonSet ip-masq-agent',
    ]);
  });
});

describe('policies and gateways', () => {
  it('EgressNATPolicy v1', () => {
    const props = { name: 'default', destinations: ['10.0.0.0/8', '172.16.0.0/12'] };
    expect(synth(chart => new EgressNATPolicyV1(chart, 'Policy', props))).toEqual([
      {
        apiVersion: 'networking.gke.io/v1',
        kind: 'EgressNATPolicy',
        metadata: { name: 'default', labels: MANAGED, annotations: { [WAVE]: '2' } },
        spec: { action: 'NoSNAT', destinations: [{ cidr: '10.0.0.0/8' }, { cidr: '172.16.0.0/12' }] },
      },
    ]);
  });

  it('EgressNATPolicy v1alpha1', () => {
    const egress = [{ namespaceSelector: { matchLabels: { user: 'alice' } }, podSelector: {} }];
    const props = { name: 'partners', egress, destinationCIDRs: ['203.0.113.0/24'], egressSourceIP: '192.168.1.100' };
    expect(synth(chart => new EgressNATPolicyV1Alpha1(chart, 'Policy', { ...props, annotations: { a: 'b' } }))).toEqual(
      [
        {
          apiVersion: 'networking.gke.io/v1alpha1',
          kind: 'EgressNATPolicy',
          metadata: { name: 'partners', labels: MANAGED, annotations: { [WAVE]: '2', a: 'b' } },
          spec: { egress, destinationCIDRs: ['203.0.113.0/24'], egressSourceIP: '192.168.1.100' },
        },
      ],
    );
  });

  it.each([
    [AnthosNetworkGateway, 'networking.gke.io/v1alpha1', 'AnthosNetworkGateway'],
    [NetworkGatewayGroup, 'networking.gke.io/v1', 'NetworkGatewayGroup'],
  ] as const)('%o', (Gateway, apiVersion, kind) => {
    const floatingIPs = ['192.168.1.100', '192.168.1.101'];
    expect(synth(chart => new Gateway(chart, 'Gateway', { namespace: 'cluster-c', floatingIPs }))).toEqual([
      {
        apiVersion,
        kind,
        metadata: { name: 'default', namespace: 'cluster-c', labels: MANAGED, annotations: { ...KEPT, [WAVE]: '1' } },
        spec: { floatingIPs },
      },
    ]);
  });

  it('the patch of the Cluster object, which nobody may prune', () => {
    const guards = { ...KEPT, 'argocd.argoproj.io/sync-options': 'Delete=false,Prune=false,ServerSideApply=true' };
    const objects = synth(chart => {
      new AnthosClusterPatch(chart, 'New', { name: 'cluster1' });
      new AnthosClusterPatch(chart, 'Old', { name: 'cluster1', namespace: 'ns', enable: 'annotation' });
    });
    const id = { apiVersion: 'baremetal.cluster.gke.io/v1', kind: 'Cluster' };
    expect(objects).toEqual([
      {
        ...id,
        metadata: { name: 'cluster1', namespace: 'cluster-cluster1', annotations: guards },
        spec: { clusterNetwork: { advancedNetworking: true } },
      },
      {
        ...id,
        metadata: {
          name: 'cluster1',
          namespace: 'ns',
          annotations: { ...guards, 'baremetal.cluster.gke.io/enable-anthos-network-gateway': 'true' },
        },
      },
    ]);
  });

  it('definitions in the order in which they were asked for', () => {
    const names = ['NetworkGatewayGroup', 'EgressNATPolicyV1'] as const;
    const objects = synth(chart => new CustomResourceDefinitions(chart, 'Definitions', { names }));
    expect(objects.map(object => [object.apiVersion, object.kind, object.metadata])).toEqual(
      ['networkgatewaygroups.networking.gke.io', 'egressnatpolicies.networking.gke.io'].map(name => [
        'apiextensions.k8s.io/v1',
        'CustomResourceDefinition',
        { name, labels: MANAGED, annotations: { ...KEPT, [WAVE]: '-1' } },
      ]),
    );
  });
});
