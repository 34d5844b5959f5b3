import { describe, expect, test } from 'vitest';
import { type ImportOptions, importIntent } from '../../core/import/import';
import { outcome } from './outcome';

/** What comes of objects, each given as data, on one cluster. */
function imported(objects: readonly object[], options: ImportOptions = {}): string {
  const text = objects.map(object => JSON.stringify(object)).join('\n---\n');
  return outcome(importIntent([{ file: 'all.yaml', text }], { ...FACTS, ...options }), 'a test');
}

const FACTS: ImportOptions = { name: 'prod', nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'] };

/** The intent that begins as all here do. */
function intent(rest: string, network = ''): string {
  return `# Imported by masq from a test.
apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata:
  name: prod
spec:
  platform: kubernetes
  network:
    nodeCIDRs: [192.168.1.0/24]
    podCIDRs: [10.244.0.0/16]
${network}${rest}`;
}

const configMap = (name: string, data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'kube-system' },
  data,
});

const policy = (name: string, labels: object, spec: object) => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumEgressGatewayPolicy',
  metadata: { name },
  spec: { selectors: [{ podSelector: { matchLabels: labels } }], ...spec },
});

/** Of which pods a policy is that selects `app: web`. */
const FROM_WEB = `        from:
          - namespaceSelector: {}
            podSelector:
              matchLabels:
                app: web
`;

describe('Cilium', () => {
  const file = configMap('ip-masq-agent', { config: 'nonMasqueradeCIDRs: [172.20.1.1/16]\nmasqLinkLocal: true\n' });
  const wanted = intent(`  masquerade:
    preserve: [172.20.0.0/16]
    linkLocal: masquerade
`);

  test("its agent's file is read as its own when that is told", () => {
    expect(imported([file], { dialect: 'cilium' })).toBe(
      `1:1 note MQ802 packets to nodes are left as they are by Cilium's ip-masq-agent, and by the intent those to all of 192.168.1.0/24, whether a node has the address or not\n1:140 note MQ802 CIDR "172.20.1.1/16" has host bits set, which ip-masq-agent refuses; Cilium's ip-masq-agent reads it as "172.20.0.0/16", and so does the intent\n${wanted}`,
    );
    const listed = configMap('ip-masq-agent', { config: 'nonMasqueradeCIDRs: [192.168.0.0/16]\n' });
    expect(imported([listed], { dialect: 'cilium' })).not.toContain('packets to nodes are left');
    expect(imported([file])).toContain('error MQ101 CIDR "172.20.1.1/16" has host bits set');
  });

  test('or beside its settings, and its policies come along', () => {
    const gateway = { egressIP: '192.168.1.100' };
    const one = policy('web', { app: 'web' }, { destinationCIDRs: ['0.0.0.0/0'], egressGateway: gateway });
    const two = policy('db', { app: 'db' }, { destinationCIDRs: ['0.0.0.0/0'], egressGateway: gateway });
    const text = imported([configMap('cilium-config', { 'enable-ipv4-egress-gateway': 'true' }), one, two]);
    expect(text).toContain(`  egress:
    floatingIPs: [192.168.1.100]
    policies:
      - name: web
${FROM_WEB}          - namespaceSelector: {}
            podSelector:
              matchLabels:
                app: db
        to:
          - cidr: 0.0.0.0/0
            except: [10.244.0.0/16, 192.168.1.0/24]
        sourceIP: 192.168.1.100
`);
    expect(text).not.toContain('masquerade:');
  });

  test('policies that an intent cannot hold are refused with its reason', () => {
    const one = policy(
      'a',
      { app: 'a' },
      { destinationCIDRs: ['1.0.0.0/8'], egressGateway: { egressIP: '192.168.1.9' } },
    );
    const two = policy(
      'b',
      { app: 'b' },
      { destinationCIDRs: ['2.0.0.0/8'], egressGateway: { egressIP: '192.168.1.9' } },
    );
    expect(imported([one, two])).toContain('error MQ803 the intent that says this is refused: ');
    const far = policy('c', {}, { destinationCIDRs: ['2.0.0.0/8'], egressGateway: { egressIP: '192.168.9.9' } });
    expect(imported([one, far])).toMatch(/^3:\d+ error MQ803 .* floating IP "192\.168\.9\.9" is in no node subnet/m);
  });

  test('masquerades IPv6 of pods that have it, unless its settings say otherwise', () => {
    const both: ImportOptions = { dialect: 'cilium', podCIDRs: ['10.244.0.0/16', 'fd00:10::/64'] };
    const plain = configMap('ip-masq-agent', { config: 'nonMasqueradeCIDRs: [10.0.0.0/8]\n' });
    expect(imported([plain], both)).toContain('    preserve: [10.0.0.0/8]\n');
    const settings = configMap('cilium-config', { 'enable-ip-masq-agent': 'true', 'enable-ipv6-masquerade': 'false' });
    expect(imported([settings, plain], { ...both, internetRoute: 'cloud-nat' })).toContain(
      '    preserve: [10.0.0.0/8, ::/0]\n',
    );
  });

  test('what is there twice is refused, since one counts', () => {
    const { name: _name, ...other } = policy('a', {}, {}).metadata;
    const settings = configMap('cilium-config', { 'enable-ip-masq-agent': 'true' });
    const elsewhere = { ...file, metadata: { ...other, name: 'ip-masq-agent', namespace: 'cilium' } };
    expect(imported([settings, file, elsewhere])).toMatch(
      /^5:1 error MQ803 files of Cilium's ip-masq-agent are there twice, and one counts$/m,
    );
  });
});

describe('Antrea', () => {
  const egress = {
    apiVersion: 'crd.antrea.io/v1beta1',
    kind: 'Egress',
    metadata: { name: 'web' },
    spec: { appliedTo: { podSelector: { matchLabels: { app: 'web' } } }, egressIP: '192.168.1.100' },
  };
  const settings = (text: string) => configMap('antrea-config', { 'antrea-agent.conf': text });

  test('its Egress objects are policies, but for what its settings except', () => {
    const text = imported([settings('egress: {exceptCIDRs: [10.0.0.0/8]}\n'), egress]);
    expect(text).toContain(`    policies:
      - name: web
${FROM_WEB}        to:
          - cidr: 0.0.0.0/0
            except: [10.0.0.0/8, 192.168.1.0/24]
        sourceIP: 192.168.1.100
`);
  });

  test('it takes host bits off what its settings except', () => {
    const text = imported([settings('egress: {exceptCIDRs: [10.1.2.3/8, fd00::1/8]}\n'), egress]);
    expect(text).toContain(
      'note MQ802 CIDR "10.1.2.3/8" has host bits set; Antrea reads it as "10.0.0.0/8", and so does the intent\n',
    );
    expect(text).toContain('            except: [10.0.0.0/8, 192.168.1.0/24]\n');
    expect(imported([settings('egress: {exceptCIDRs: [10.1.2.3/33]}\n'), egress])).toContain('error MQ105 ');
  });

  test('it masquerades what leaves the cluster, nodes too', () => {
    expect(imported([settings('snatFullyRandomPorts: true\n')])).toContain(
      "error MQ804 packets to 192.168.1.0/24 (nodes) are masqueraded by Antrea's configuration",
    );
    expect(imported([settings('snatFullyRandomPorts: true\n')], { preserveCluster: true })).toContain(
      '    preserve: []\n    linkLocal: masquerade\n',
    );
  });
});

test("Azure's files are put together, without random ports", () => {
  const objects = [
    configMap('azure-ip-masq-agent-config', { 'ip-masq-agent': 'nonMasqueradeCIDRs: [10.0.0.0/8, 172.16.0.0/12]\n' }),
    configMap('azure-ip-masq-agent-config-reconciled', {
      'ip-masq-agent-reconciled': 'nonMasqueradeCIDRs: [192.168.0.0/16]\nmasqLinkLocal: true\n',
    }),
  ];
  expect(imported(objects)).toBe(
    intent(`  masquerade:
    preserve: [rfc1918]
    linkLocal: masquerade
  agent:
    randomFully: false
`),
  );
});

describe("AKS's own ConfigMap, where it is not there", () => {
  const vnet: ImportOptions = { vpcCIDRs: ['10.0.0.0/8'], nodeCIDRs: ['10.240.0.0/24'], podCIDRs: ['10.244.0.0/16'] };
  const own = (text: string) => configMap('azure-ip-masq-agent-config', { 'ip-masq-agent': text });

  test('is to be imported too, or the VNet to be told, which it preserves', () => {
    const file = own('nonMasqueradeCIDRs: [203.0.113.0/24]\nmasqLinkLocal: true\n');
    const { vpcCIDRs: _vpc, ...rest } = vnet;
    expect(imported([file], rest)).toBe(
      'missing: give --vpc-cidr: the VNet\'s ranges, which AKS preserves by ConfigMap "azure-ip-masq-agent-config-reconciled", or import that one too\n',
    );
    expect(imported([file], vnet)).toContain(`    preserve: [10.0.0.0/8, 203.0.113.0/24]
    linkLocal: masquerade
`);
  });

  test('has the last word on link-local, unless that is listed', () => {
    expect(imported([own('nonMasqueradeCIDRs: [203.0.113.0/24]\n')], vnet)).toMatch(
      /^1:\d+ error MQ803 the agent merges this with AKS's own ConfigMap "azure-ip-masq-agent-config-reconciled", which may have link-local masqueraded/,
    );
    const listed = imported([own('nonMasqueradeCIDRs: [169.254.0.0/16]\n')], vnet);
    expect(listed).toContain('    preserve: [10.0.0.0/8]\n');
    expect(listed).not.toContain('linkLocal:');
  });
});

describe("AWS's VPC CNI", () => {
  const awsNode = (env: Readonly<Record<string, string>>, image = 'amazon-k8s-cni:v1.18.0') => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'aws-node', namespace: 'kube-system' },
    spec: {
      template: {
        spec: {
          containers: [{ name: 'aws-node', image, env: Object.entries(env).map(([name, value]) => ({ name, value })) }],
        },
      },
    },
  });
  const vpc: ImportOptions = { nodeCIDRs: ['10.0.0.0/20'], podCIDRs: ['10.0.64.0/18'] };

  test('asks for the ranges of the VPC', () => {
    expect(imported([awsNode({})], vpc)).toContain(
      "missing: give --vpc-cidr: the VPC's ranges, to which AWS's CNI never translates\n",
    );
    expect(
      imported([awsNode({ AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: '172.20.0.0/16' })], {
        ...vpc,
        vpcCIDRs: ['10.0.0.0/16'],
      }),
    ).toContain(`  masquerade:
    preserve: [10.0.0.0/16, 172.20.0.0/16]
    linkLocal: masquerade
`);
  });

  test('a patch that says half of it leaves open what is on the cluster', () => {
    const patch = awsNode({ AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: '172.20.0.0/16' });
    const [container] = patch.spec.template.spec.containers;
    const { image: _image, ...rest } = container!;
    const half = { ...patch, spec: { template: { spec: { containers: [rest] } } } };
    expect(imported([half], { ...vpc, vpcCIDRs: ['10.0.0.0/16'] })).toBe(
      '1:1 error MQ803 this says nothing of AWS_VPC_K8S_CNI_EXTERNALSNAT, which stays as it is on the cluster; write it, or give the whole DaemonSet\n',
    );
  });

  test('leaves everything to somebody else with external SNAT: to a route, or to ip-masq-agent', () => {
    const external = awsNode({ AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true' });
    expect(imported([external], vpc)).toContain(`    internetRoute: custom-default-route
  masquerade:
    preserve: [0.0.0.0/0]
`);
    const file = configMap('ip-masq-agent', { config: 'nonMasqueradeCIDRs: [10.0.0.0/8]\n' });
    expect(imported([external, file], { ...vpc, platform: 'kubernetes' })).toContain('    preserve: [10.0.0.0/8]\n');
    expect(imported([awsNode({}), file], { ...vpc, platform: 'kubernetes' })).toContain(
      "error MQ803 AWS's VPC CNI and ip-masq-agent's file are imported together, and each of them would decide; import one",
    );
  });
});

describe("a ConfigMap that nothing but its key says to be Azure's", () => {
  const file = (name: string) =>
    configMap(name, { 'ip-masq-agent': 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n' });

  test("is nobody's with the name of the one that GKE's agent reads", () => {
    const said = (rest: string): string =>
      `1:109 error MQ603 ConfigMap "ip-masq-agent" has the file under "ip-masq-agent", and ip-masq-agent reads "config": it finds no file; write "config", or, if it is for Azure's agent, ${rest}\n`;
    expect(imported([file('ip-masq-agent')])).toBe(said('give --dialect azure'));
    expect(imported([file('ip-masq-agent')], { dialect: 'upstream' })).toBe(
      said('call the ConfigMap azure-ip-masq-agent-config'),
    );
    const wanted = intent(
      '  masquerade:\n    preserve: [10.0.0.0/8, 192.168.0.0/16]\n  agent:\n    randomFully: false\n',
    );
    expect(imported([file('ip-masq-agent')], { dialect: 'azure' })).toBe(wanted);
    const aks = configMap('azure-ip-masq-agent-config-reconciled', { 'ip-masq-agent-reconciled': '' });
    expect(imported([file('ip-masq-agent'), aks])).toContain(wanted);
    const text = 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n';
    expect(imported([configMap('ip-masq-agent', { config: text, 'ip-masq-agent': text })])).not.toContain('MQ603');
    const labels = { 'kubernetes.azure.com/managedby': 'aks' };
    const ofAks = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', labels }, data: { a: 'b' } };
    expect(imported([file('ip-masq-agent'), ofAks])).not.toContain('MQ603');
  });

  test("is taken for Azure's with another name, which is said", () => {
    expect(imported([file('masq')])).toMatch(
      /^1:\d+ note MQ802 ConfigMap "masq" is taken for one of Azure's ip-masq-agent-v2, since its key is "ip-masq-agent"; give --dialect upstream if an ip-masq-agent reads it\n# Imported/,
    );
    expect(imported([file('masq')], { dialect: 'azure' })).toMatch(/^# Imported/);
    for (const name of ['azure-ip-masq-agent-config', 'azure-ip-masq-agent-config-reconciled']) {
      expect(imported([file(name)])).not.toContain('MQ802');
    }
    const ofNoOther = configMap('masq', { 'ip-masq-extra': 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n' });
    expect(imported([ofNoOther])).toMatch(/^# Imported/);
    expect(imported([file('masq')], { dialect: 'upstream', platform: 'kubernetes' })).not.toContain('randomFully');
  });
});

/** A DaemonSet of an agent that mounts the ConfigMaps that a volume names. */
const daemonSetWith = (image: string, volume: object, args: readonly string[] = []) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'ip-masq-agent', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'ip-masq-agent' } },
    template: {
      metadata: { labels: { 'k8s-app': 'ip-masq-agent' } },
      spec: {
        hostNetwork: true,
        containers: [
          {
            name: 'ip-masq-agent',
            image,
            args,
            securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
            volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
          },
        ],
        tolerations: [{ operator: 'Exists' }],
        volumes: [{ name: 'config', ...volume }],
      },
    },
  },
});

/** What is said of ConfigMaps that agents look for. */
const codes = (...objects: readonly object[]): string[] =>
  [...imported(objects).matchAll(/^[^ ]* ?(?:error|warning|note) (MQ60[23]|MQ802|MQ803) .*?(?=;|$)/gm)].map(([line]) =>
    line.replace(/^[\d:]* /, ''),
  );

const AZURE = 'mcr.microsoft.com/aks/ip-masq-agent-v2:v0.1.15';

test('AKS mounts two ConfigMaps, each of which may be missing: what is there counts, and a third is misnamed', () => {
  const [own, reconciled] = ['', '-reconciled'].map(end => ({
    name: `azure-ip-masq-agent-config${end}`,
    key: `ip-masq-agent${end}`,
  }));
  const sources = [own!, reconciled!].map(({ name, key }) => ({
    configMap: { name, optional: true, items: [{ key, path: key }] },
  }));
  const daemonSet = daemonSetWith(AZURE, { projected: { sources } });
  const file = 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n';
  const absent = (name: string) =>
    `warning MQ802 ConfigMap "${name}" is not among what is read: it is taken for one that does not exist, and its list, if it has one, is missing`;
  for (const [one, other] of [
    [own!, reconciled!],
    [reconciled!, own!],
  ] as const) {
    const map = configMap(one.name, { [one.key]: file });
    expect(codes(daemonSet, map)).toEqual([absent(other.name)]);
    expect(imported([daemonSet, map])).toContain('preserve: [10.0.0.0/8, 192.168.0.0/16]');
    const misnamed = codes(daemonSet, map, configMap('azure-ip-masq', { [other.key]: file }));
    expect(misnamed).toContain(
      `error MQ602 the DaemonSet reads ConfigMap "${other.name}", but the one beside it is called "azure-ip-masq"`,
    );
  }
  const lost = [daemonSet, configMap('azure-ip-masq', { 'ip-masq-agent': file })];
  expect(imported(lost)).toMatch(/MQ602 .* called "azure-ip-masq"; the agent would use its built-in list\n/);
  const beside = [...lost, configMap(reconciled!.name, { [reconciled!.key]: file })];
  expect(imported(beside)).toMatch(/MQ602 .* called "azure-ip-masq"; its list would be missing\n/);
});

test("how often Azure's agent reads its files is its flag, and comes along", () => {
  const name = 'azure-ip-masq-agent-config';
  const configMaps = configMap(name, { 'ip-masq-agent': 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n' });
  const withFlag = (...args: string[]): string =>
    imported([daemonSetWith(AZURE, { configMap: { name } }, args), configMaps]);
  expect(withFlag('--resync-interval=30')).toContain('    resyncInterval: 30s\n');
  for (const text of [withFlag(), withFlag('--resync-interval=60'), withFlag('--resync-interval=0')]) {
    expect(text).toContain('preserve: [10.0.0.0/8, 192.168.0.0/16]');
    expect(text).not.toMatch(/resyncInterval|MQ612/);
  }
});

test('a file that an agent misses is one fault, and nothing else is said of whose it is', () => {
  const daemonSet = (image: string, name: string, key: string) =>
    daemonSetWith(image, { configMap: { name, optional: true, items: [{ key, path: 'ip-masq-agent' }] } });
  const upstream = 'registry.k8s.io/networking/ip-masq-agent:v2.12.0';
  const file = 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n';
  const lacks = (name: string) =>
    `error MQ603 the DaemonSet takes the file from key "ip-masq-agent", which ConfigMap "${name}" lacks`;
  for (const [name, key] of [
    ['ip-masq-agent', 'config'],
    ['lists', 'ip-masq-other'],
  ] as const) {
    expect(codes(daemonSet(AZURE, name, 'ip-masq-agent'), configMap(name, { [key]: file }))).toEqual([lacks(name)]);
  }
  const [other, same] = ['masq', 'ip-masq-agent'].map(name => configMap(name, { 'ip-masq-agent': file }));
  expect(codes(same!, other!)).toEqual([
    'error MQ603 ConfigMap "ip-masq-agent" has the file under "ip-masq-agent", and ip-masq-agent reads "config": it finds no file',
  ]);
  expect(codes(daemonSet(upstream, 'ip-masq-agent', 'config'), other!)).toEqual([
    'error MQ602 the DaemonSet reads ConfigMap "ip-masq-agent", but the one beside it is called "masq"',
  ]);
});

test("Tencent's keys in capital letters are those of ip-masq-agent", () => {
  const config = '{"NonMasqueradeCIDRs":["10.0.0.0/8","192.168.1.0/24"],"MasqLinkLocal":true,"ResyncInterval":"1m0s"}';
  expect(imported([configMap('ip-masq-agent-config', { config })])).toBe(
    intent(`  masquerade:
    preserve: [10.0.0.0/8]
    linkLocal: masquerade
  agent:
    resyncInterval: 1m0s
`),
  );
});

test.each([
  ['cilium', 'ip-masq-agent', 'config', '"config"', 'immutable has no key in an intent: delete this ConfigMap'],
  [
    'azure',
    'masq',
    'ip-masq-a',
    'what begins with "ip-masq"',
    'immutable: true has no key in an intent, and is not in',
  ],
  ['tencent', 'ip-masq-agent-config', 'config', '"config"', 'immutable: true has no key in an intent, and is not in'],
] as const)("everything is told that of the ConfigMap of %s's agent is left out", (dialect, name, key, read, fixed) => {
  const { metadata, ...rest } = configMap(name, {
    [key]: 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n',
    notes: 'x',
  });
  const marked = {
    ...rest,
    immutable: true,
    metadata: { ...metadata, labels: { team: 'net' }, annotations: { a: 'b' } },
  };
  const said = imported([marked], { dialect });
  const mark = 'is left out; metadata.';
  for (const one of [
    `the agent reads ${read}, and not "notes" beside it, which is left out`,
    fixed,
    `label team: net ${mark}labels`,
    `annotation a: b ${mark}annotations`,
  ])
    expect(said).toContain(`note MQ801 ${one}`);
  expect(said).toContain('# Imported');
});

test('a ConfigMap whose key is like those of Azure is of the agent that mounts it', () => {
  const container = {
    name: 'ip-masq-agent',
    image: 'registry.k8s.io/networking/ip-masq-agent:v2.12.0',
    securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
  };
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'ip-masq-agent', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { app: 'masq' } },
      template: {
        metadata: { labels: { app: 'masq' } },
        spec: {
          hostNetwork: true,
          containers: [container],
          tolerations: [{ operator: 'Exists' }],
          volumes: [{ name: 'config', configMap: { name: 'masq', optional: true } }],
        },
      },
    },
  };
  const objects = [
    configMap('masq', { 'ip-masq-agent': 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n' }),
    daemonSet,
  ];
  const text = imported(objects);
  expect(text).toContain('preserve: [10.0.0.0/8, 192.168.0.0/16]');
  expect(text).not.toContain('randomFully');
  expect(text).toContain('note MQ801 the ConfigMap is rendered as "ip-masq-agent", not as "masq"');
});

describe('EgressNATPolicies of Autopilot', () => {
  const eleven = [
    ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '192.0.0.0/24', '192.0.2.0/24'],
    ...['192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4'],
  ];
  const noSnat = (name: string, cidrs: readonly string[]) => ({
    apiVersion: 'networking.gke.io/v1',
    kind: 'EgressNATPolicy',
    metadata: { name },
    spec: { action: 'NoSNAT', destinations: cidrs.map(cidr => ({ cidr })) },
  });
  const on: ImportOptions = { version: '1.29.4-gke.1043000' };

  test("of one's own beside the generated one add to it, and GKE's own is known", () => {
    const text = imported(
      [noSnat('default', eleven), noSnat('gke-0a1b2c3d-1', ['10.244.0.0/16']), noSnat('partners', ['8.8.8.0/24'])],
      on,
    );
    expect(text).toContain(`  masquerade:
    preserve: [gke-default-non-masquerade, 8.8.8.0/24]
    defaultPolicy: add
    policyName: partners
`);
    expect(text).not.toContain('error');
  });

  test('are one when the generated one is changed', () => {
    const text = imported([noSnat('default', ['10.0.0.0/8']), noSnat('partners', ['8.8.8.0/24'])], on);
    expect(text).toContain('    preserve: [10.0.0.0/8, 8.8.8.0/24]\n    defaultPolicy: replace\n');
    expect(text).toContain(
      'note MQ801 the destinations of policy "partners" go into the one policy that is rendered, "default"',
    );
  });

  test('without the generated one leave open what holds', () => {
    expect(imported([noSnat('partners', ['8.8.8.0/24'])], on)).toContain(
      'error MQ803 whether policy "partners" adds to the generated policy "default" or holds in its place is not documented',
    );
  });
});

test('an agent that mounts nothing has its built-in list, unless a ConfigMap is there that could be meant', () => {
  const container = { name: 'ip-masq-agent', image: 'ip-masq-agent:v2', args: ['--nomasq-all-reserved-ranges'] };
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'ip-masq-agent', namespace: 'kube-system' },
    spec: { template: { spec: { hostNetwork: true, containers: [container] } } },
  };
  const alone = imported([daemonSet]);
  expect(alone).toContain('warning MQ604 nothing is mounted at /etc/config, ');
  expect(alone).toContain('    preserve: [gke-default-non-masquerade]\n');
  const file = configMap('ip-masq-agent', { config: 'nonMasqueradeCIDRs: [10.0.0.0/8]\n' });
  expect(imported([daemonSet, file])).toContain('error MQ604 nothing is mounted at /etc/config, ');
  const patch = { ...daemonSet, spec: { template: { spec: { containers: [container] } } } };
  expect(imported([patch])).toContain('error MQ604 nothing is mounted at /etc/config, ');
});

describe('what is not to be imported', () => {
  test('an intent', () => {
    const own = {
      apiVersion: 'masq/v1alpha1',
      kind: 'RangeSet',
      metadata: { name: 'a' },
      ranges: { a: ['1.0.0.0/8'] },
    };
    expect(imported([own])).toContain('error MQ803 this is an intent of masq already; there is nothing to import');
  });

  test('two files, of which none says that it counts', () => {
    const file = (name: string) => configMap(name, { config: 'nonMasqueradeCIDRs: [10.0.0.0/8]\n' });
    expect(imported([file('ip-masq-agent'), file('ip-masq-agent-old')], { platform: 'kubernetes' })).toContain(
      'error MQ803 two agents, or two files of one, are imported, and none says which of them counts; import one',
    );
  });

  test('a key that no agent reads, which is told', () => {
    const file = configMap('ip-masq-agent', {
      config: 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]\n',
      'config-2024': 'nonMasqueradeCIDRs: [172.16.0.0/12]\n',
    });
    expect(imported([file], { platform: 'kubernetes' })).toMatch(
      /^1:\d+ note MQ801 the agent reads "config", and not "config-2024" beside it, which is left out\n# Imported/,
    );
  });

  test('a part of link-local', () => {
    const file = configMap('ip-masq-agent', {
      config: 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16, 169.254.169.254/32]\nmasqLinkLocal: true\n',
    });
    expect(imported([file], { platform: 'kubernetes' })).toContain(
      'error MQ803 of link-local addresses 169.254.169.254/32 alone are preserved, and an intent preserves all of 169.254.0.0/16 or none',
    );
  });

  test('a bare file in a dialect of ConfigMaps', () => {
    const { diagnostics } = importIntent([{ file: 'config', text: 'nonMasqueradeCIDRs: [10.0.0.0/8]\n' }], {
      ...FACTS,
      dialect: 'cilium',
    });
    expect(diagnostics.map(one => one.code)).toEqual(['MQ803']);
  });

  test('of which that comes before what ip-masq-agent would say of it', () => {
    const text = 'nonMasqueradeCIDRs: [10.1.2.3/8]\n';
    const { diagnostics } = importIntent([{ file: 'config', text }], { ...FACTS, dialect: 'cilium' });
    expect(diagnostics.map(one => one.code)).toEqual(['MQ803']);
  });

  test("what Tigera's operator makes pools of, of which only these say all", () => {
    const installation = {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'Installation',
      metadata: { name: 'default' },
      spec: { calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', natOutgoing: 'Enabled' }] } },
    };
    expect(imported([installation])).toBe(
      "1:46 error MQ803 Tigera's operator makes Calico's IPPools of this, and decides by itself what it does not say; import the pools: kubectl get ippools.crd.projectcalico.org -o yaml\n",
    );
    const pool = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name: 'pods' },
      spec: { cidr: '10.244.0.0/16', natOutgoing: true },
    };
    expect(imported([installation, pool], { preserveCluster: true })).toContain('# Imported');
  });

  test("the preview's gateway on a version that has none is told", () => {
    const cluster = {
      apiVersion: 'baremetal.cluster.gke.io/v1',
      kind: 'Cluster',
      metadata: { name: 'c', namespace: 'cluster-c' },
      spec: { anthosBareMetalVersion: '1.10.0', clusterNetwork: { advancedNetworking: true } },
    };
    const gateway = {
      apiVersion: 'networking.gke.io/v1alpha1',
      kind: 'AnthosNetworkGateway',
      metadata: { name: 'default', namespace: 'cluster-c' },
      spec: { floatingIPs: ['192.168.1.100'] },
    };
    const said = 'warning MQ801 1.10.0 has no AnthosNetworkGateway any more';
    expect(imported([cluster, gateway])).toContain(said);
    const { clusterNetwork: _none, ...old } = { ...cluster.spec, anthosBareMetalVersion: '1.9.0' };
    expect(imported([{ ...cluster, spec: old }, gateway])).not.toContain('MQ801');
  });
});
