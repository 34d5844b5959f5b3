import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AnthosClusterPatch,
  ClusterIntent,
  type ClusterIntentProps,
  CustomResourceDefinitions,
  EgressNATPolicyV1,
  EgressNATPolicyV1Alpha1,
  type EgressNATPolicyV1Alpha1Props,
  findingsOf,
  IpMasqAgent,
  IpMasqAgentConfigMap,
  IpMasqAgentDaemonSet,
  MasqApp,
  NetworkGatewayGroup,
} from '../../constructs';
import { nextLine } from './here';
import { errorsOf } from './synth';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'masq-tree-'));
});
afterEach(() => rmSync(outdir, { recursive: true }));

/** Both kinds of apps say the same, since both validate the whole tree. */
const APPS = [
  ['a plain App', () => new App({ outdir })],
  ['a MasqApp', () => new MasqApp({ outdir })],
] as const;

const alice: EgressNATPolicyV1Alpha1Props = {
  name: 'alice',
  egress: [{ namespaceSelector: { matchLabels: { user: 'alice' } }, podSelector: {} }],
  destinationCIDRs: ['8.8.8.0/24'],
  egressSourceIP: '192.168.1.100',
};
const everyone: EgressNATPolicyV1Alpha1Props = {
  name: 'everyone',
  egress: [{ namespaceSelector: { matchExpressions: [{ key: 'user', operator: 'Exists' }] }, podSelector: {} }],
  destinationCIDRs: ['8.8.0.0/16'],
  egressSourceIP: '192.168.1.101',
};

describe.each(APPS)('what constructs have to agree on, in %s', (_, makeApp) => {
  it('policies that claim the same packet, wherever in the tree they are', () => {
    const app = makeApp();
    const first = nextLine();
    new EgressNATPolicyV1Alpha1(new Chart(app, 'a'), 'Policy', alice);
    const second = nextLine();
    new EgressNATPolicyV1Alpha1(new Chart(new Construct(app, 'team'), 'b'), 'Policy', everyone);
    expect(errorsOf(app)).toEqual([
      `[team/b/Policy] MQ508 policies "alice" and "everyone" both claim packets from pod {} in namespace {user: alice} to 8.8.8.0, with source IPs 192.168.1.100 and 192.168.1.101; make them disjoint (metadata.name) at ${second}; policy "alice": [a/Policy] ${first}`,
    ]);
    expect(readdirSync(outdir)).toEqual([]);
  });

  it('three policies at odds: each pair once', () => {
    const app = makeApp();
    const chart = new Chart(app, 'net');
    const third = { ...alice, name: 'third', egressSourceIP: '192.168.1.102' };
    for (const props of [alice, everyone, third]) new EgressNATPolicyV1Alpha1(chart, props.name, props);
    const said = errorsOf(app).map(line =>
      /^\[(.*)\] (MQ\d+) policies ("\w+" and "\w+") /.exec(line)?.slice(1).join(' '),
    );
    expect(said).toEqual([
      'net/everyone MQ508 "alice" and "everyone"',
      'net/third MQ508 "alice" and "third"',
      'net/third MQ508 "everyone" and "third"',
    ]);
  });

  it('a source IP that two policies share, and one that does not float', () => {
    const app = makeApp();
    const chart = new Chart(app, 'net');
    new NetworkGatewayGroup(chart, 'Gateway', { namespace: 'c', floatingIPs: ['192.168.1.100', '192.168.1.200'] });
    const first = nextLine();
    new EgressNATPolicyV1Alpha1(chart, 'Alice', alice);
    const shared = nextLine();
    new EgressNATPolicyV1Alpha1(chart, 'Shared', { ...everyone, egressSourceIP: '192.168.1.100' });
    const other = nextLine();
    new EgressNATPolicyV1Alpha1(chart, 'Other', {
      ...alice,
      name: 'other',
      egressSourceIP: '192.168.1.7',
      destinationCIDRs: ['9.9.9.9/32'],
    });
    expect(errorsOf(app)).toEqual([
      `[net/Shared] MQ502 policies "alice" and "everyone" share egressSourceIP "192.168.1.100"; each needs one of its own (spec.egressSourceIP) at ${shared}; policy "alice": [net/Alice] ${first}`,
      `[net/Other] MQ501 egressSourceIP "192.168.1.7" is not among the floating IPs (192.168.1.100, 192.168.1.200); the policy would not be served (spec.egressSourceIP) at ${other}`,
    ]);
  });

  it('an object that two constructs make', () => {
    const app = makeApp();
    const chart = new Chart(app, 'net');
    const config = { nonMasqueradeCIDRs: ['10.0.0.0/8'] };
    const one = nextLine();
    new IpMasqAgent(chart, 'One', { config });
    const two = nextLine();
    new IpMasqAgent(chart, 'Two', { config });
    const v1 = nextLine();
    new EgressNATPolicyV1(chart, 'V1', { name: 'default', destinations: ['10.0.0.0/8'] });
    const again = nextLine();
    new EgressNATPolicyV1(chart, 'V1Again', { name: 'default', destinations: ['10.0.0.0/8'] });
    const both = 'is defined twice; the later one overwrites the earlier (metadata.name)';
    expect(errorsOf(app)).toEqual([
      `[net/Two] MQ605 ServiceAccount "ip-masq-agent" in namespace "kube-system" ${both} at ${two}; the first one: [net/One] ${one}`,
      `[net/Two/Config] MQ605 ConfigMap "ip-masq-agent" in namespace "kube-system" ${both} at ${two}; the first one: [net/One/Config] ${one}`,
      `[net/Two/Agent] MQ605 DaemonSet "ip-masq-agent" in namespace "kube-system" ${both} at ${two}; the first one: [net/One/Agent] ${one}`,
      `[net/V1Again] MQ605 EgressNATPolicy "default" ${both} at ${again}; the first one: [net/V1] ${v1}`,
    ]);
  });

  it('an object of another package: the construct of ours reports it, whichever comes first', () => {
    const app = makeApp();
    const chart = new Chart(app, 'net');
    const raw = (id: string, name: string) =>
      new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' } });
    raw('Before', 'early');
    const early = nextLine();
    new IpMasqAgentConfigMap(chart, 'Early', { name: 'early', nonMasqueradeCIDRs: ['10.0.0.0/8'] });
    const late = nextLine();
    new IpMasqAgentConfigMap(chart, 'Late', { name: 'late', nonMasqueradeCIDRs: ['10.0.0.0/8'] });
    raw('After', 'late');
    raw('Foreign', 'foreign');
    raw('ForeignAgain', 'foreign');
    const both = 'in namespace "kube-system" is defined twice; the later one overwrites the earlier (metadata.name)';
    expect(errorsOf(app)).toEqual([
      `[net/Early] MQ605 ConfigMap "early" ${both} at ${early}; the first one: [net/Before]`,
      `[net/Late] MQ605 ConfigMap "late" ${both} at ${late}; the other one: [net/After]`,
    ]);
  });

  it('definitions that exclude each other, and a Cluster that is patched twice', () => {
    const app = makeApp();
    const chart = new Chart(app, 'net');
    new CustomResourceDefinitions(chart, 'Definitions', { names: ['EgressNATPolicyV1', 'EgressNATPolicyV1Alpha1'] });
    for (const id of ['Patch', 'Again']) new AnthosClusterPatch(chart, id, { name: 'cluster1' });
    expect(errorsOf(app).map(line => line.replace(/ at .*? the first one:/, ' …').replace(/\S+\.ts:\d+$/, ''))).toEqual(
      [
        '[net/Definitions] MQ605 CustomResourceDefinition "egressnatpolicies.networking.gke.io" is defined twice; the later one overwrites the earlier (metadata.name) … [net/Definitions] ',
        '[net/Again] MQ605 Cluster "cluster1" in namespace "cluster-cluster1" is defined twice; the later one overwrites the earlier (metadata.name) … [net/Patch] ',
      ],
    );
  });

  it('names that the agent’s objects disagree on', () => {
    const app = makeApp();
    const chart = new Chart(app, 'net');
    const list = nextLine();
    new IpMasqAgentConfigMap(chart, 'List', { name: 'list', nonMasqueradeCIDRs: ['10.0.0.0/8'] });
    const agent = nextLine();
    new IpMasqAgentDaemonSet(chart, 'Agent');
    expect(errorsOf(app)).toEqual([
      `[net/Agent] MQ602 the DaemonSet reads ConfigMap "ip-masq-agent", but the one beside it is called "list"; the agent would use its built-in list (spec.template.spec.volumes[0].configMap.name) at ${agent}; the ConfigMap: [net/List] ${list}`,
    ]);
  });

  it('clusters of one name', () => {
    const app = makeApp();
    const first = nextLine();
    new ClusterIntent(app, 'prod', CLUSTER);
    const second = nextLine();
    new ClusterIntent(new Chart(app, 'fleet'), 'Intent', { ...CLUSTER, clusterName: 'prod' });
    const third = nextLine();
    new ClusterIntent(app, 'third', { ...CLUSTER, clusterName: 'prod' });
    const message = 'MQ214 intent "prod" is defined twice; both would render to the same folder';
    expect(errorsOf(app)).toEqual([
      `[fleet/Intent] ${message} at ${second}; the first one: [prod] ${first}`,
      `[third] ${message} at ${third}; the first one: [prod] ${first}`,
    ]);
  });

  it('what is added to a cluster’s chart', () => {
    const app = makeApp();
    const cluster = new ClusterIntent(app, 'prod', {
      ...CLUSTER,
      egress: {
        floatingIPs: ['192.168.1.100', '192.168.1.101'],
        policies: [
          { name: 'alice', from: [...alice.egress], to: alice.destinationCIDRs, sourceIP: alice.egressSourceIP },
        ],
      },
    });
    expect(findingsOf(cluster)).toEqual([]);
    const line = nextLine();
    new EgressNATPolicyV1Alpha1(cluster, 'Extra', everyone);
    const found = errorsOf(app);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^\[prod\/Extra\] MQ508 policies "alice" and "everyone" both claim /);
    expect(found[0]).toContain(` at ${line}; policy "alice": [prod/EgressNATPolicy-alice] test/`);
  });
});

const CLUSTER = {
  platform: 'kubernetes',
  network: { nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
} as const;

describe('objects of two charts', () => {
  it.each([false, true])('are held against each other, with the same agent in both: %s', agents => {
    const app = new App({ outdir });
    for (const [i, name] of ['one', 'two'].entries()) {
      const chart = new Chart(app, name);
      if (agents) new IpMasqAgent(chart, 'Agent', { config: { nonMasqueradeCIDRs: ['10.0.0.0/8'] } });
      const egressSourceIP = `192.168.1.${100 + i}`;
      new EgressNATPolicyV1Alpha1(chart, 'Policy', { ...alice, name, egressSourceIP });
    }
    const found = errorsOf(app);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^\[two\/Policy\] MQ508 policies "one" and "two" both claim /);
  });
});

describe('no complaint', () => {
  const config = { nonMasqueradeCIDRs: ['10.0.0.0/8'] };

  it('of the same objects in two charts, each of which may be a cluster', () => {
    const app = new App({ outdir });
    for (const stage of ['staging', 'production']) {
      const chart = new Chart(app, stage);
      new IpMasqAgent(chart, 'Agent', { config });
      const egressSourceIP = stage === 'staging' ? '192.168.1.100' : '192.168.1.101';
      new EgressNATPolicyV1Alpha1(chart, 'Policy', { ...alice, egressSourceIP });
    }
    expect(errorsOf(app)).toEqual([]);
    expect(findingsOf(app)).toEqual([]);
  });

  it('of two clusters in one chart, and of a chart beside them', () => {
    const app = new App({ outdir });
    const fleet = new Chart(app, 'fleet');
    for (const name of ['a', 'b'])
      new ClusterIntent(fleet, name, { ...CLUSTER, masquerade: { preserve: ['rfc1918'] } });
    new IpMasqAgent(fleet, 'Own', { config });
    expect(errorsOf(app)).toEqual([]);
    expect(findingsOf(app)).toEqual([]);
  });
});

const intent: ClusterIntentProps = {
  platform: 'kubernetes',
  network: { nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
  masquerade: { preserve: ['rfc1918'] },
};

/** The first object of a kind below a construct. */
function objectOf(root: IConstruct, kind: string): ApiObject {
  const objects = root.node.findAll().filter(node => ApiObject.isApiObject(node));
  return objects.find(object => object.kind === kind)!;
}

describe('an object is checked as it is rendered', () => {
  it('patches and added labels included', () => {
    const app = new App({ outdir });
    const chart = new Chart(app, 'net', { labels: { 'app.kubernetes.io/part of': 'net' } });
    const line = nextLine();
    const policy = new EgressNATPolicyV1(chart, 'Policy', { name: 'default', destinations: ['10.0.0.0/8'] });
    policy.apiObject.addJsonPatch(JsonPatch.replace('/spec/destinations/0/cidr', '10.0.0.0/33'));
    policy.apiObject.metadata.addAnnotation('bad key', 'x');
    expect(errorsOf(app)).toEqual([
      `[net/Policy] MQ518 "app.kubernetes.io/part of" is no label key; write a name of at most 63 letters, digits, ".", "_" or "-" behind one lower-case DNS name and "/" (metadata.labels["app.kubernetes.io/part of"]) at ${line}`,
      `[net/Policy] MQ518 "bad key" is no annotation key; write a name of at most 63 letters, digits, ".", "_" or "-" (metadata.annotations["bad key"]) at ${line}`,
      `[net/Policy] MQ105 CIDR "10.0.0.0/33": prefix length 33 is out of range; write one from 0 to 32 for IPv4 (spec.destinations[0].cidr) at ${line}`,
    ]);
  });

  it('anew in each validation, and by a construct alone', () => {
    const app = new App({ outdir });
    const policy = new EgressNATPolicyV1(new Chart(app, 'net'), 'Policy', {
      name: 'one',
      destinations: ['10.0.0.0/8'],
    });
    expect(errorsOf(app)).toEqual([]);
    policy.apiObject.addJsonPatch(JsonPatch.replace('/metadata/name', 'Two'));
    expect(policy.node.validate()).toHaveLength(1);
    expect(errorsOf(app)).toHaveLength(1);
    policy.apiObject.addJsonPatch(JsonPatch.replace('/metadata/name', 'three'));
    expect(policy.node.validate()).toEqual([]);
    expect(errorsOf(app)).toEqual([]);
  });

  it('a slip that several parts of one construct repeat is told once', () => {
    const app = new App({ outdir });
    const config = { nonMasqueradeCIDRs: ['10.0.0.0/8'] };
    new IpMasqAgent(new Chart(app, 'net'), 'Agent', { config, labels: { team: 'no blanks' } });
    expect(errorsOf(app).map(line => line.slice(0, 50))).toEqual([
      '[net/Agent/Config] MQ518 "no blanks" is no label v',
    ]);
  });

  it.each(APPS)('with all that patches bring, of whatever type, in %s', (_, makeApp) => {
    const app = makeApp();
    const chart = new ClusterIntent(app, 'own', intent);
    const daemonSet = objectOf(chart, 'DaemonSet');
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } };
    const resources = { requests: { cpu: '10m' }, limits: { memory: 64_000_000 } };
    daemonSet.addJsonPatch(
      JsonPatch.add('/spec/updateStrategy', updateStrategy),
      JsonPatch.add('/spec/template/spec/containers/0/resources', resources),
    );
    expect(errorsOf(app)).toEqual([]);
    const { spec } = daemonSet.toJson();
    expect([spec.updateStrategy, spec.template.spec.containers[0].resources]).toEqual([updateStrategy, resources]);
  });

  it.each(APPS)('and refused with keys that its kind does not have, in %s', (_, makeApp) => {
    const app = makeApp();
    const chart = new ClusterIntent(app, 'own', intent);
    const daemonSet = objectOf(chart, 'DaemonSet');
    daemonSet.addJsonPatch(JsonPatch.add('/spec/template/spec/tolerationz', [{ operator: 'Exists' }]));
    expect(errorsOf(app)).toEqual([
      expect.stringContaining('at spec.template.spec.tolerationz where nothing is planned'),
    ]);
  });

  it.each(APPS)('and refused with a null that a patch put there, in %s', (_, makeApp) => {
    const app = makeApp();
    const config = { nonMasqueradeCIDRs: ['10.0.0.0/8'] };
    const chart = new Chart(app, 'net');
    const line = nextLine();
    const agent = new IpMasqAgent(chart, 'Agent', { config });
    agent.configMap!.apiObject.addJsonPatch(JsonPatch.add('/immutable', null));
    expect(errorsOf(app)).toEqual([
      `[net/Agent/Config] MQ211 immutable is null; write a value, or remove the key (immutable) at ${line}`,
    ]);
  });

  it('what cdk8s cannot render is left to cdk8s', () => {
    const app = new App({ outdir });
    const policy = new EgressNATPolicyV1(new Chart(app, 'net'), 'Policy', {
      name: 'one',
      destinations: ['10.0.0.0/8'],
    });
    policy.apiObject.addJsonPatch(JsonPatch.add('/nothing/at/all', 1));
    expect(() => app.synth()).toThrow(/^Failed serializing construct at path 'net\/Policy\/Policy'/);
  });
});
