import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import * as exported from '../../constructs';
import { findingsOf, MasqApp } from '../../constructs';
import { errorsOf } from './synth';

/** A construct as a program in JavaScript sees it: props can be anything. */
type AnyConstruct = new (scope: Construct, id: string, props?: unknown) => Construct;

const name = 'x';
const namespace = 'ns';
const common = { labels: { a: 'b' }, annotations: { c: 'd' } };
const agent = {
  ...common,
  name,
  namespace,
  configMapName: 'list',
  flavor: 'masq',
  image: 'registry.example/agent:1',
  gke: false,
  dataplaneV2: false,
  masqChain: 'MASQ',
  nomasqAllReservedRanges: false,
  enableIPv6: false,
  randomFully: true,
  toPorts: ['1024-2000'],
  backend: 'nftables',
  logFormat: 'json',
  metrics: { port: 9898, address: '127.0.0.1' },
  nodeSelector: { a: 'b' },
  priorityClassName: 'p',
  resources: { requests: { cpu: '1' }, limits: { cpu: '1' } },
};
const gateway = { ...common, namespace, name: 'default', floatingIPs: ['192.168.1.1', '192.168.1.2'] };

const kinds = [{ group: '', kind: 'ConfigMap', namespaced: true }];
const clusters = ['a', 'b'].map(cluster => ({ name: cluster, kinds, namespaces: ['kube-system'] }));
const repo = 'https://git.example/network/clusters.git';
const source = { ...common, source: 'git', name, namespace, repo, revision: 'main', path: 'dist', secret: 'key' };
const flux = { ...source, serviceAccountName: 'account', timeout: '5m0s' };
const argoCd = { ...common, name, namespace, project: 'net', repo, revision: 'main', path: 'dist' };
const stages = { canaries: ['a'], destinations: { a: 'somewhere' } };

/** Every construct that has props of its own, with all of them. */
const CONSTRUCTS = {
  AnthosClusterPatch: { ...common, name, namespace, enable: 'annotation' },
  AnthosNetworkGateway: gateway,
  NetworkGatewayGroup: gateway,
  CustomResourceDefinitions: { ...common, names: ['EgressNATPolicyV1'] },
  EgressNATPolicyV1: { ...common, name, destinations: ['10.0.0.0/8'], internetRoute: 'cloud-nat' },
  EgressNATPolicyV1Alpha1: {
    ...common,
    name,
    egress: [{ namespaceSelector: { matchLabels: { a: 'b' } }, podSelector: {} }],
    destinationCIDRs: ['8.8.8.0/24'],
    egressSourceIP: '192.168.1.1',
  },
  IpMasqAgentConfigMap: {
    ...common,
    nonMasqueradeCIDRs: ['10.0.0.0/8', { cidr: '172.16.0.0/12', note: 'x' }],
    masqLinkLocal: false,
    masqLinkLocalIPv6: false,
    resyncInterval: '60s',
    cidrLimit: 64,
    internetRoute: 'cloud-nat',
    name,
    namespace,
  },
  IpMasqAgentDaemonSet: { ...agent, serviceAccountName: 'account' },
  IpMasqAgent: { ...agent, serviceAccount: true, daemonSet: true, config: { nonMasqueradeCIDRs: ['10.0.0.0/8'] } },
  ClusterIntent: {
    ...common,
    clusterName: 'prod',
    platform: 'kubernetes',
    version: '1.29.4',
    network: { nodeCIDRs: ['192.168.1.0/24'], podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/12'] },
    ranges: { lab: ['10.0.0.0/8'] },
    masquerade: { preserve: ['rfc1918', 'lab'] },
    agent: {},
    egress: { floatingIPs: ['192.168.1.100', '192.168.1.101'] },
  },
  IntentChart: { name, model: undefined, diagnostics: [] },
  ArgoCdApplication: { ...argoCd, destination: 'a' },
  ArgoCdApplicationSet: { ...argoCd, ...stages, exclude: ['c'], maxUpdate: 2 },
  ArgoCdFleet: { ...argoCd, ...stages, clusters, style: 'applicationset', exclude: ['c'], maxUpdate: '50%' },
  ArgoCdProject: {
    ...common,
    name,
    namespace,
    repo,
    destinations: [{ cluster: 'a', namespaces: ['kube-system'] }],
    kinds,
    description: 'x',
  },
  FluxCluster: { ...flux, cluster: 'a' },
  FluxFleet: { ...flux, ...stages, clusters },
  FluxKustomization: {
    ...common,
    name,
    namespace,
    source: 'git',
    sourceName: 'masq',
    path: 'dist/a',
    dependsOn: ['b'],
    kubeConfigSecret: 'a-kubeconfig',
    serviceAccountName: 'account',
    timeout: '5m0s',
  },
  FluxSource: { ...source, cluster: 'a' },
} satisfies Partial<Record<keyof typeof exported, object>>;

const CLASSES: Readonly<Record<string, unknown>> = { ...exported };

type Name = keyof typeof CONSTRUCTS;
const NAMES = Object.keys(CONSTRUCTS) as Name[];

/** An app with one construct of some props, made as JavaScript would. */
function appWith(construct: Name, props: unknown): App {
  const app = new App({ outdir: '/nonexistent/never-written' });
  const isChart = construct === 'ClusterIntent' || construct === 'IntentChart';
  new (CLASSES[construct] as AnyConstruct)(isChart ? app : new Chart(app, 'chart'), 'thing', props);
  app.synth = () => {
    const errors = app.node
      .findAll()
      .flatMap(node => node.node.validate().map(error => `[${node.node.path}] ${error}`));
    if (errors.length > 0) throw new Error(['Validation failed with the following errors:', ...errors].join('\n  '));
  };
  return app;
}

const said = (construct: Name, props: unknown): string[] =>
  errorsOf(appWith(construct, props)).map(line =>
    line.replace(/ at test\/constructs\/props\.test\.ts:\d+$/, ' at HERE'),
  );

it('every construct is here', () => {
  const classes = Object.entries(exported).filter(([, value]) => /^class /.test(String(value)));
  expect(classes.map(([key]) => key).sort()).toEqual([...NAMES, 'MasqApp'].sort());
});

describe.each(NAMES)('%s', construct => {
  const good: Readonly<Record<string, unknown>> = CONSTRUCTS[construct];
  const keys = Object.keys(good);

  it('takes all of its props', () => {
    expect(said(construct, good)).toEqual([]);
  });

  it.each([undefined, null, 5, 'text', [], () => {}])('is made of the props %j, and says what is wrong', props => {
    for (const line of said(construct, props)) expect(line).toMatch(/^\[\S+\] MQ\d{3} .* at HERE$/);
  });

  it('says that a prop is unknown', () => {
    const [line, ...more] = said(construct, { ...good, lables: {} });
    expect(line).toMatch(/MQ203 unknown key "lables" in (?:props|spec); (?:did you mean "labels"\?|known keys: )/);
    expect(more).toEqual([]);
  });

  const WRONG: readonly unknown[] = [
    5,
    Number.NaN,
    -1,
    true,
    [5],
    [null],
    5n,
    Symbol('s'),
    () => {},
    new Map(),
    {},
    '',
  ];
  /** What is allowed of the above, or means what is meant without it. */
  const fine = (key: string, wrong: unknown): boolean =>
    (typeof good[key] === typeof wrong && (typeof wrong === 'boolean' || (key === 'cidrLimit' && wrong === 5))) ||
    (key === 'maxUpdate' && wrong === 5) ||
    (isPlain(wrong) && isPlain(good[key]) && !['config', 'network', 'masquerade', 'egress'].includes(key)) ||
    (construct === 'ClusterIntent' && wrong instanceof Map && key !== 'clusterName') ||
    (construct === 'IntentChart' && key === 'model' && wrong === undefined);

  it.each(keys)('says what is wrong with %s, in one line and with its place', key => {
    for (const wrong of WRONG) {
      if (fine(key, wrong)) continue;
      const lines = said(construct, { ...good, [key]: wrong });
      expect(lines.length, `${key}: ${String(wrong)}`).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatch(/^\[\S+\] MQ\d{3} .*\(.*\) at HERE$/);
    }
  });
});

function isPlain(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

describe('what is said', () => {
  it.each<[Name, object, string[]]>([
    [
      'AnthosClusterPatch',
      { name: 'Prod', enable: 'foo' },
      [
        '[chart/thing] MQ615 props.name "Prod" is not allowed; write "prod" (props.name) at HERE',
        '[chart/thing] MQ206 props.enable cannot be "foo"; write "annotation" or "advancedNetworking" (props.enable) at HERE',
      ],
    ],
    [
      'CustomResourceDefinitions',
      { names: ['EgressNATPolicyV2', 'NetworkGatewayGroup'] },
      [
        '[chart/thing] MQ206 props.names[0] cannot be "EgressNATPolicyV2"; did you mean "EgressNATPolicyV1"? (props.names[0]) at HERE',
      ],
    ],
    [
      'EgressNATPolicyV1',
      { destinations: '10.0.0.0/8', labels: { team: 5 } },
      [
        '[chart/thing] MQ205 props lacks the key "name" (props) at HERE',
        '[chart/thing] MQ204 props.destinations "10.0.0.0/8" is text; a list is wanted: write [10.0.0.0/8] (props.destinations) at HERE',
        '[chart/thing] MQ204 props.labels.team is a number; text is wanted: write "5" (props.labels.team) at HERE',
      ],
    ],
    [
      'NetworkGatewayGroup',
      { namespace: 'x'.repeat(64), floatingIPs: [new Date(0)], labels: new Map([['a', 'b']]) },
      [
        `[chart/thing] MQ206 props.namespace "${'x'.repeat(64)}" is not allowed; write a DNS label: lower-case letters, digits and dashes, at most 63 (props.namespace) at HERE`,
        '[chart/thing] MQ204 props.floatingIPs[0] is a Date; text is wanted (props.floatingIPs[0]) at HERE',
        '[chart/thing] MQ204 props.labels is a Map; write a map such as {key: value} (props.labels) at HERE',
      ],
    ],
    [
      'IpMasqAgentConfigMap',
      {
        nonMasqueradeCIDRs: [{ cdir: '10.0.0.0/8' }, '10.0.0.1/8', 5],
        cidrLimit: Number.NaN,
        resyncInterval: '60s # x',
      },
      [
        '[chart/thing] MQ203 unknown key "cdir" in props.nonMasqueradeCIDRs[0]; did you mean "cidr"? (props.nonMasqueradeCIDRs[0].cdir) at HERE',
        '[chart/thing] MQ204 props.nonMasqueradeCIDRs[2] 5 is a number; write a CIDR, or a map with "cidr" and perhaps "note" (props.nonMasqueradeCIDRs[2]) at HERE',
        '[chart/thing] MQ204 props.cidrLimit NaN is a number; a whole number is wanted (props.cidrLimit) at HERE',
        '[chart/thing] MQ101 CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"? (nonMasqueradeCIDRs[1]) at HERE',
        '[chart/thing] MQ216 resyncInterval "60s # x" is no Go duration; write one such as 60s, 500ms or 1h30m (resyncInterval) at HERE',
      ],
    ],
    [
      'IpMasqAgentDaemonSet',
      { image: 'Bad Image', resources: { requests: { cpu: 'many', gpu: '1' } }, nodeSelector: { 'a b': 'c' } },
      [
        '[chart/thing] MQ206 props.image "Bad Image" is not allowed; write an image reference such as registry.example/ip-masq-agent:v2.8.0, or one with @sha256: and 64 hex digits behind it (props.image) at HERE',
        '[chart/thing] MQ206 the name "gpu" in props.resources.requests is not allowed; write cpu, memory or ephemeral-storage (props.resources.requests.gpu) at HERE',
        '[chart/thing] MQ206 props.resources.requests.cpu "many" is not allowed; write a quantity such as 10m or 16Mi (props.resources.requests.cpu) at HERE',
        '[chart/thing] MQ518 "a b" is no label key; write a name of at most 63 letters, digits, ".", "_" or "-" (nodeSelector["a b"]) at HERE',
      ],
    ],
    [
      'IpMasqAgent',
      { name: 'Agent', config: { nonMasqueradeCIDRs: ['10.0.0.0/8'], masqLinkLocal: 'yes' }, gke: 'yes' },
      [
        '[chart/thing] MQ615 props.name "Agent" is not allowed; write "agent" (props.name) at HERE',
        '[chart/thing] MQ204 props.gke "yes" is text; true or false is wanted: write true (props.gke) at HERE',
        '[chart/thing/Config] MQ204 props.masqLinkLocal "yes" is text; true or false is wanted: write true (props.masqLinkLocal) at HERE',
      ],
    ],
    [
      'IntentChart',
      { name: '../outside', diagnostics: [] },
      [
        '[thing] MQ615 props.name "../outside" is not allowed; write a DNS label: lower-case letters, digits and dashes, at most 63 (props.name) at HERE',
      ],
    ],
  ])('of %s %j', (construct, props, expected) => {
    expect(said(construct, props)).toEqual(expected);
  });
});

describe('MasqApp', () => {
  const AnyApp = MasqApp as unknown as new (props?: unknown) => MasqApp;

  it.each([undefined, null, {}])('takes the props %j', props => {
    expect(findingsOf(new AnyApp(props))).toEqual([]);
  });

  it('says what is wrong with its props, and writes nothing', () => {
    const app = new AnyApp({
      outdir: 5,
      resolvers: 'x',
      recordConstructMetadata: 'y',
      onFinding: 'z',
      yamlOutputType: 1,
    });
    expect(errorsOf(app).map(line => line.replace(/ at .*/, ''))).toEqual([
      'MQ203 unknown key "yamlOutputType" in props; known keys: outdir, resolvers, recordConstructMetadata, onFinding (props.yamlOutputType)',
      'MQ204 props.outdir is a number; text is wanted: write "5" (props.outdir)',
      'MQ204 props.resolvers "x" is text; a list is wanted: write [x] (props.resolvers)',
      'MQ204 props.recordConstructMetadata "y" is text; true or false is wanted: write true (props.recordConstructMetadata)',
      'MQ204 props.onFinding is string; a function is wanted (props.onFinding)',
    ]);
  });
});
