import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { agentConfigMap, agentDaemonSet } from '../analysis/agent-manifests';
import { intent, sandbox } from './sandbox';

const box = sandbox();

const FILE = `nonMasqueradeCIDRs:
  - 10.0.0.0/8 # offices
  - 172.16.0.0/12
resyncInterval: 30s
`;

const FACTS = ['--node-cidr', '10.128.0.0/20', '--pod-cidr', '10.119.128.0/17'];

/** What is said where nobody names the Services' range. */
const SERVICES = `note MQ315 without --service-cidr masq cannot make sure that traffic to Services keeps its source
  hint: an API server names the range when it refuses an address: kubectl create service clusterip probe --tcp=80 --clusterip=192.0.2.1 --dry-run=server
`;

const INTENT = `# Imported by masq from config.yaml.
apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata:
  name: my-cluster
spec:
  platform: kubernetes
  network:
    nodeCIDRs: [10.128.0.0/20]
    podCIDRs: [10.119.128.0/17]
  masquerade:
    preserve:
      - cidr: 10.0.0.0/8
        reason: offices
      - 172.16.0.0/12
  agent:
    resyncInterval: 30s
`;

test('writes an intent to the standard output', () => {
  box.write('config.yaml', FILE);
  expect(box.masq('import', 'config.yaml', '--platform', 'kubernetes', ...FACTS)).toEqual({
    status: 0,
    stdout: INTENT,
    stderr: SERVICES,
  });
});

test('writes an intent that validates and renders to what was imported', () => {
  box.write('intents/.keep', '');
  box.write('config.yaml', FILE);
  const run = box.masq(
    'import',
    'config.yaml',
    '--platform=kubernetes',
    ...FACTS,
    '-n',
    'config',
    '-o',
    'intents/a.yaml',
  );
  expect(run).toEqual({ status: 0, stdout: 'wrote intents/a.yaml\n', stderr: SERVICES });
  expect(box.read('intents/a.yaml')).toBe(INTENT.replace('my-cluster', 'config'));
  expect(box.masq('synth', 'intents').status).toBe(0);
  expect(box.masq('diff', 'config.yaml', 'intents/a.yaml')).toEqual({
    status: 0,
    stdout: 'no changes; 1 cluster compared\n',
    stderr: '',
  });
  const again = box.masq('import', 'dist/config', ...FACTS, '-n', 'config');
  expect({ ...again, stdout: again.stdout.replace(/^# .*\n/, '') }).toEqual({
    status: 0,
    stdout: INTENT.replace('my-cluster', 'config').replace(/^# .*\n/, ''),
    stderr: SERVICES,
  });
});

test('asks for every fact that is missing at once', () => {
  box.write('config.yaml', FILE);
  expect(box.masq('import', 'config.yaml')).toEqual({
    status: 2,
    stdout: '',
    stderr: `masq: give --platform: what is imported does not say whether it is gke-standard, gke-autopilot, anthos-bare-metal or kubernetes
masq: give --node-cidr: the nodes' subnets, which an intent has to name
masq: give --pod-cidr: the pods' ranges, which an intent has to name
`,
  });
});

test('says of a fact that it is wrong', () => {
  box.write('config.yaml', FILE);
  expect(
    box.masq('import', 'config.yaml', '-n', 'Prod', '--node-cidr', '10.128.0.1/20', '--agent-args=--enable'),
  ).toEqual({
    status: 2,
    stdout: '',
    stderr: `masq: "Prod" is no name for a cluster; write lower-case letters, digits and dashes between them, at most 63
masq: --node-cidr: CIDR "10.128.0.1/20" has host bits set; did you mean "10.128.0.0/20"?
masq: --agent-args: ip-masq-agent has no flag "--enable"
`,
  });
});

test('refuses options that have no effect, and tells arguments of the agent that have none', () => {
  box.write('config.yaml', FILE);
  const args = ['import', 'config.yaml', '--platform=gke-standard', ...FACTS];
  const idle = ['--internet-route=cloud-nat', '--preserve-cluster'];
  expect(box.masq(...args, ...idle)).toEqual({
    status: 2,
    stdout: '',
    stderr: `masq: --internet-route cloud-nat: it is for pods' addresses that are preserved to the internet, and nothing that is imported preserves them there; leave it out
masq: --preserve-cluster: what is imported masquerades none of the cluster's own ranges; leave it out
`,
  });
  expect(box.masq('import', 'config.yaml', '--platform=gke-standard', '--pod-cidr=10.119.128.0/17', ...idle)).toEqual({
    status: 2,
    stdout: '',
    stderr: "masq: give --node-cidr: the nodes' subnets, which an intent has to name\n",
  });
  expect(box.masq(...args, '--node-cidr=10.128.0.0/20')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'masq: --node-cidr: "10.128.0.0/20" is given twice; give it once\n',
  });
  const { status, stderr } = box.masq(...args, '--agent-args=--v=2 --masq-chain=IP-MASQ --stderrthreshold 1');
  expect(status).toBe(0);
  expect(stderr.match(/.*MQ801.*/g)).toEqual([
    'note MQ801 --agent-args: --v=2 is about the log, of which an intent says nothing; it is left out',
    'note MQ801 --agent-args: --stderrthreshold is about the log, of which an intent says nothing; it is left out',
  ]);
});

test('refuses what masquerades the cluster itself, until that is accepted', () => {
  box.write('config.yaml', 'nonMasqueradeCIDRs: [10.119.128.0/17]\n');
  const args = ['import', 'config.yaml', '--platform', 'kubernetes', ...FACTS];
  expect(box.masq(...args)).toEqual({
    status: 1,
    stdout: '',
    stderr: `config.yaml:1:1 error MQ804 packets to 10.128.0.0/20 (nodes) are masqueraded by ip-masq-agent's file, and what masq renders always preserves them; if the ranges are right, give --preserve-cluster
  1 | nonMasqueradeCIDRs: [10.119.128.0/17]
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
`,
  });
  const accepted = box.masq(...args, '--preserve-cluster');
  expect(accepted.status).toBe(0);
  expect(accepted.stdout).toContain('    preserve: []\n');
  expect(accepted.stderr).toContain('warning MQ804 packets to 10.128.0.0/20 (nodes) are masqueraded');
});

test('writes what is said in the format that is asked for, beside the intent', () => {
  box.write('config.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8]\nmasqueradeAll: true\n');
  const { status, stdout, stderr } = box.masq(
    'import',
    'config.yaml',
    '--platform',
    'kubernetes',
    ...FACTS,
    '-f',
    'json',
  );
  expect(status).toBe(0);
  expect(stdout).toContain('kind: ClusterIntent');
  expect(JSON.parse(stderr).diagnostics).toMatchObject([
    { code: 'MQ203', severity: 'warning' },
    { code: 'MQ315', severity: 'note' },
  ]);
});

test('refuses a key that was meant to be another', () => {
  box.write('config.yaml', 'nonMasqueradeCIDR: [10.0.0.0/8]\n');
  const { status, stdout, stderr } = box.masq('import', 'config.yaml', '--platform', 'kubernetes', ...FACTS);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(
    'config.yaml:1:1 error MQ203 unknown key "nonMasqueradeCIDR"; did you mean "nonMasqueradeCIDRs"?',
  );
});

test.each([
  ['"nonMasqueradeCIDRs:[10.0.0.0/8]": x', 'error'],
  ['masqLinkLocl: true', 'error'],
  ['MasqLinkLocal: true', 'error'],
  ['masqueradeAll: true', 'warning'],
  ['preserve: [10.0.0.0/8]', 'warning'],
])('tells a key that was meant to be another from one that the agent passes over: %s', (line, severity) => {
  box.write('config.yaml', `nonMasqueradeCIDRs: [10.0.0.0/8]\n${line}\n`);
  const { stderr } = box.masq('import', 'config.yaml', '--platform', 'kubernetes', ...FACTS);
  expect(stderr).toMatch(new RegExp(`^config.yaml:2:1 ${severity} MQ203 unknown key `));
});

test('a patch of a kustomization says a part only, and is refused beside its base too', () => {
  const object = (cidrs: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ip-masq-agent, namespace: kube-system}\ndata:\n  config: |\n    nonMasqueradeCIDRs: [${cidrs}]\n`;
  const kustomization = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [base.yaml]\n';
  box.write('in/kustomization.yaml', `${kustomization}patches: [{path: patch.yaml}]\n`);
  box.write('in/base.yaml', object('10.0.0.0/8'));
  box.write('in/patch.yaml', object('172.16.0.0/12'));
  const { status, stdout, stderr } = box.masq('import', 'in', '--platform', 'kubernetes', ...FACTS);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^in\/patch\.yaml:1:1 error MQ803 a kustomization has this for a patch, /);
});

test('a revision without a path names nothing to import', () => {
  expect(box.masq('import', 'git:HEAD').stderr).toBe('masq: "git:HEAD": no path is said; write git:HEAD:PATH\n');
});

describe('what kubectl prints', () => {
  const server = {
    managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:data': {} } }],
    uid: '00000000-0000-4000-8000-000000000000',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: 3,
  };
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ip-masq-agent', namespace: 'kube-system', ...server },
    data: { config: 'nonMasqueradeCIDRs:\n  - 10.0.0.0/8\n' },
  };
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'ip-masq-agent', namespace: 'kube-system', ...server },
    spec: {
      revisionHistoryLimit: 10,
      selector: { matchLabels: { 'k8s-app': 'ip-masq-agent' } },
      template: {
        metadata: { labels: { 'k8s-app': 'ip-masq-agent' } },
        spec: {
          hostNetwork: true,
          dnsPolicy: 'ClusterFirst',
          restartPolicy: 'Always',
          schedulerName: 'default-scheduler',
          terminationGracePeriodSeconds: 30,
          securityContext: {},
          nodeSelector: { pool: 'edge' },
          containers: [
            {
              name: 'ip-masq-agent',
              image: 'registry.k8s.io/networking/ip-masq-agent:v2.12.0',
              args: ['--random-fully=false', '--to-ports=1024-29999', '--v=2'],
              imagePullPolicy: 'IfNotPresent',
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              securityContext: { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
              volumeMounts: [{ name: 'config', mountPath: '/etc/config' }],
            },
          ],
          volumes: [
            {
              name: 'config',
              configMap: {
                name: 'ip-masq-agent',
                optional: true,
                defaultMode: 420,
                items: [{ key: 'config', path: 'ip-masq-agent' }],
              },
            },
          ],
          tolerations: [
            { effect: 'NoSchedule', operator: 'Exists' },
            { effect: 'NoExecute', operator: 'Exists' },
          ],
        },
      },
    },
    status: { currentNumberScheduled: 3 },
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [configMap, daemonSet] };

  test('is imported with what the server added', () => {
    const { status, stdout, stderr } = box.masqWith({ input: JSON.stringify(list) }, 'import', '-', ...FACTS);
    expect(stdout).toBe(`# Imported by masq from the standard input.
apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata:
  name: my-cluster
spec:
  platform: kubernetes
  network:
    nodeCIDRs: [10.128.0.0/20]
    podCIDRs: [10.119.128.0/17]
  masquerade:
    preserve: [10.0.0.0/8]
  agent:
    randomFully: false
    toPorts: ["1024-29999"]
    nodeSelector:
      pool: edge
`);
    expect(status).toBe(0);
    expect(stderr).toContain('note MQ801 --v=2 is about the log');
    expect(stderr.match(/MQ\d+/g)).toEqual(['MQ801', 'MQ315']);
  });

  test('is imported from the files of a folder too, of which others are passed over', () => {
    box.write('live/config-map.json', JSON.stringify(configMap));
    box.write('live/agent/daemon-set.json', JSON.stringify(daemonSet));
    box.write('live/other.yaml', 'a: b: c\n');
    const { status, stdout } = box.masq('import', 'live', ...FACTS);
    expect(status).toBe(0);
    expect(stdout).toContain('preserve: [10.0.0.0/8]');
  });
});

test('writes a program', () => {
  box.write('config.yaml', FILE);
  mkdirSync(box.path('apps'));
  const args = ['import', 'config.yaml', '--platform=kubernetes', ...FACTS, '--language', 'typescript', '-n', 'prod'];
  expect(box.masq(...args, '-o', 'apps')).toEqual({ status: 0, stdout: 'wrote apps/prod.ts\n', stderr: SERVICES });
  expect(box.read('apps/prod.ts')).toBe(`// Imported by masq from config.yaml.
import { ClusterIntent, MasqApp } from 'cdk8s-masq';

const app = new MasqApp();

new ClusterIntent(app, 'prod', {
  platform: 'kubernetes',
  network: {
    nodeCIDRs: ['10.128.0.0/20'],
    podCIDRs: ['10.119.128.0/17'],
  },
  masquerade: {
    preserve: [
      { cidr: '10.0.0.0/8', reason: 'offices' },
      '172.16.0.0/12',
    ],
  },
  agent: { resyncInterval: '30s' },
});

app.synth();
`);
});

test('does not overwrite a file, until it is told to', () => {
  box.write('config.yaml', FILE);
  box.write('masq.yaml', 'mine\n');
  const args = ['import', 'config.yaml', '--platform=kubernetes', ...FACTS, '-o', 'masq.yaml'];
  expect(box.masq(...args)).toEqual({
    status: 2,
    stdout: '',
    stderr: SERVICES + 'masq: "masq.yaml" is there already; name another file with -o, or overwrite it with --force\n',
  });
  expect(box.read('masq.yaml')).toBe('mine\n');
  expect(box.masq(...args, '--force').status).toBe(0);
  expect(box.read('masq.yaml')).toBe(INTENT);
});

describe('an option', () => {
  const POLICY = JSON.stringify({
    apiVersion: 'networking.gke.io/v1',
    kind: 'EgressNATPolicy',
    metadata: { name: 'default' },
    spec: { action: 'NoSNAT', destinations: [{ cidr: '10.0.0.0/8' }] },
  });
  /** GKE's agent, which is told by its chain. */
  const DAEMON_SET = agentDaemonSet().replace('=IP-MASQ-AGENT]', '=IP-MASQ]');
  const ALONE = 'without the DaemonSet that starts the agent, and nothing that is imported is one; leave it out';

  test.each([
    [
      'map.yaml',
      '--vpc-cidr=10.0.0.0/8',
      "--vpc-cidr 10.0.0.0/8: it is for AWS's VPC CNI, and for Azure's agent on AKS, which preserve the VPC by themselves, and nothing that is imported does; leave it out",
    ],
    [
      'map.yaml',
      '--version=1.29',
      '--version 1.29: what is rendered for platform kubernetes hangs on no version; leave it out',
    ],
    [
      'map.yaml',
      '--dataplane=v2',
      '--dataplane v2: only clusters of gke-standard have it to choose, and this one is kubernetes',
    ],
    ['map.yaml', '--force', '--force overwrites a file, and none is written; name one with -o'],
    [
      'map.yaml',
      '--dialect=azure',
      '--dialect azure is about a ConfigMap whose key begins with "ip-masq", and none is imported; leave it out',
    ],
    [
      'map.yaml',
      '--dialect=tencent',
      '--dialect tencent is about a ConfigMap "ip-masq-agent-config" with the key "config", and none is imported; leave it out',
    ],
    ['set.yaml', '--agent-args=--enable-ipv6', `--agent-args is for an ip-masq-agent file, or its ConfigMap, ${ALONE}`],
    [
      'set.yaml',
      '--dialect=cilium',
      '--dialect cilium is about a ConfigMap "ip-masq-agent", and none is imported; leave it out',
    ],
    [
      'node.save',
      '--dialect=cilium',
      '--dialect cilium is about a ConfigMap "ip-masq-agent", and none is imported; leave it out',
    ],
    [
      'node.save',
      '--agent-args=--enable-ipv6',
      `--agent-args is for an ip-masq-agent file, or its ConfigMap, ${ALONE}`,
    ],
  ])('that has no effect is refused: %s %s', (file, option, said) => {
    box.write('map.yaml', agentConfigMap());
    box.write('set.yaml', DAEMON_SET);
    box.write('node.save', '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING ! -d 10.0.0.0/8 -j MASQUERADE\nCOMMIT\n');
    const { status, stdout, stderr } = box.masq('import', file, '--platform=kubernetes', ...FACTS, option);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^(?:.*\n)*masq: .*\n$/);
    expect(stderr.split('\n').at(-2)).toBe(`masq: ${said}`);
  });

  test.each([
    [
      ['--version=banana'],
      '--version banana: "banana" is no version; write one such as "1.29.4-gke.1043000" or "1.10.2"',
    ],
    [
      ['--version=1.20.1'],
      '--version 1.20.1: EgressNATPolicy needs GKE 1.23.4-gke.1600 or later, or on 1.22 1.22.7-gke.1500 or later',
    ],
    [
      ['--version=1.29.4-gke.1', '--service-cidr=10.128.1.0/24'],
      '--service-cidr 10.128.1.0/24: service range "10.128.1.0/24" overlaps node range "10.128.0.0/20" at 10.128.1.0; they must be apart',
    ],
    [
      ['--version=1.29.4-gke.1', '--service-cidr=10.96.0.0/12,10.128.1.0/24'],
      '--service-cidr 10.128.1.0/24: service range "10.128.1.0/24" overlaps node range "10.128.0.0/20" at 10.128.1.0; they must be apart',
    ],
    [
      ['--platform=anthos-bare-metal', '--version=1.10.1'],
      '--platform anthos-bare-metal: what is imported preserves a list of destinations, and that platform has none',
    ],
  ])('is blamed for what is wrong with it: %j', (options, said) => {
    box.write('policy.json', POLICY);
    expect(box.masq('import', 'policy.json', ...FACTS, ...options)).toEqual({
      status: 2,
      stdout: '',
      stderr: `masq: ${said}\n`,
    });
  });

  test('an agent that runs wrongly on Dataplane V2 is imported to be mended', () => {
    box.write('set.yaml', DAEMON_SET);
    const wrong = box.masq('import', 'set.yaml', ...FACTS, '--dataplane=v2', '--service-cidr=10.96.0.0/12');
    expect(wrong.status).toBe(0);
    expect(wrong.stderr).toContain(
      'warning MQ402 the agent runs without --random-fully=false, which it needs on Dataplane V2; what masq renders has it',
    );
    expect(wrong.stdout).not.toContain('randomFully');
    box.write('set.yaml', DAEMON_SET.replace('IP-MASQ]', 'IP-MASQ, --random-fully=false]'));
    expect(box.masq('import', 'set.yaml', ...FACTS, '--dataplane=v2').stderr).not.toContain('MQ402');
    box.write('set.yaml', DAEMON_SET);
    expect(box.masq('import', 'set.yaml', ...FACTS).stdout).toContain('    randomFully: true\n');
  });

  test("what --platform says against Autopilot's policies is told", () => {
    box.write('policy.json', POLICY);
    expect(box.masq('import', 'policy.json', ...FACTS, '--platform=gke-standard').stderr).toContain(
      'warning MQ801 EgressNATPolicy "default" is one of GKE Autopilot, and on gke-standard nobody reads it: the intent has its destinations in the list of ip-masq-agent; leave --platform out for the cluster that it is from',
    );
  });
});

describe('an import of nothing', () => {
  test('is refused', () => {
    box.write('other.yaml', 'a: 1\n');
    const { status, stderr } = box.masq('import', 'other.yaml', ...FACTS);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'error MQ906 nothing is imported: nothing that decides on source addresses is in "other.yaml"\n',
    });
  });

  test('of a file that is not there is wrong usage', () => {
    const { status, stderr } = box.masq('import', 'none.yaml', ...FACTS);
    expect(status).toBe(2);
    expect(stderr).toContain('"none.yaml" does not exist');
  });
});

test('two data planes at once are refused, since each would decide', () => {
  const pool =
    'apiVersion: crd.projectcalico.org/v1\nkind: IPPool\nmetadata: {name: a}\nspec: {cidr: 10.244.0.0/16, natOutgoing: true}\n';
  const azure = `apiVersion: v1
kind: ConfigMap
metadata: {name: azure-ip-masq-agent-config, namespace: kube-system}
data:
  ip-masq-agent: |
    nonMasqueradeCIDRs: [192.168.0.0/16]
`;
  box.write('calico.yaml', pool);
  box.write('azure.yaml', azure);
  const { status, stdout, stderr } = box.masq('import', 'azure.yaml', 'calico.yaml', ...FACTS);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(
    'azure.yaml:1:1 error MQ803 configuration of Calico and Azure stands together, and each of them would decide; take that of one',
  );
});

describe("a node's rules", () => {
  const RULES = `*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -d 10.0.0.0/8 -j RETURN
-A POSTROUTING -j MASQUERADE --random-fully
COMMIT
`;
  const ARGS = ['--platform', 'kubernetes', ...FACTS];

  test('are imported from a dump, a folder of dumps or a pipe, and verified to be what the intent says', () => {
    box.write('node.save', RULES);
    box.write('node/v4.save', RULES);
    const { status, stdout, stderr } = box.masq('import', 'node.save', ...ARGS);
    expect({ status, stderr }).toEqual({ status: 0, stderr: SERVICES });
    expect(stdout).toContain('    preserve: [10.0.0.0/8]\n    linkLocal: masquerade\n');
    const [first] = stdout.split('\n');
    expect(box.masq('import', 'node', ...ARGS).stdout).toBe(stdout.replace(first!, '# Imported by masq from node.'));
    const piped = box.masqWith({ input: RULES }, 'import', '-', ...ARGS).stdout;
    expect(piped).toBe(stdout.replace(first!, '# Imported by masq from the standard input.'));
    box.write('intent.yaml', stdout);
    expect(box.masq('verify', 'intent.yaml', '--against', 'node.save').status).toBe(0);
  });

  test('that an intent cannot say are refused at their lines', () => {
    box.write('node.save', RULES.replace('--random-fully', '-m statistic --mode random --probability 0.5'));
    const { status, stdout, stderr } = box.masq('import', 'node.save', ...ARGS);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^node\.save:5:1 error MQ803 packets to .*cannot be told from ".*--probability 0\.5.*"/);
  });

  test('are imported by themselves', () => {
    box.write('node.save', RULES);
    box.write('config.yaml', FILE);
    expect(box.masq('import', 'config.yaml', 'node.save', ...ARGS)).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'masq: "node.save" is a dump of a node\'s rules, which is imported by itself; put the dumps of one node into a folder\n',
    });
  });
});

test('ranges of which only the VPC is to tell are not called masqueraded before it is known', () => {
  box.write(
    'aws.yaml',
    `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: aws-node}}
  template:
    metadata: {labels: {k8s-app: aws-node}}
    spec:
      containers:
        - name: aws-node
          image: registry.example/amazon-k8s-cni:v1.18.0
          env: [{name: AWS_VPC_K8S_CNI_EXTERNALSNAT, value: "false"}]
`,
  );
  const args = ['import', 'aws.yaml', '--node-cidr', '192.168.1.0/24', '--pod-cidr', '192.168.128.0/17'];
  const asked = box.masq(...args);
  expect(asked.status).toBe(2);
  expect(asked.stderr).toContain('masq: give --vpc-cidr: ');
  expect(asked.stderr).not.toContain('MQ804');
  expect(box.masq(...args, '--vpc-cidr', '192.168.0.0/17').stderr).toContain('MQ804');
});

test('a ConfigMap in another namespace than the DaemonSet is not read, and its list not imported', () => {
  const facts = ['--node-cidr', '10.1.0.0/16', '--pod-cidr', '10.2.0.0/16', '--service-cidr', '10.3.0.0/16'];
  box.write('in/a.yaml', intent('a', '[203.0.113.0/24]'));
  expect(box.masq('synth', 'in').status).toBe(0);
  const config = readdirSync(box.path('dist/a')).find(name => name.includes('configmap'))!;
  const text = box.read(`dist/a/${config}`);
  box.write(`dist/a/${config}`, text.replace('namespace: kube-system', 'namespace: default'));
  const { status, stdout, stderr } = box.masq('import', 'dist/a', '--platform', 'kubernetes', '--name', 'a', ...facts);
  expect(status).toBe(0);
  expect(stdout).not.toContain('203.0.113.0/24');
  expect(stderr).toContain(
    'warning MQ606 the DaemonSet is in namespace "kube-system" and reads a ConfigMap of that namespace, but "ip-masq-agent" is in "default": its list is not imported\n',
  );
  expect(stderr).toContain('  hint: if it is to count, give both one namespace and import again\n');
});

test('a list with IPv6 does not say by itself that the agent writes IPv6 rules', () => {
  box.write('config', 'nonMasqueradeCIDRs: [10.0.0.0/8, "fd00::/8"]\n');
  const ranges = ['--node-cidr=10.1.2.0/24', '--pod-cidr=10.1.3.0/24,fd00:1::/64', '--platform=kubernetes'];
  const asked = box.masq('import', 'config', ...ranges);
  expect(asked.status).toBe(2);
  expect(asked.stderr).toContain('give --agent-args with what the agent is started with');
  const told = box.masq('import', 'config', ...ranges, '--agent-args=--enable-ipv6', '-o', 'prod.yaml');
  expect(told.status).toBe(0);
  expect(box.masq('diff', 'config', 'prod.yaml', '--agent-args=--enable-ipv6').stdout).toContain('no changes');
});
