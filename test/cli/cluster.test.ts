import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isMissing, ROOT, type Run, sandbox } from './sandbox';

const INTENT = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: live}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  masquerade: {preserve: [10.0.0.0/8]}
  egress:
    floatingIPs: [192.168.1.100, 192.168.1.101]
    policies:
      - name: bank
        from: [{namespaceSelector: {matchLabels: {team: payments}}, podSelector: {matchLabels: {app: web}}}]
        to: [203.0.113.0/24]
        sourceIP: 192.168.1.100
`;

const PODS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pay', labels: { team: 'payments' } } },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-0', namespace: 'pay', labels: { app: 'web' } },
    spec: {},
    status: { podIP: '10.244.1.7' },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'proxy-0', namespace: 'pay', labels: { app: 'proxy' } },
    spec: { hostNetwork: true },
    status: { podIP: '192.168.1.11' },
  },
];

describe.skipIf(isMissing('kubectl', 'version', '--client'))('a running cluster, through kubectl', () => {
  const box = sandbox();
  let server: ChildProcess | undefined;
  afterEach(() => server?.kill());

  /** Starts a server with objects; kubectl's configuration names it. */
  async function serve(objects: readonly unknown[]): Promise<void> {
    server = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'api-server.ts')], { cwd: ROOT });
    server.stdin!.end(JSON.stringify(objects));
    const [port] = await once(server.stdout!, 'data');
    const cluster = { server: `http://127.0.0.1:${String(port).trim()}` };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'prod/eu',
      clusters: [{ name: 'c', cluster }],
      contexts: ['prod/eu', 'other'].map(name => ({ name, context: { cluster: 'c', user: 'u' } })),
      users: [{ name: 'u', user: {} }],
    };
    box.write('kubeconfig', JSON.stringify(config));
  }

  function masq(...args: string[]): Run {
    return box.masqWith({ env: { KUBECONFIG: box.path('kubeconfig'), HOME: box.folder } }, ...args);
  }

  /** What the intent renders to, as a server would have it. */
  function rendered(intent = INTENT): { readonly kind?: string }[] {
    box.write('intent.yaml', intent);
    const { status, stderr } = masq('synth', 'intent.yaml', '--quiet');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return Object.values(box.files('dist')).flatMap(text =>
      parseAllDocuments(text).map(document => {
        const { metadata, ...object } = document.toJS();
        return {
          ...object,
          metadata: { ...metadata, uid: '1', resourceVersion: '7', creationTimestamp: '2026-11-22T00:00:00Z' },
        };
      }),
    );
  }

  test('is what was rendered for it', async () => {
    await serve([...rendered(), ...PODS]);
    for (const side of ['cluster:', 'cluster:prod/eu', 'cluster:other']) {
      expect(masq('diff', side, 'intent.yaml')).toEqual({
        status: 0,
        stdout: 'no changes; 1 cluster compared\n',
        stderr: '',
      });
      expect(masq('diff', 'dist/live', side)).toEqual({
        status: 0,
        stdout: 'no changes; 1 cluster compared\n',
        stderr: '',
      });
    }
  });

  test('is linted and imported', async () => {
    await serve(rendered());
    const linted = masq('lint', 'cluster:');
    expect(linted).toMatchObject({ status: 0, stderr: '' });
    expect(linted.stdout).toMatch(/ in \d files \(\d documents\)\n$/);
    expect(masq('lint', '--fix', 'cluster:')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'masq: --fix and --diff mend files that are here, and "cluster:" is none\n',
    });
    const facts = ['--node-cidr', '192.168.1.0/24', '--pod-cidr', '10.244.0.0/16', '-o', 'imported.yaml'];
    expect(masq('import', 'cluster:', '--platform', 'kubernetes', ...facts)).toMatchObject({ status: 0 });
    expect(masq('diff', 'cluster:', 'imported.yaml').stdout).toBe('no changes; 1 cluster compared\n');
  });

  test('or is not', async () => {
    await serve(rendered());
    box.write('intent.yaml', INTENT.replace('10.0.0.0/8', '10.0.0.0/9'));
    const { status, stdout } = masq('diff', 'cluster:', 'intent.yaml');
    expect(status).toBe(1);
    expect(stdout).toContain('preserved → masqueraded  10.128.0.0/9 minus 10.244.0.0/16');
    expect(stdout).toMatch(
      /before by nonMasqueradeCIDRs\[0\] "10\.0\.0\.0\/8" \(cluster:prod\/eu\/configmap\.kube-system\.ip-masq-agent:\d+:\d+\)/,
    );
  });

  test('knows whose an address is', async () => {
    await serve([...rendered(), ...PODS]);
    const of = (address: string): Run => masq('explain', 'cluster:', '--from', address, '--to', '203.0.113.9');
    const pod = of('10.244.1.7');
    expect(pod.stderr).toBe('');
    expect(pod.stdout.split('\n').slice(0, 5)).toEqual([
      'prod/eu: packets from 10.244.1.7, which is pod pay/web-0, by the agent with its file and flags',
      '',
      '  to 203.0.113.9: SNAT to 192.168.1.100',
      '    they leave with 192.168.1.100',
      expect.stringMatching(
        /^ {4}decided by EgressNATPolicy "bank" \(cluster:prod\/eu\/egressnatpolicies\.networking\.gke\.io:\d+:\d+\)$/,
      ),
    ]);
    expect(of('192.168.1.11').stdout).toContain(
      'note: 192.168.1.11 is the address of a node: pods with hostNetwork leave with it, whatever the rules say',
    );
    const nobody = of('10.244.9.9').stdout;
    expect(nobody).toContain('note: no pod of the cluster has the address 10.244.9.9');
    expect(nobody).toContain('to 203.0.113.9: masqueraded');
  });

  /** What a target's files are on a server: whole objects, in the place of patches. */
  function renderedFor(target: string, intent: string, ...options: string[]): Record<string, unknown>[] {
    box.write('intent.yaml', intent);
    const { status, stderr } = masq('synth', 'intent.yaml', '--quiet', '--target', target, ...options);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return Object.entries(box.files(`targets/${target}`))
      .filter(([path]) => !path.includes('values/'))
      .map(([, text]) => parseAllDocuments(text)[0]!.toJS());
  }

  const LISTED = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: live}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  masquerade: {preserve: [10.0.0.0/8], linkLocal: masquerade}
`;
  const NO_CHANGES = { status: 0, stdout: 'no changes; 1 cluster compared\n', stderr: '' };

  test.each(['projectcalico.org/v3', 'crd.projectcalico.org/v1'])(
    'has the pools of Calico, as %s',
    async apiVersion => {
      await serve(renderedFor('calico', LISTED).map(object => ({ ...object, apiVersion })));
      expect(masq('diff', 'cluster:', 'intent.yaml')).toEqual(NO_CHANGES);
      expect(masq('explain', 'cluster:', '--to', '10.1.1.1').stdout).toMatch(
        /decided by "10\.0\.0\.0\/9" \(cluster:prod\/eu\/ippools\.(?:crd\.)?projectcalico\.org:\d+:\d+\)/,
      );
    },
  );

  test('has the same pools of Calico in two groups, of which one counts', async () => {
    const objects = renderedFor('calico', LISTED);
    await serve([...objects, ...objects.map(object => ({ ...object, apiVersion: 'crd.projectcalico.org/v1' }))]);
    expect(masq('diff', 'cluster:', 'intent.yaml')).toEqual(NO_CHANGES);
  });

  test('has the settings of Cilium where that runs', async () => {
    const objects = renderedFor('cilium', LISTED.replace(/, linkLocal.*}/, '}'));
    const metadata = (name: string) => ({ name, namespace: 'kube-system' });
    const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: metadata('cilium'), spec: {} };
    const data = {
      'enable-ip-masq-agent': 'true',
      'enable-ipv6': 'false',
      'ipv4-native-routing-cidr': '10.244.0.0/16',
    };
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('cilium-config'), data };
    await serve([...objects, daemonSet, config]);
    expect(masq('diff', 'cluster:', 'intent.yaml')).toEqual(NO_CHANGES);
    expect(masq('explain', 'cluster:', '--to', '10.1.1.1').stderr).toContain('give --facts');
  });

  test('has the Egresses of Antrea, and its settings, which have to be there', async () => {
    const intent = INTENT.replace(/ {2}masquerade.*\n/, '');
    const objects = renderedFor('antrea', intent, '--gateway', 'a=b').filter(({ kind }) => kind === 'Egress');
    await serve(objects);
    expect(masq('diff', 'cluster:', 'intent.yaml').stderr).toContain('the ConfigMap "antrea-config" in kube-system');
    server!.kill();
    const conf = 'egress:\n  exceptCIDRs: []\nnoSNAT: false\n';
    const metadata = { name: 'antrea-config', namespace: 'kube-system' };
    await serve([...objects, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'antrea-agent.conf': conf } }]);
    const { status, stdout } = masq('diff', 'cluster:', 'intent.yaml');
    expect(status).toBe(1);
    expect(stdout).toContain('a pod labelled {app: web}');
  });

  test('has them in whichever namespace Cilium runs', async () => {
    const objects = renderedFor('cilium', LISTED.replace(/, linkLocal.*}/, '}'));
    const own = objects.filter(({ kind }) => kind !== 'DaemonSet');
    const metadata = (name: string) => ({ name, namespace: 'cilium' });
    const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: metadata('cilium'), spec: {} };
    const data = {
      'enable-ip-masq-agent': 'true',
      'enable-ipv6': 'false',
      'ipv4-native-routing-cidr': '10.244.0.0/16',
    };
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('cilium-config'), data };
    await serve([...own, daemonSet, config]);
    expect(masq('diff', 'cluster:', 'intent.yaml')).toEqual(NO_CHANGES);
  });

  test('with a list that no agent is there to read is refused: nothing is known of what nodes do', async () => {
    await serve(rendered().filter(({ kind }) => kind === 'ConfigMap'));
    expect(masq('diff', 'intent.yaml', 'cluster:')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'masq: "cluster:prod/eu": no DaemonSet of an agent is there to read ConfigMap "ip-masq-agent" in kube-system, so that it is not known what nodes do with packets; ask a dump of a node\'s rules, as of iptables-save\n',
    });
  });

  test('without anything to check is a finding', async () => {
    const metadata = { name: 'proxy', namespace: 'kube-system' };
    await serve([{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: {} }]);
    for (const command of ['lint', 'validate']) {
      const { status, stdout } = masq(command, 'cluster:');
      expect({ status, stdout }).toMatchObject({ status: 1, stdout: expect.stringContaining('nothing was checked') });
    }
  });

  test('without anything that says what happens is refused', async () => {
    await serve(PODS);
    expect(masq('explain', 'cluster:', '--to', '10.0.0.1')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'masq: "cluster:": the cluster has no objects that say what happens to packets\n',
    });
  });

  test('that cannot be reached is refused with what kubectl says', async () => {
    await serve(PODS);
    server!.kill();
    await once(server!, 'exit');
    const { status, stderr } = masq('explain', 'cluster:', '--to', '10.0.0.1');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^masq: "cluster:": kubectl \S+: .*refused/);
    expect(masq('diff', 'cluster:nowhere', 'cluster:').stderr).toContain(
      'masq: "cluster:nowhere": kubectl api-resources: ',
    );
    box.write('kubeconfig', '{}');
    expect(masq('explain', 'cluster:', '--to', '10.0.0.1').stderr).toBe(
      'masq: "cluster:": kubectl config: error: current-context is not set\n',
    );
  });
});
