import { dirname } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../agent/options';
import { IpMasqAgent, IpMasqAgentDaemonSet, type IpMasqAgentDaemonSetProps } from '../../constructs';
import { findingsOf } from '../../constructs/validation';
import { cidr, setsOf } from '../../core/address';
import { ownResources } from '../../core/intent/masq-agent';
import { nextLine } from './here';
import { errorsOf } from './synth';

const IMAGE = 'registry.example/masq-agent:0.1.0';

type Container = Readonly<Record<string, unknown>>;

/** The DaemonSet's spec that some props render to. */
function specOf(props: IpMasqAgentDaemonSetProps) {
  const chart = new Chart(Testing.app(), 'chart');
  new IpMasqAgentDaemonSet(chart, 'Agent', { flavor: 'masq', image: IMAGE, ...props });
  const [object] = Testing.synth(chart) as [{ spec: Container }];
  return object.spec as Container & { template: { spec: Container & { containers: Container[] } } };
}

const containersOf = (props: IpMasqAgentDaemonSetProps): Container[] => specOf(props).template.spec.containers;

const probe = (...words: string[]) => ({ exec: { command: ['/usr/bin/masq-agent', ...words] }, successThreshold: 1 });

const AGENT = {
  name: 'masq-agent',
  image: IMAGE,
  livenessProbe: {
    ...probe('healthz'),
    initialDelaySeconds: 30,
    periodSeconds: 30,
    timeoutSeconds: 10,
    failureThreshold: 3,
  },
  readinessProbe: {
    ...probe('healthz', '--ready'),
    initialDelaySeconds: 2,
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 2,
  },
  resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { memory: '64Mi' } },
  securityContext: {
    privileged: false,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsUser: 0,
    capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
  volumeMounts: [
    { name: 'config-volume', mountPath: '/etc/config', readOnly: true },
    { name: 'state', mountPath: '/run/masq-agent' },
    { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
  ],
};

it.each([
  [0, '64Mi'],
  [5_000, '64Mi'],
  [10_000, '96Mi'],
  [20_000, '160Mi'],
  [55_000, '384Mi'],
])('with %i entries masq-agent may use %s, more than was measured', (entries, memory) => {
  const nonMasqueradeCIDRs = Array.from({ length: entries }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
  expect(ownResources(entries)).toMatchObject({ requests: { memory: '8Mi' }, limits: { memory } });
  if (entries > 10_000) return;
  const chart = Testing.chart();
  new IpMasqAgent(chart, 'Agent', { flavor: 'masq', image: IMAGE, config: { nonMasqueradeCIDRs, cidrLimit: 99_999 } });
  expect(JSON.stringify(Testing.synth(chart))).toContain(`"limits":{"memory":"${memory}"}`);
  const own = Testing.chart();
  const resources = { limits: { memory: '1Gi' } };
  new IpMasqAgent(own, 'Agent', { flavor: 'masq', image: IMAGE, config: { nonMasqueradeCIDRs }, resources });
  expect(JSON.stringify(Testing.synth(own))).toContain('"limits":{"memory":"1Gi"}');
});

describe('the DaemonSet of masq-agent', () => {
  it('is this one', () => {
    expect(specOf({})).toEqual({
      minReadySeconds: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      selector: { matchLabels: { 'k8s-app': 'ip-masq-agent' } },
      template: {
        metadata: { labels: { 'k8s-app': 'ip-masq-agent' } },
        spec: {
          hostNetwork: true,
          dnsPolicy: 'Default',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-node-critical',
          terminationGracePeriodSeconds: 5,
          containers: [AGENT],
          tolerations: [
            { effect: 'NoSchedule', operator: 'Exists' },
            { effect: 'NoExecute', operator: 'Exists' },
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
          ],
          volumes: [
            {
              name: 'config-volume',
              configMap: { name: 'ip-masq-agent', optional: true, items: [{ key: 'config', path: 'ip-masq-agent' }] },
            },
            { name: 'state', hostPath: { path: '/run/masq-agent', type: 'DirectoryOrCreate' } },
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
          ],
        },
      },
    });
  });

  it.each<[IpMasqAgentDaemonSetProps, string[] | undefined]>([
    [{ backend: 'auto', logFormat: 'text' }, undefined],
    [{ backend: 'nftables' }, ['--backend=nftables']],
    [{ logFormat: 'json', enableIPv6: true }, ['--enable-ipv6', '--log-format=json']],
    [{ podCIDRs: ['10.244.0.0/16', 'fd00:10:244::/56'] }, ['--pod-cidrs=10.244.0.0/16,fd00:10:244::/56']],
    [{ gke: true, backend: 'iptables' }, ['--masq-chain=IP-MASQ', '--random-fully=false', '--backend=iptables']],
  ])('%j has the arguments %j', (props, args) => {
    expect(containersOf(props)[0]!.args).toEqual(args);
  });

  it('takes the place of the default resources whole', () => {
    const resources = { requests: { memory: '128Mi' } };
    expect(containersOf({ resources })).toEqual([{ ...AGENT, resources }]);
  });

  it('serves metrics from a container that can do nothing else', () => {
    const [agent, metrics] = containersOf({ metrics: {} });
    const page = { httpGet: { path: '/', port: 9797, scheme: 'HTTP' }, successThreshold: 1 };
    expect(agent).toEqual(AGENT);
    expect(metrics).toEqual({
      name: 'metrics',
      image: IMAGE,
      command: ['/usr/bin/masq-agent', 'serve', '--listen=[$(HOST_IP)]:9797'],
      env: [{ name: 'HOST_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } } }],
      livenessProbe: { ...page, initialDelaySeconds: 30, periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 3 },
      readinessProbe: { ...page, initialDelaySeconds: 2, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 2 },
      ports: [{ name: 'metrics', containerPort: 9797, hostPort: 9797, protocol: 'TCP' }],
      resources: { requests: { cpu: '1m', memory: '6Mi' }, limits: { memory: '32Mi' } },
      securityContext: {
        privileged: false,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      volumeMounts: [{ name: 'state', mountPath: '/run/masq-agent', readOnly: true }],
    });
  });

  it('serves them where it is asked to', () => {
    const [, metrics] = containersOf({ metrics: { port: 9100, address: '::1' } });
    expect(metrics!.command).toContain('--listen=[::1]:9100');
    expect(metrics!.ports).toEqual([{ name: 'metrics', containerPort: 9100, hostPort: 9100, protocol: 'TCP' }]);
    expect(metrics).not.toHaveProperty('env');
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['169.254.20.10', '169.254.20.10'],
    ['0.0.0.0', '127.0.0.1'],
    ['::1', '::1'],
    ['0:0::0', '::1'],
  ])('that serves on %s is asked at %s', (address, host) => {
    const [, metrics] = containersOf({ metrics: { address, port: 9100 } });
    const asked = { httpGet: { host, path: '/', port: 9100 } };
    expect(metrics).toMatchObject({ livenessProbe: asked, readinessProbe: asked });
  });

  it.each([
    [{ pool: 'a' }, { 'kubernetes.io/os': 'linux', pool: 'a' }],
    [{ 'kubernetes.io/os': 'other' }, { 'kubernetes.io/os': 'other' }],
  ])('with the node selector %j has %j', (nodeSelector, all) => {
    expect(specOf({ nodeSelector }).template.spec.nodeSelector).toEqual(all);
  });

  it('has a ServiceAccount of its own beside it, on GKE too', () => {
    const chart = new Chart(Testing.app(), 'chart');
    new IpMasqAgent(chart, 'Agent', { gke: true, flavor: 'masq', image: IMAGE });
    const kinds = Testing.synth(chart).map(object => (object as { kind: string }).kind);
    expect(kinds).toEqual(['ServiceAccount', 'DaemonSet']);
  });
});

describe('what the DaemonSet starts', () => {
  /** What masq-agent makes of a container's words, with the pod's address filled in. */
  const optionsOf = (words: unknown, address = '192.168.1.11') => {
    const parsed = parseOptions((words as string[]).map(word => word.replace('$(HOST_IP)', address)));
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.options;
  };
  const all: IpMasqAgentDaemonSetProps = {
    gke: true,
    enableIPv6: true,
    nomasqAllReservedRanges: true,
    toPorts: ['1024-29999', '32768-65535'],
    backend: 'nftables',
    logFormat: 'json',
    podCIDRs: ['10.244.0.0/16', '10.245.0.0/16'],
    metrics: { port: 9100 },
  };

  it('is the agent, which understands each word', () => {
    expect(optionsOf(containersOf(all)[0]!.args)).toMatchObject({
      command: 'run',
      backend: 'nftables',
      logFormat: 'json',
      once: false,
      dryRun: false,
      pods: new Map([[4, setsOf([cidr('10.244.0.0/15')])[4]]]),
      flags: {
        chain: 'IP-MASQ',
        enableIPv6: true,
        nomasqAllReservedRanges: true,
        randomFully: false,
        toPorts: '1024-29999,32768-65535',
      },
    });
  });

  it('is probed, and finds its file and its state, where the agent has them by default', () => {
    const { config, stateFolder } = optionsOf([]);
    const [{ livenessProbe, readinessProbe, volumeMounts }] = containersOf({}) as [typeof AGENT];
    expect(optionsOf(livenessProbe.exec.command.slice(1))).toMatchObject({
      command: 'healthz',
      ready: false,
      stateFolder,
    });
    expect(optionsOf(readinessProbe.exec.command.slice(1))).toMatchObject({
      command: 'healthz',
      ready: true,
      stateFolder,
    });
    const paths = volumeMounts.map(mount => mount.mountPath);
    expect(paths).toEqual([dirname(config), stateFolder, '/run/xtables.lock']);
  });

  it.each<[NonNullable<IpMasqAgentDaemonSetProps['metrics']>, string, string]>([
    [{}, '192.168.1.11', '192.168.1.11'],
    [{}, 'fd00:10:1::11', 'fd00:10:1::11'],
    [{ address: '0.0.0.0' }, '192.168.1.11', '0.0.0.0'],
    [{ address: '::' }, '192.168.1.11', '::'],
  ])('serves with metrics %j on the node %s at %s', (metrics, node, address) => {
    const [, server] = containersOf({ metrics });
    expect(optionsOf((server!.command as string[]).slice(1), node)).toMatchObject({
      command: 'serve',
      listen: { address, port: 9797 },
    });
  });
});

describe('props about masq-agent', () => {
  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    [
      'no image',
      { flavor: 'masq' },
      [
        'MQ321 nobody publishes an image of masq-agent, so one has to be named: build one with "npm run image", push it to your registry, and write "image:" with its name there, best with the digest (flavor)',
      ],
    ],
    [
      'an image that is none: nobody is told that none is named',
      { flavor: 'masq', image: 'no image' },
      [
        'MQ206 props.image "no image" is not allowed; write an image reference such as registry.example/ip-masq-agent:v2.8.0, or one with @sha256: and 64 hex digits behind it (props.image)',
      ],
    ],
    [
      'a flavor that is none: nobody is told that settings belong to another',
      { flavor: 'mask', image: IMAGE, metrics: {} },
      ['MQ206 props.flavor cannot be "mask"; did you mean "masq"? (props.flavor)'],
    ],
    [
      'settings of masq-agent for another agent',
      { backend: 'auto', metrics: {}, gke: true },
      [
        'MQ322 backend is about masq-agent, and the flavor is "google", which has no such setting; remove it, or write "flavor: masq" and the image (backend)',
        'MQ322 metrics is about masq-agent, and the flavor is "google", which has no such setting; remove it, or write "flavor: masq" and the image (metrics)',
      ],
    ],
    [
      'the pods of another agent',
      { podCIDRs: ['10.244.0.0/16'] },
      [
        'MQ322 podCIDRs is about masq-agent, and the flavor is "upstream", which has no such setting; remove it, or write "flavor: masq" and the image (podCIDRs)',
      ],
    ],
    [
      'pods that have no range',
      { flavor: 'masq', image: IMAGE, podCIDRs: ['10.244.0.1/16'] },
      ['MQ101 CIDR "10.244.0.1/16" has host bits set; did you mean "10.244.0.0/16"? (podCIDRs[0])'],
    ],
    [
      'a port that needs rights',
      { flavor: 'masq', image: IMAGE, metrics: { port: 80 } },
      ['MQ206 props.metrics.port is 80; the least is 1024 (props.metrics.port)'],
    ],
    [
      'a port that is none',
      { flavor: 'masq', image: IMAGE, metrics: { port: 65536 } },
      ['MQ206 props.metrics.port is 65536; the most is 65535 (props.metrics.port)'],
    ],
    [
      "the kubelet's port",
      { flavor: 'masq', image: IMAGE, metrics: { port: 10250 } },
      [
        "MQ324 port 10250 is the kubelet's on every node, and the metrics container cannot start; write another one that is free, or remove the key for 9797 (metrics.port)",
      ],
    ],
    [
      'an address that is none',
      { flavor: 'masq', image: IMAGE, metrics: { address: '10.0.0.256' } },
      ['MQ103 address "10.0.0.256": 256 is out of range; write a number from 0 to 255 (metrics.address)'],
    ],
    [
      'an address that nobody has',
      { flavor: 'masq', image: IMAGE, metrics: { address: '255.255.255.255' } },
      [
        `MQ323 no node can listen on "255.255.255.255"; write 0.0.0.0 or 127.0.0.1, or remove the key for the node's own address (metrics.address)`,
      ],
    ],
  ])('with %s', (_, props, messages) => {
    const app = new App({ outdir: '/nonexistent/never-written' });
    const chart = new Chart(app, 'net');
    const line = nextLine();
    new IpMasqAgentDaemonSet(chart, 'Agent', props);
    expect(errorsOf(app)).toEqual(messages.map(message => `[net/Agent] ${message} at ${line}`));
  });

  it('with an address of one node: a warning', () => {
    const app = new App();
    const metrics = { address: '192.168.1.11' };
    new IpMasqAgentDaemonSet(new Chart(app, 'net'), 'Agent', { flavor: 'masq', image: IMAGE, metrics });
    expect(findingsOf(app).map(({ code, severity }) => `${code} ${severity}`)).toContain('MQ323 warning');
  });
});
