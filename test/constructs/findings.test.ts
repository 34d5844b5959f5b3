import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ClusterIntent,
  EgressNATPolicyV1,
  EgressNATPolicyV1Alpha1,
  findingsOf,
  IpMasqAgent,
  IpMasqAgentConfigMap,
  IpMasqAgentDaemonSet,
  intentsFromFile,
  NetworkGatewayGroup,
} from '../../constructs';
import { nextLine } from './here';
import { errorsOf } from './synth';

const network = { nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masq-constructs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the synth of a plain cdk8s app', () => {
  it('tells all errors at once, each with the construct’s path and the program’s line', () => {
    const app = new App({ outdir: folder });
    const chart = new Chart(app, 'net');
    const config = nextLine();
    new IpMasqAgentConfigMap(chart, 'Config', { nonMasqueradeCIDRs: ['10.0.0.1/8', '256.0.0.0/8'] });
    const agent = nextLine();
    new IpMasqAgentDaemonSet(chart, 'Agent', { gke: true, masqChain: 'KUBE-X', toPorts: ['9-1'] });
    const policy = nextLine();
    new EgressNATPolicyV1(chart, 'Policy', { name: 'gke-0123abcd-1', destinations: ['10.0.0.0'] });
    const gateway = nextLine();
    new NetworkGatewayGroup(chart, 'Gateway', {
      namespace: 'cluster-c',
      floatingIPs: ['2001:db8::1', '192.168.1.300'],
    });
    const alpha = nextLine();
    new EgressNATPolicyV1Alpha1(chart, 'Alpha', {
      name: 'partners',
      egress: [],
      destinationCIDRs: ['203.0.113.0/24'],
      egressSourceIP: '192.168.1.100/32',
    });
    const intent = nextLine();
    new ClusterIntent(app, 'prod', { platform: 'kubernetes', network, masquerade: { preserve: ['rfc1981'] } });
    expect(errorsOf(app)).toEqual([
      `[net/Config] MQ101 CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"? (nonMasqueradeCIDRs[0]) at ${config}`,
      `[net/Config] MQ103 CIDR "256.0.0.0/8": 256 is out of range; write a number from 0 to 255 (nonMasqueradeCIDRs[1]) at ${config}`,
      `[net/Agent] MQ401 chain "KUBE-X" does not replace GKE's own rules; write "IP-MASQ", or leave it out (masqChain) at ${agent}`,
      `[net/Agent] MQ312 port range "9-1" runs backwards; write "1-9" (toPorts[0]) at ${agent}`,
      `[net/Policy] MQ410 "gke-0123abcd-1" is the name of a GKE-managed policy, which cannot be written; choose another (metadata.name) at ${policy}`,
      `[net/Policy] MQ106 CIDR "10.0.0.0" has no prefix length; write "10.0.0.0/32" for one address (spec.destinations[0].cidr) at ${policy}`,
      `[net/Gateway] MQ103 address "192.168.1.300": 300 is out of range; write a number from 0 to 255 (spec.floatingIPs[1]) at ${gateway}`,
      `[net/Gateway] MQ507 "2001:db8::1" is IPv6; the egress NAT gateway handles IPv4 only (spec.floatingIPs[0]) at ${gateway}`,
      `[net/Alpha] MQ206 props.egress is empty; at least 1 is needed (props.egress) at ${alpha}`,
      `[net/Alpha] MQ112 address "192.168.1.100/32" is a CIDR, not one address; write "192.168.1.100" (spec.egressSourceIP) at ${alpha}`,
      `[prod] MQ113 no range is named "rfc1981"; did you mean "rfc1918"? (props.masquerade.preserve[0]) at ${intent}`,
    ]);
  });

  it('tells all mistakes of an intent at once, in the words of its props, whatever its id is', () => {
    const app = new App({ outdir: folder });
    const line = nextLine();
    new ClusterIntent(app, 'Prod_Bad', {
      platform: 'gke-autopilot',
      network: { ...network, podCIDRs: '10.244.0.0/16' as never },
      masquerade: { preserve: ['10.0.0.1/8'], defaultPolicy: 'replace' },
      labels: { 'a b': 'spec.x' },
    });
    const place = (path: string) => `(${path}) at ${line}`;
    expect(errorsOf(app)).toEqual([
      `[Prod_Bad] MQ615 the construct's id "Prod_Bad" is not allowed as the cluster's name; write props.clusterName, a DNS label: lower-case letters, digits and dashes, at most 63 ${place('props.clusterName')}`,
      `[Prod_Bad] MQ204 props.network.podCIDRs "10.244.0.0/16" is text; a list is wanted: write [10.244.0.0/16] ${place('props.network.podCIDRs')}`,
      `[Prod_Bad] MQ518 "a b" is no label key; write a name of at most 63 letters, digits, ".", "_" or "-" ${place('props.labels["a b"]')}`,
      expect.stringMatching(/^\[Prod_Bad\] MQ101 /),
      expect.stringMatching(/^\[Prod_Bad\] MQ205 props lacks the key "version"/),
    ]);
  });

  it('says where a key of the agent’s file belongs', () => {
    const app = new App({ outdir: folder });
    const line = nextLine();
    new IpMasqAgent(new Chart(app, 'net'), 'Agent', { nonMasqueradeCIDRs: ['10.0.0.0/8'] } as never);
    expect(errorsOf(app)).toEqual([
      `[net/Agent] MQ203 unknown key "nonMasqueradeCIDRs" in props; it belongs in "config": write config: { nonMasqueradeCIDRs: ... } (props.nonMasqueradeCIDRs) at ${line}`,
    ]);
  });

  it('works when there is none', () => {
    const app = new App({ outdir: folder });
    new ClusterIntent(app, 'prod', { platform: 'kubernetes', network, masquerade: { preserve: ['rfc1918'] } });
    expect(errorsOf(app)).toEqual([]);
  });

  it('names the line of the program, not of a function of ours that it calls', () => {
    const app = new App({ outdir: folder });
    const agent = nextLine();
    new IpMasqAgent(new Chart(app, 'net'), 'Agent', { config: { nonMasqueradeCIDRs: ['10.0.0.1/8'] } });
    expect(errorsOf(app)).toEqual([
      `[net/Agent/Config] MQ101 CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"? (nonMasqueradeCIDRs[0]) at ${agent}`,
    ]);
  });
});

describe('findingsOf', () => {
  it('has warnings and notes too, which stop nothing', () => {
    const chart = new Chart(Testing.app(), 'net');
    const line = nextLine();
    new IpMasqAgent(chart, 'Agent', { config: { nonMasqueradeCIDRs: [], masqLinkLocal: true } });
    const bare = new Chart(Testing.app(), 'bare');
    new IpMasqAgent(bare, 'Agent');
    const found = [chart, bare].flatMap(findingsOf).map(d => `${d.construct} ${d.severity} ${d.code}`);
    expect(found).toEqual(['net/Agent/Config warning MQ307', 'bare/Agent warning MQ310']);
    const { file, range } = findingsOf(chart)[0]!;
    expect(`${file}:${range!.start.line}`).toBe(line);
  });

  it('has those of a whole intent', () => {
    const { serviceCIDRs: _, ...facts } = network;
    const intent = new ClusterIntent(Testing.app(), 'prod', {
      platform: 'kubernetes',
      network: facts,
      masquerade: { preserve: ['rfc1918', '10.0.0.0/8'] },
    });
    expect(findingsOf(intent).map(d => d.code)).toEqual(['MQ315', 'MQ121']);
    expect(Testing.synth(intent).map(object => object.kind)).toEqual(['ConfigMap', 'ServiceAccount', 'DaemonSet']);
  });

  it('has the difference, when somebody changes what was rendered', () => {
    const app = new App({ outdir: folder });
    const intent = new ClusterIntent(app, 'prod', {
      platform: 'gke-autopilot',
      version: '1.29.4-gke.1043000',
      network,
      masquerade: { preserve: ['172.16.0.0/12'], defaultPolicy: 'replace' },
    });
    expect(findingsOf(intent)).toEqual([]);
    const [policy] = intent.node.findAll().filter(node => ApiObject.isApiObject(node)) as ApiObject[];
    policy!.addJsonPatch(JsonPatch.add('/spec/destinations/0', { cidr: '8.8.8.0/24' }));
    expect(findingsOf(intent).map(d => d.message)).toEqual([
      'a packet to 8.8.8.0 is masqueraded (everything that no policy preserves) by the intent, but preserved (EgressNATPolicy) by the policies together',
    ]);
    expect(errorsOf(app)).toHaveLength(1);
  });
});

describe('intentsFromFile', () => {
  const document = (name: string, range: string) => `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: ${name}}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  masquerade: {preserve: [${range}]}
`;

  it('makes a chart of each document, in order', () => {
    const file = join(folder, 'fleet.yaml');
    writeFileSync(file, `${document('us', 'rfc1918')}---\n${document('eu', '172.16.0.0/12')}`);
    const app = new App({ outdir: join(folder, 'dist') });
    const charts = intentsFromFile(app, file);
    expect(charts.map(chart => [chart.node.path, chart.clusterName])).toEqual([
      ['us', 'us'],
      ['eu', 'eu'],
    ]);
    expect(errorsOf(app)).toEqual([]);
  });

  it('reports what is wrong at the file’s own lines, and renders nothing then', () => {
    const file = join(folder, 'fleet.yaml');
    writeFileSync(file, `${document('us', 'rfc1918')}---\n${document('eu', '172.16.0.1/12')}`);
    const app = new App({ outdir: join(folder, 'dist') });
    const charts = intentsFromFile(app, file);
    expect(charts.map(chart => [chart.clusterName, chart.apiObjects, chart.node.children])).toEqual([
      ['us', [], []],
      ['eu', [], []],
    ]);
    expect(errorsOf(app)).toEqual([
      `[eu] MQ101 CIDR "172.16.0.1/12" has host bits set; did you mean "172.16.0.0/12"? (spec.masquerade.preserve[0]) at ${file}:15`,
    ]);
  });

  it('reports what is about no cluster by a construct that is called as the file', () => {
    const file = join(folder, 'fleet.yaml');
    const ranges = 'apiVersion: masq/v1alpha1\nkind: RangeSet\nmetadata: {name: r}\nranges: {lab: [10.0.0.1/8]}\n';
    writeFileSync(file, `${document('us', 'rfc1918')}---\n${ranges}---\n${document('eu', 'lab')}`);
    const app = new App({ outdir: join(folder, 'dist') });
    new Chart(app, 'fleet.yaml');
    intentsFromFile(app, file);
    expect(errorsOf(app)).toEqual([
      `[fleet.yaml-2] MQ101 CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"? (ranges.lab[0]) at ${file}:12`,
    ]);
  });

  it('reports a cluster that another file has made', () => {
    const files = ['a.yaml', 'b.yaml'].map(name => join(folder, name));
    for (const file of files) writeFileSync(file, document('us', 'rfc1918'));
    const app = new App({ outdir: join(folder, 'dist') });
    expect(files.map(file => intentsFromFile(app, file).length)).toEqual([1, 1]);
    expect(errorsOf(app)).toEqual([
      `[us-2] MQ214 intent "us" is defined twice; both would render to the same folder (metadata.name) at ${files[1]}:3; the first one: [us] ${files[0]}:3`,
    ]);
  });

  it('reports a file that cannot be read, at the line of the program', () => {
    const app = new App({ outdir: join(folder, 'dist') });
    writeFileSync(join(folder, 'utf16.yaml'), '\ufeffapiVersion: masq/v1alpha1\n', 'utf16le');
    const lines: string[] = [];
    for (const name of ['none.yaml', '.', 'utf16.yaml', '']) {
      lines.push(nextLine());
      expect(intentsFromFile(app, name && join(folder, name))).toEqual([]);
    }
    expect(errorsOf(app)).toEqual([
      `[none.yaml] MQ904 "${folder}/none.yaml" cannot be read: it does not exist at ${lines[0]}`,
      `[${folder.split('/').at(-1)}] MQ904 "${folder}" cannot be read: it is a folder at ${lines[1]}`,
      `[utf16.yaml] MQ217 "${folder}/utf16.yaml" is not UTF-8 text; save it as UTF-8 at ${lines[2]}`,
      `[file] MQ904 "" cannot be read: it does not exist at ${lines[3]}`,
    ]);
  });
});
