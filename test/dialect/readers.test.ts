import { describe, expect, test } from 'vitest';
import { cidr, formatCidr, setsOf } from '../../core/address';
import { readAntrea } from '../../core/dialect/antrea';
import { isAwsNode, readAws } from '../../core/dialect/aws';
import { readAzure } from '../../core/dialect/azure';
import { isCalicoObject, readCalico } from '../../core/dialect/calico';
import { readCilium } from '../../core/dialect/cilium';
import { NO_OWN_RANGES, type OwnRanges, type ReadDialect, readingMap } from '../../core/dialect/reading';
import { isTencentConfigMap, readTencent } from '../../core/dialect/tencent';
import { objectsOf } from '../../core/manifest/list';
import { parseSource, type SourceDocument } from '../../core/source';
import { treatmentText } from '../../core/treatment/treatment';

function documents(text: string): readonly SourceDocument[] {
  return parseSource('input.yaml', text).documents.flatMap(objectsOf);
}

function configMap(name: string, files: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'kube-system' },
    data: files,
  });
}

const many = (...objects: readonly string[]) => documents(objects.join('\n---\n'));

const OWN: OwnRanges = {
  ...NO_OWN_RANGES,
  nodes: setsOf([cidr('192.168.1.0/24')]),
  pods: setsOf([cidr('10.244.0.0/16')]),
  vpc: setsOf([cidr('192.168.0.0/16')]),
};

/** What keeps the pod's address, the fewest CIDRs of IPv4 and then of IPv6, or what was refused. */
function kept({ reading, diagnostics }: ReadDialect, own?: OwnRanges): readonly string[] {
  if (!reading) return diagnostics.filter(d => d.severity === 'error').map(({ code, message }) => `${code} ${message}`);
  const { base } = readingMap(reading, own);
  return ([4, 6] as const).flatMap(family =>
    base[family]
      .where(({ treatment }) => treatment.kind === 'preserve')
      .cidrs()
      .map(formatCidr),
  );
}

const told = ({ diagnostics }: ReadDialect) =>
  diagnostics.map(d => `${d.range?.start.line}:${d.range?.start.column} ${d.severity} ${d.code} ${d.message}`);

const LOCAL = '169.254.0.0/16';

describe("Azure's agent", () => {
  const azure = (...files: readonly Readonly<Record<string, string>>[]) =>
    readAzure({ configMaps: many(...files.map((file, i) => configMap(`azure-${i}`, file))) });

  test('puts all files together, and masquerades link-local when one of them says so', () => {
    const read = azure(
      { 'ip-masq-agent': 'nonMasqueradeCIDRs: [10.0.0.0/8]\nmasqLinkLocal: true\n', other: 'x' },
      { 'ip-masq-agent-reconciled': 'NONMASQUERADECIDRS: [1.0.0.0/8]\n' },
    );
    expect(kept(read)).toEqual(['1.0.0.0/8', '10.0.0.0/8', '::/0']);
    expect(told(read)).toEqual([]);
  });

  test('has its built-in list only without any file', () => {
    expect(kept(azure())).toEqual(['10.0.0.0/8', LOCAL, '172.16.0.0/12', '192.168.0.0/16', '::/0']);
    expect(kept(azure({ 'ip-masq-agent': 'masqLinkLocal: false\n' }))).toEqual([LOCAL, '::/0']);
    expect(kept(azure({ 'ip-masq-agent': '' }))).toEqual([LOCAL, '::/0']);
  });

  test('ends with an error on host bits, and on more than 64 entries', () => {
    expect(kept(azure({ 'ip-masq-agent': 'nonMasqueradeCIDRs: [10.0.0.1/8]\n' }))).toEqual([
      'MQ101 CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?',
    ]);
    const list = Array.from({ length: 65 }, (_, i) => `10.${i}.0.0/16`).join(', ');
    expect(kept(azure({ 'ip-masq-agent': `nonMasqueradeCIDRs: [${list}]\n` }))).toEqual([
      "MQ122 the list has 65 entries, and Azure's ip-masq-agent-v2 takes 64: it ends with an error",
    ]);
  });

  test('passes over keys that it does not know, and is told of', () => {
    const read = azure({ 'ip-masq-agent': 'nonMasqueradeCIDR: [10.0.0.0/8]\nresyncInterval: 5s\n' });
    expect(kept(read)).toEqual([LOCAL, '::/0']);
    expect(read.diagnostics.map(d => d.code)).toEqual(['MQ801', 'MQ802']);
  });
});

describe("Cilium's agent", () => {
  test.each([
    [
      [configMap('cilium-config', { 'enable-ip-masq-agent': 'false' }), configMap('ip-masq-agent', { config: '{}' })],
      'MQ803 Cilium does not read ConfigMap "ip-masq-agent" with "enable-ip-masq-agent: false" in its settings; set that, or leave the ConfigMap out',
    ],
    [
      ['bpf: {masquerade: true}', configMap('ip-masq-agent', { config: '{}' })],
      'MQ803 Cilium does not read ConfigMap "ip-masq-agent" without "ipMasqAgent.enabled: true" in its settings; set that, or leave the ConfigMap out',
    ],
    [
      [configMap('cilium-config', { 'enable-ip-masq-agent': 'true', 'enable-bpf-masquerade': 'false' })],
      'MQ803 Cilium does not start like this: its ip-masq-agent needs masquerading by BPF; set that to true',
    ],
    [
      ['ipMasqAgent: {enabled: true, config: {nonMasqueradeCIDRs: [172.16.0.0/12]}}'],
      'MQ803 the chart makes ConfigMap "ip-masq-agent" of this, which is what is read: render it with helm template, and take that',
    ],
  ])('refuses what its ip-masq-agent does not read, or not from there: %#', (objects, said) => {
    expect(kept(readCilium(many(...objects)))).toEqual([said]);
  });

  const cilium = (...objects: readonly string[]) => readCilium(many(...objects));
  const file = (text: string) => configMap('ip-masq-agent', { config: text });

  test('never masquerades packets to nodes and pods', () => {
    expect(kept(cilium(file('nonMasqueradeCIDRs: [1.1.1.1/32]')), OWN)).toEqual([
      '1.1.1.1/32',
      '10.244.0.0/16',
      LOCAL,
      '192.168.1.0/24',
      '::/0',
    ]);
  });

  test('has eleven ranges without a file, and none for one without a list', () => {
    expect(kept(cilium(file('')))).toHaveLength(13);
    expect(kept(cilium(file('masqLinkLocal: false')))).toEqual([LOCAL, '::/0']);
    expect(kept(cilium(file('masqLinkLocal: true')))).toEqual(['::/0']);
  });

  test('takes host bits off', () => {
    const read = cilium(file('nonMasqueradeCIDRs: [10.1.2.3/8]'));
    expect(kept(read)).toEqual(['10.0.0.0/8', LOCAL, '::/0']);
    expect(read.diagnostics.map(d => d.code)).toEqual(['MQ802']);
  });

  test('takes host bits off the range that is routed natively', () => {
    const read = cilium(configMap('cilium-config', { 'ipv4-native-routing-cidr': '10.1.2.3/8' }));
    expect(kept(read)).toEqual(['10.0.0.0/8', '::/0']);
    expect(read.diagnostics.map(d => d.code)).toEqual(['MQ802']);
  });

  test('routes natively what its settings of old name, where those of today name nothing', () => {
    const settings = { tunnel: 'disabled', 'native-routing-cidr': '10.0.0.0/8', 'enable-ip-masq-agent': 'true' };
    const list = file('nonMasqueradeCIDRs: [172.16.0.0/12]');
    const read = cilium(configMap('cilium-config', settings), list);
    expect(kept(read)).toEqual(['10.0.0.0/8', LOCAL, '172.16.0.0/12', '::/0']);
    expect(read.diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`)).toEqual([
      'note MQ802 this is what Cilium up to 1.11 reads, and is read like that; for later versions write ipv4-native-routing-cidr (in values of the chart ipv4NativeRoutingCIDR)',
    ]);
    const both = cilium(configMap('cilium-config', { ...settings, 'ipv4-native-routing-cidr': '11.0.0.0/8' }), list);
    expect(kept(both)).toEqual(['11.0.0.0/8', LOCAL, '172.16.0.0/12', '::/0']);
    expect(both.diagnostics).toEqual([]);
  });

  test('masquerades IPv6 when its settings or its list are about it', () => {
    const routed = { 'enable-ipv6': 'true', 'ipv4-native-routing-cidr': '10.0.0.0/8' };
    const settings = configMap('cilium-config', routed);
    const agent = configMap('cilium-config', { ...routed, 'enable-ip-masq-agent': 'true' });
    expect(kept(cilium(file('masqLinkLocalIPv6: true'), agent))).toEqual(['10.0.0.0/8', LOCAL]);
    expect(kept(cilium(file('nonMasqueradeCIDRs: ["fd00::/8"]')))).toEqual([LOCAL, 'fd00::/8', 'fe80::/10']);
    expect(kept(cilium(settings))).toEqual(['10.0.0.0/8']);
  });

  const policy = (spec: object, kind = 'CiliumEgressGatewayPolicy', version = 'cilium.io/v2') =>
    JSON.stringify({ apiVersion: version, kind, metadata: { name: 'out' }, spec });

  test('its policies exclude what they name, and the cluster itself', () => {
    const read = cilium(
      policy({
        selectors: [{ podSelector: { matchLabels: { app: 'web', 'io.kubernetes.pod.namespace': 'shop' } } }],
        destinationCIDRs: ['192.168.0.0/16'],
        excludedCIDRs: ['192.168.128.0/17'],
        egressGateway: { nodeSelector: {}, egressIP: '192.168.1.100' },
      }),
    );
    const [rule] = readingMap(read.reading!, OWN).egress;
    expect(treatmentText(rule!.decision.treatment)).toBe('SNATed to 192.168.1.100');
    expect(rule!.pods).toEqual([
      {
        pods: { requirements: [{ key: 'app', operator: 'In', values: ['web'] }] },
        namespaces: { requirements: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop'] }] },
      },
    ]);
    expect(rule!.destinations.has(cidr('192.168.2.1/32'))).toBe(true);
    expect(rule!.destinations.has(cidr('192.168.1.1/32'))).toBe(false);
    expect(rule!.destinations.has(cidr('192.168.200.1/32'))).toBe(false);
  });

  test.each([
    ['an interface', { egressGateway: { nodeSelector: {}, interface: 'eth1' } }],
    ['no address', { egressGateway: { nodeSelector: {} } }],
    [
      'pods of some nodes',
      { selectors: [{ podSelector: {}, nodeSelector: {} }], egressGateway: { egressIP: '192.168.1.9' } },
    ],
    ['several gateways', { egressGateways: [{}] }],
  ])('a policy with %s cannot be said', (_name, spec) => {
    const read = cilium(policy({ selectors: [{ podSelector: {} }], destinationCIDRs: ['1.0.0.0/8'], ...spec }));
    expect(read.reading).toBeUndefined();
    expect(read.diagnostics.filter(d => d.severity === 'error').map(d => d.code)).toEqual(['MQ803']);
  });

  test('the policies of old are read too', () => {
    const read = cilium(
      policy(
        { egress: [{ podSelector: {} }], destinationCIDRs: ['1.0.0.0/8'], egressSourceIP: '192.168.1.9' },
        'CiliumEgressNATPolicy',
        'cilium.io/v2alpha1',
      ),
    );
    expect(read.reading!.egress).toMatchObject([{ name: 'out', sourceIP: '192.168.1.9' }]);
  });
});

describe("AWS's VPC CNI", () => {
  const aws = (env: Readonly<Record<string, string>>) => {
    const container = { name: 'aws-node', env: Object.entries(env).map(([name, value]) => ({ name, value })) };
    const template = { spec: { containers: [{ name: 'aws-eks-nodeagent' }, container] } };
    const [document] = documents(
      JSON.stringify({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'aws-node' }, spec: { template } }),
    );
    expect(isAwsNode(document!)).toBe(true);
    return readAws(document!);
  };

  test('never translates in the VPC, nor to what is excluded', () => {
    const read = aws({ AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: '10.12.0.0/16, 100.64.0.0/10,fd00::/8' });
    expect(kept(read, OWN)).toEqual(['10.12.0.0/16', '100.64.0.0/10', '192.168.0.0/16', '::/0']);
    expect(read.diagnostics.map(d => `${d.severity} ${d.code}`)).toEqual(['warning MQ801']);
  });

  test('is told of each entry where it stands', () => {
    const list = '10.12.0.0/16,, foo,rfc1918 , 10.0.0.300/8';
    const { diagnostics } = aws({ AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: list });
    const first = diagnostics[0]!.range!.start.column - list.indexOf(', foo');
    expect(
      diagnostics.map(({ code, range }) => [code, range!.start.column - first, range!.end.column - first]),
    ).toEqual([
      ['MQ111', list.indexOf(', foo'), list.indexOf(', foo')],
      ['MQ111', list.indexOf('foo'), list.indexOf('foo') + 3],
      ['MQ111', list.indexOf('rfc1918'), list.indexOf('rfc1918') + 7],
      ['MQ103', list.indexOf('300'), list.indexOf('300') + 3],
    ]);
    expect(first).toBeGreaterThan(100);
  });

  test('translates nothing with external SNAT', () => {
    expect(kept(aws({ AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true' }))).toEqual(['0.0.0.0/0', '::/0']);
    expect(kept(aws({ AWS_VPC_K8S_CNI_EXTERNALSNAT: 'maybe' }))).toEqual([
      'MQ206 AWS_VPC_K8S_CNI_EXTERNALSNAT is true or false, not "maybe"',
    ]);
  });

  test('randomises ports unless told not to', () => {
    expect(aws({}).reading).toMatchObject({ randomFully: true });
    expect(aws({ AWS_VPC_K8S_CNI_RANDOMIZESNAT: 'none' }).reading).toMatchObject({ randomFully: false });
  });
});

describe('Calico', () => {
  const pool = (name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name }, spec });
  const felix = (spec: object, name = 'default') =>
    JSON.stringify({ apiVersion: 'crd.projectcalico.org/v1', kind: 'FelixConfiguration', metadata: { name }, spec });
  const calico = (...objects: readonly string[]) => {
    const all = many(...objects);
    expect(all.every(isCalicoObject)).toBe(true);
    return readCalico(all);
  };

  test('keeps addresses to every pool, disabled ones too, and masquerades the rest', () => {
    const read = calico(
      pool('pods', { cidr: '10.244.0.0/16', natOutgoing: true }),
      pool('lab', { cidr: '172.20.0.0/16', disabled: true }),
    );
    expect(kept(read)).toEqual(['10.244.0.0/16', '172.20.0.0/16', '::/0']);
  });

  test('keeps addresses everywhere without natOutgoing', () => {
    expect(kept(calico(pool('pods', { cidr: '10.244.0.0/16' })))).toEqual(['0.0.0.0/0', '::/0']);
  });

  test('keeps nodes when FelixConfiguration says so, and limits ports', () => {
    const read = calico(
      pool('pods', { cidr: '10.244.0.0/16', natOutgoing: true }),
      felix({ natOutgoingExclusions: 'IPPoolsAndHostIPs', natPortRange: '1024:2047' }),
    );
    expect(kept(read, OWN)).toEqual(['10.244.0.0/16', '192.168.1.0/24', '::/0']);
    expect(read.reading!.toPorts).toBe('1024-2047');
  });

  test.each([
    ['pools that differ', [pool('a', { cidr: '10.0.0.0/16' }), pool('b', { cidr: '10.1.0.0/16', natOutgoing: true })]],
    ['an address of its own', [felix({ natOutgoingAddress: '192.0.2.1' })]],
    ['an interface', [felix({ iptablesNATOutgoingInterfaceFilter: 'eth0' })]],
    ['settings of one node', [felix({ natOutgoingExclusions: 'IPPoolsOnly' }, 'node.a')]],
  ])('%s cannot be said', (_name, objects) => {
    const read = calico(...objects);
    expect(read.reading).toBeUndefined();
    expect(read.diagnostics.map(d => d.code)).toEqual(['MQ803']);
  });
});

describe("Tencent's agent", () => {
  const tencent = (file: string) => {
    const [document] = many(configMap('ip-masq-agent-config', { config: file }));
    expect(isTencentConfigMap(document!)).toBe(true);
    return readTencent(document!);
  };

  test('takes keys in capital letters', () => {
    const read = tencent(
      '{"NonMasqueradeCIDRs":["172.16.0.0/16"],"MasqLinkLocal":true,"ResyncInterval":"1m0s","NonMasqueradeSrcCIDRs":[]}',
    );
    expect(kept(read)).toEqual(['172.16.0.0/16', '::/0']);
    expect(read.reading).toMatchObject({ resyncInterval: '1m0s' });
  });

  test('sources of its own cannot be said', () => {
    expect(kept(tencent('{"NonMasqueradeSrcCIDRs":["172.16.0.2/32"]}'))).toEqual([
      'MQ803 packets of pods in 172.16.0.2/32 keep their address wherever they go, and an intent does not tell pods apart by their address; import a copy without the key, and see to these pods otherwise',
    ]);
  });
});

describe('what is switched off', () => {
  const POLICY = JSON.stringify({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEgressGatewayPolicy',
    metadata: { name: 'out' },
    spec: {
      selectors: [{ podSelector: { matchLabels: { app: 'web' } } }],
      destinationCIDRs: ['192.168.0.0/16'],
      egressGateway: { nodeSelector: {}, egressIP: '192.168.1.100' },
    },
  });
  const EGRESS = JSON.stringify({
    apiVersion: 'crd.antrea.io/v1beta1',
    kind: 'Egress',
    metadata: { name: 'out' },
    spec: { appliedTo: { podSelector: { matchLabels: { app: 'web' } } }, egressIP: '192.168.1.100' },
  });
  const antrea = (text: string) =>
    readAntrea({ values: documents(text)[0]!, egresses: documents(EGRESS), families: [4] });

  test.each([
    [
      readCilium(many(POLICY, configMap('cilium-config', { 'enable-ipv6': 'false' }))),
      'MQ803 Cilium does nothing with its egress policies without "enable-ipv4-egress-gateway: true" in its settings; set that, or leave the policies out',
    ],
    [
      antrea('featureGates: {Egress: false}'),
      'MQ803 Antrea does nothing with Egress objects like this; set it to true, or leave them out',
    ],
    [
      antrea('trafficEncapMode: networkPolicyOnly'),
      'MQ803 Antrea masquerades nothing in this mode: another CNI does, whose configuration is not among what is read',
    ],
  ])('is refused: %#', (read, said) => {
    expect(kept(read)).toEqual([said]);
  });

  test.each([
    ['', 'masqueraded'],
    ['noSNAT: true\ntrafficEncapMode: noEncap', 'preserved'],
  ])("to nodes Antrea's packets are those of pods without an Egress, with %j", (text, word) => {
    const nodes = setsOf([cidr('192.168.1.0/24')]);
    const perhaps = [{ sets: nodes, when: 'where a node has the address', role: 'nodes' as const }];
    const { egress } = readingMap(antrea(text).reading!, undefined, perhaps);
    expect(egress.map(({ decision }) => decision.rule)).toEqual([
      `policy "out": ${word} where a node has the address, else SNATed to 192.168.1.100`,
      'policy "out"',
    ]);
  });

  test.each(['enable-ipv4-egress-gateway', 'enable-egress-gateway'])('is none with %s', option => {
    expect(readCilium(many(POLICY, configMap('cilium-config', { [option]: 'true' }))).reading?.egress).toHaveLength(1);
  });
});
