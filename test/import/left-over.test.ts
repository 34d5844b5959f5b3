import { describe, expect, test } from 'vitest';
import { importIntent } from '../../core/import/import';

const daemonSet = (name: string, label: string, more = ''): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ${name}, namespace: net}
spec:
  selector: {matchLabels: {${label}}}
${more}  template:
    metadata: {labels: {${label}}}
    spec:
      hostNetwork: true
      tolerations: [{operator: Exists}]
      containers:
        - name: ip-masq-agent
          image: registry.k8s.io/networking/ip-masq-agent:v2.11.0
          securityContext: {capabilities: {add: [NET_ADMIN, NET_RAW]}}
`;

test.each([
  [daemonSet('ip-masq-agent', 'k8s-app: ip-masq-agent'), []],
  [
    daemonSet('masq', 'app: masq'),
    [
      'the DaemonSet is rendered as "ip-masq-agent", not as "masq": both would run on all nodes and write the same chain; delete this one when that is applied: kubectl -n net delete daemonset masq',
      'app: masq has no key in an intent, and is not in what masq renders',
    ],
  ],
  [
    daemonSet('ip-masq-agent', 'app: masq', '  updateStrategy: {type: OnDelete}\n'),
    [
      'masq renders the selector k8s-app: ip-masq-agent, and that of an object that runs cannot be changed: delete this one before the new one is applied, its rules stay on the nodes',
      'OnDelete has no key in an intent: what masq renders replaces its pods by itself',
      'app: masq has no key in an intent, and is not in what masq renders',
    ],
  ],
])('an import says what the DaemonSet that is rendered has not: %#', (text, said) => {
  expect(leftOut(text)).toEqual(said);
});

/** What is said of what is left out. */
function leftOut(text: string, podCIDRs?: readonly string[]): string[] {
  const { diagnostics } = importIntent([{ file: 'a.yaml', text }], { ...(podCIDRs && { podCIDRs }) });
  return diagnostics.filter(({ code }) => code === 'MQ801').map(({ message }) => message);
}

const CONFIG_VOLUME =
  '{name: config, configMap: {name: ip-masq-agent, optional: true, defaultMode: 420, items: [{key: config, path: ip-masq-agent}]}}';

/** A DaemonSet as an API server has it, which writes what nobody does. */
const LIVE = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  annotations: {deprecated.daemonset.template.generation: "3", kubectl.kubernetes.io/last-applied-configuration: "{}"}
  creationTimestamp: "2024-01-01T00:00:00Z"
  generation: 3
  labels: {k8s-app: ip-masq-agent}
  name: ip-masq-agent
  namespace: kube-system
  resourceVersion: "77"
  uid: 11111111-1111-1111-1111-111111111111
spec:
  revisionHistoryLimit: 10
  selector: {matchLabels: {k8s-app: ip-masq-agent}}
  template:
    metadata: {creationTimestamp: null, labels: {k8s-app: ip-masq-agent}}
    spec:
      containers:
      - args: [--masq-chain=IP-MASQ]
        image: registry.k8s.io/networking/ip-masq-agent:v2.11.0
        imagePullPolicy: IfNotPresent
        name: ip-masq-agent
        resources: {}
        securityContext: {capabilities: {add: [NET_ADMIN, NET_RAW], drop: [ALL]}}
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
        volumeMounts: [{mountPath: /etc/config, name: config}]
      dnsPolicy: ClusterFirst
      hostNetwork: true
      restartPolicy: Always
      schedulerName: default-scheduler
      securityContext: {}
      serviceAccount: ip-masq-agent
      serviceAccountName: ip-masq-agent
      terminationGracePeriodSeconds: 30
      tolerations: [{operator: Exists}]
      volumes: [${CONFIG_VOLUME}]
  updateStrategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}, type: RollingUpdate}
status: {currentNumberScheduled: 3}
`;

describe('of a DaemonSet nothing is left out in silence', () => {
  test('and what the API server writes by itself is not told', () => {
    expect(leftOut(LIVE)).toEqual([]);
  });

  test.each([
    ['hostNetwork: true', 'hostNetwork: true\n      hostPID: false\n      subdomain: ""\n      affinity: {}'],
    ['v2.11.0\n        imagePullPolicy: IfNotPresent', 'latest\n        imagePullPolicy: Always'],
    [':v2.11.0\n', `@sha256:${'0'.repeat(64)}\n`],
    ['[NET_ADMIN, NET_RAW]', '[CAP_NET_ADMIN, NET_RAW]'],
  ])('nor what says no more than nobody: %j as %j', (before, after) => {
    expect(leftOut(LIVE.replace(before, after))).toEqual([]);
  });

  const NO_KEY = 'has no key in an intent, and is not in what masq renders';
  test.each([
    [
      'labels: {',
      'labels: {team: net, ',
      'label team: net is left out; metadata.labels of an intent is for every object that is rendered',
    ],
    [
      'annotations: {',
      'annotations: {owner: x, ',
      'annotation owner: x is left out; metadata.annotations of an intent is for every object that is rendered',
    ],
    ['revisionHistoryLimit: 10', 'revisionHistoryLimit: 3', `revisionHistoryLimit: 3 ${NO_KEY}`],
    ['revisionHistoryLimit: 10', 'minReadySeconds: 30', `minReadySeconds: 30 ${NO_KEY}`],
    ['maxUnavailable: 1', 'maxUnavailable: 10%', `maxUnavailable: 10% ${NO_KEY}`],
    ['creationTimestamp: null,', 'annotations: {a: b},', `a: b ${NO_KEY}`],
    ['hostNetwork: true', 'hostNetwork: true\n      hostPID: true', `hostPID: true ${NO_KEY}`],
    ['dnsPolicy: ClusterFirst', 'dnsPolicy: ClusterFirstWithHostNet', `dnsPolicy: ClusterFirstWithHostNet ${NO_KEY}`],
    ['Seconds: 30', 'Seconds: 5', `terminationGracePeriodSeconds: 5 ${NO_KEY}`],
    ['AccountName: ip-masq-agent', 'AccountName: mysa', `serviceAccountName: mysa ${NO_KEY}`],
    ['IfNotPresent', 'Always', `imagePullPolicy: Always ${NO_KEY}`],
    ['v2.11.0', 'latest', `imagePullPolicy: IfNotPresent ${NO_KEY}`],
    ['resources: {}', 'livenessProbe: {tcpSocket: {port: 1}}', `livenessProbe ${NO_KEY}`],
    [
      '[NET_ADMIN,',
      '[SYS_ADMIN, NET_ADMIN,',
      'the agent does not need the capability SYS_ADMIN, and what masq renders is without it',
    ],
    ['{capabilities', '{readOnlyRootFilesystem: true, capabilities', `readOnlyRootFilesystem: true ${NO_KEY}`],
    ['resources: {}', 'resources: {limits: {cpu: 1, example.com/gpu: 1}}', `example.com/gpu: 1 ${NO_KEY}`],
    [
      'volumes: [',
      'volumes: [{name: h, hostPath: {path: /}}, ',
      'volume "h" (hostPath) and its mounts are not in what masq renders',
    ],
    ['defaultMode: 420', 'defaultMode: 256', `defaultMode: 256 ${NO_KEY}`],
  ])('%s: %s', (before, after, said) => {
    expect(leftOut(LIVE.replace(before, after))).toEqual([said]);
  });

  test('also of one that runs masq-agent, whose own options are no part of an import', () => {
    const theirs = LIVE.replace(
      'name: ip-masq-agent\n        resources',
      'command: [/usr/bin/masq-agent]\n        name: masq-agent\n        resources',
    )
      .replace('dnsPolicy: ClusterFirst', 'dnsPolicy: Default\n      enableServiceLinks: false')
      .replace('Seconds: 30', 'Seconds: 5')
      .replace('{capabilities', '{readOnlyRootFilesystem: true, capabilities')
      .replace('resources: {}', 'livenessProbe: {exec: {command: [a]}}')
      .replace(
        'volumes: [',
        'volumes: [{name: state, hostPath: {path: /run/masq-agent, type: DirectoryOrCreate}}, {name: lock, hostPath: {path: /run/xtables.lock}}, ',
      );
    expect(leftOut(theirs)).toEqual([]);
    expect(leftOut(theirs.replace('args: [', 'args: [--backend=nftables, '))).toEqual([
      '--backend=nftables is an option of masq-agent alone, and is left out; see "agent" in the intent\'s schema',
    ]);
  });
});

test('of a ConfigMap and of its file neither', () => {
  const configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: ip-masq-agent, namespace: kube-system, labels: {team: net}}
immutable: true
data:
  config: |
    nonMasqueradeCIDRs: [10.0.0.0/8]
    masqLinkLocalIPv6: true
    cidrLimit: 10
`;
  const rest = [
    'immutable has no key in an intent: delete this ConfigMap before the new one is applied',
    'label team: net is left out; metadata.labels of an intent is for every object that is rendered',
    'cidrLimit: 10 has no key in an intent, and is not in what masq renders',
  ];
  expect(leftOut(configMap)).toEqual([
    ...rest,
    'masqLinkLocalIPv6: true is left out, since no pod has an IPv6 address by --pod-cidr',
  ]);
  expect(leftOut(configMap, ['10.4.0.0/14', 'fd00::/56'])).toEqual(rest);
  expect(
    leftOut(configMap.replace('immutable: true', 'immutable: false').replace('cidrLimit: 10', 'cidrLimit: 64')),
  ).toEqual([rest[1], 'masqLinkLocalIPv6: true is left out, since no pod has an IPv6 address by --pod-cidr']);
});
