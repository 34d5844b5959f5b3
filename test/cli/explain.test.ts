import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { agentConfigMap, agentDaemonSet } from '../analysis/agent-manifests';
import { ROOT, sandbox } from './sandbox';

const box = sandbox();

const INTENT = `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: lab}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  masquerade:
    preserve:
      - cidr: 10.0.0.0/8
        except: [10.200.0.0/16]
        reason: the company
  egress:
    floatingIPs: [192.168.1.100, 192.168.1.101]
    policies:
      - name: bank
        from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: pay}}, podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [batch]}]}}]
        to: [203.0.113.0/24]
        sourceIP: 192.168.1.100
`;

beforeEach(() => {
  box.write('lab.yaml', INTENT);
});

test.each([
  [
    'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: a}\nspec: {cidr: 10.244.0.0/16, natOutgoing: false}\n',
    'IPPool "a" without natOutgoing (side.yaml:4:42)',
  ],
  ['trafficEncapMode: noEncap\nnoSNAT: true\negress: {exceptCIDRs: []}\n', 'noSNAT (side.yaml:2:9)'],
  ['env: {AWS_VPC_K8S_CNI_EXTERNALSNAT: "true"}\n', 'AWS_VPC_K8S_CNI_EXTERNALSNAT=true (side.yaml:1:37)'],
])('a setting that keeps every address is told by its name, and as no range that nobody wrote', (text, rule) => {
  box.write('side.yaml', text);
  expect(box.masq('explain', 'side.yaml', '--to', '8.8.8.8').stdout).toContain(`decided by ${rule}\n`);
});

test.each([
  ['explain', 'side.yaml', '--to', '10.9.9.9'],
  ['diff', 'lab.yaml', 'side.yaml', '--format', 'markdown'],
  ['report', 'side.yaml', '-o', '-'],
])('a reason that would reorder what is shown, or move the cursor, is made visible: masq %s', (...args) => {
  const text = INTENT.replace('reason: the company', 'reason: "the \\u202ecom\\u2066pany\\e"');
  box.write('side.yaml', text.replace('except: [10.200.0.0/16]', 'except: [10.208.0.0/12]'));
  const { stdout } = box.masq(...args);
  expect(stdout).toContain('the \ufffdcom\ufffdpany\u241b');
  // A page holds what it is made of as data too.
  if (args[0] !== 'report') expect(['\u202e', '\u2066', '\u001b'].filter(sign => stdout.includes(sign))).toEqual([]);
});

test('a dump that names rules of iptables only says what to add, wherever it is asked', () => {
  const table = { family: 'ip', name: 'nat' };
  const own = { family: 'ip', table: 'nat' };
  const hook = { type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' };
  const expr = [{ xt: { type: 'match', name: 'comment' } }, { xt: { type: 'target', name: 'MASQUERADE' } }];
  const nftables = [
    { table },
    { chain: { ...own, name: 'POSTROUTING', ...hook } },
    { rule: { ...own, chain: 'POSTROUTING', handle: 2, expr } },
  ];
  box.write('node.json', JSON.stringify({ nftables }));
  const advice = 'nft lists rules of iptables-nft without what they match and do: add the output of iptables-save';
  const { stdout } = box.masq('explain', 'node.json', '--from', '10.244.0.1', '--to', '8.8.8.8');
  expect(stdout).toContain(`  note: ${advice}\n`);
  expect(stdout).toContain(
    'decided by ip nat POSTROUTING handle 2: xt match "comment" xt target "MASQUERADE" (node.json:1:',
  );
  expect(box.masq('diff', 'lab.yaml', 'node.json').stdout).toContain(`\n  ${advice}\n`);
  expect(box.masq('diff', 'lab.yaml', 'node.json', '--format=markdown').stdout).toContain(`\n${advice}.\n`);
});

test('flags are for a file, or its ConfigMap, without a DaemonSet, and idle elsewhere', () => {
  box.write(
    'ip-masq-agent.yaml',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ip-masq-agent, namespace: kube-system}\ndata: {config: "{}"}\n',
  );
  const asked = (side: string) => box.masq('explain', side, '--to', 'fd00::1', '--agent-args=--enable-ipv6');
  expect(asked('ip-masq-agent.yaml').stdout).toContain(
    "by the agent with the ConfigMap's file and the flags that were given\n\n  to fd00::1: masqueraded",
  );
  const idle =
    'masq: --agent-args is for an ip-masq-agent file, or its ConfigMap, without the DaemonSet that starts the agent, and nothing that is asked about is one; leave it out\n';
  expect(asked('lab.yaml')).toEqual({ status: 2, stdout: '', stderr: idle });
  box.masq('synth', 'lab.yaml');
  expect(asked('dist/lab').stderr).toBe(idle);
  expect(box.masq('diff', 'lab.yaml', 'dist/lab', '--agent-args=--enable-ipv6').stderr).toBe(idle);
});

test.each([
  ['git:', 'no revision is said; write git:REV:PATH, such as git:main:intents/'],
  ['git::dist/prod', 'no revision is said; write git:REV:PATH, such as git:main:dist/prod'],
])('%s is no side', (word, said) => {
  expect(box.masq('explain', word, '--to', '1.1.1.1')).toEqual({
    status: 2,
    stdout: '',
    stderr: `masq: "${word}": ${said}\n`,
  });
  expect(box.masq('import', word).stderr).toBe(`masq: "${word}": ${said}\n`);
});

test('every rule that was asked says why it did not decide', () => {
  const { status, stdout, stderr } = box.masq(
    'explain',
    'lab.yaml',
    '--to',
    '10.200.1.1',
    '--from',
    'app=batch',
    '-n',
    'pay',
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(
    stdout,
  ).toBe(`lab: packets from a pod labelled {app: batch} in a namespace labelled {kubernetes.io/metadata.name: pay}, by the intent

  to 10.200.1.1: masqueraded
    they leave with the address of its node
    decided by everything that is not preserved
    not by spec.egress.policies[0] "bank" (lab.yaml:15:9): it does not select the pod: the pod's label "app" is "batch", which it leaves out
    not by spec.network.nodeCIDRs[0] "192.168.1.0/24" (lab.yaml:6:25): it holds none of the destinations: 192.168.1.0/24
    not by spec.network.podCIDRs[0] "10.244.0.0/16" (lab.yaml:6:53): it holds none of the destinations: 10.244.0.0/16
    not by spec.network.serviceCIDRs[0] "10.96.0.0/12" (lab.yaml:6:84): it holds none of the destinations: 10.96.0.0/12
    not by link-local: it holds none of the destinations: 169.254.0.0/16
    not by spec.masquerade.preserve[0] "10.0.0.0/8", the company (lab.yaml:9:9): it holds none of the destinations: 10.0.0.0/8 minus 10.200.0.0/16
`);
});

test('a range is split exactly where it is treated differently', () => {
  const { stdout } = box.masq('explain', 'lab.yaml', '--to', '0.0.0.0/0', '--from', 'app=web', '--namespace', 'pay');
  const parts = [...stdout.matchAll(/^ {2}to (.*): (.*)$/gm)].map(match => [match[1], match[2]]);
  expect(parts).toEqual([
    ['203.0.113.0/24', 'SNAT to 192.168.1.100'],
    ['192.168.1.0/24', 'preserved'],
    ['10.244.0.0/16', 'preserved'],
    ['10.96.0.0/12', 'preserved'],
    ['169.254.0.0/16', 'preserved'],
    ['10.0.0.0/8 minus 10.96.0.0/12, 10.200.0.0/16 and 10.244.0.0/16', 'preserved'],
    ['(0.0.0.0/0 minus 10.0.0.0/8, 169.254.0.0/16, 192.168.1.0/24 and 203.0.113.0/24), 10.200.0.0/16', 'masqueraded'],
  ]);
});

test('data for programs', () => {
  const { stdout } = box.masq(
    'explain',
    'lab.yaml',
    '--to',
    '203.0.113.9',
    '--from',
    'app=web',
    '-n',
    'pay',
    '-f',
    'json',
  );
  expect(JSON.parse(stdout)).toEqual([
    {
      cluster: 'lab',
      as: 'the intent',
      pod: { namespace: { 'kubernetes.io/metadata.name': 'pay' }, labels: { app: 'web' } },
      notes: [],
      asked: [
        {
          rule: 'spec.egress.policies[0] "bank"',
          file: 'lab.yaml',
          line: 15,
          column: 9,
          why: 'holds others: 203.0.113.0/24',
        },
      ],
      explanations: [
        {
          to: ['203.0.113.9/32'],
          treatment: { kind: 'snat', sourceIP: '192.168.1.100' },
          decidedBy: { rule: 'spec.egress.policies[0] "bank"', file: 'lab.yaml', line: 15, column: 9 },
          askedBefore: 0,
        },
      ],
    },
  ]);
});

test.each([
  ['10.244.3.4', []],
  ['172.16.0.9', ["172.16.0.9 is in none of the cluster's pod ranges, 10.244.0.0/16"]],
  [
    '192.168.1.7',
    [
      "192.168.1.7 is in the nodes' range: what a node or a pod with hostNetwork sends has that source, whatever the rules say",
    ],
  ],
])('packets from the address %s', (from, notes) => {
  const { status, stdout } = box.masq('explain', 'lab.yaml', '--from', from, '--to', '203.0.113.9');
  expect(status).toBe(0);
  expect(stdout).toContain(`lab: packets from ${from}, a pod that no egress policy selects, by the intent\n`);
  expect([...stdout.matchAll(/^ {2}note: (.*)$/gm)].map(match => match[1])).toEqual(notes);
});

test('several clusters are answered, or the one that is named', () => {
  box.write('other.yaml', INTENT.replace('name: lab', 'name: other'));
  const clusters = (...args: string[]): unknown[] =>
    JSON.parse(box.masq('explain', '.', '--to', '10.0.0.1', '-f', 'json', ...args).stdout).map(
      (one: { cluster: string }) => one.cluster,
    );
  expect(clusters()).toEqual(['lab', 'other']);
  expect(clusters('--cluster', 'other')).toEqual(['other']);
  expect(box.masq('explain', '.', '--to', '10.0.0.1', '--cluster', 'othr').stderr).toBe(
    'masq: --cluster "othr" is none of the clusters; did you mean "other"?\n',
  );
});

test('clusters of which the same is said are told together, each rule that did not decide of one kind only', () => {
  for (let n = 0; n < 9; n++) box.write(`fleet/c-${n}.yaml`, INTENT.replace('name: lab', `name: c-${n}`));
  const { stdout } = box.masq('explain', 'fleet', '--to', '10.0.0.1');
  expect(stdout).toMatch(/^c-0, c-1, c-2, c-3, c-4, c-5, c-6 and 2 more: packets from a pod/);
  expect(stdout.match(/packets from/g)).toHaveLength(1);
  expect(stdout).toContain('not by ');
  box.write('fleet/other.yaml', INTENT.replace('name: lab', 'name: other').replaceAll('10.200.0.0/16', '10.0.0.0/16'));
  const both = box.masq('explain', 'fleet', '--to', '10.0.0.1').stdout;
  expect(both.match(/packets from/g)).toHaveLength(2);
  expect(both).toMatch(/asked before: \d+ rules, which "--cluster NAME" lists/);
  expect(both).not.toContain('not by ');
  expect(JSON.parse(box.masq('explain', 'fleet', '--to', '10.0.0.1', '-f', 'json').stdout)).toHaveLength(10);
});

describe('destinations', () => {
  const parts = (...to: string[]): string[] => {
    const { stdout, stderr } = box.masq('explain', 'lab.yaml', ...to.flatMap(word => ['--to', word]));
    expect(stderr).toBe('');
    return [...stdout.matchAll(/^ {2}to (.*): /gm)].map(match => match[1]!);
  };

  test('may be several, of both families', () => {
    expect(parts('1.1.1.1,2.2.2.2')).toEqual(['1.1.1.1, 2.2.2.2']);
    expect(parts('1.1.1.1', '2.2.2.2')).toEqual(['1.1.1.1, 2.2.2.2']);
    expect(parts('1.1.1.1', 'fd00::/8')).toEqual(['1.1.1.1', 'fd00::/8']);
    const data = JSON.parse(box.masq('explain', 'lab.yaml', '--to', '1.1.1.1,fd00::1', '-f', 'json').stdout);
    expect(data.map((one: { explanations: { to: string[] }[] }) => one.explanations[0]!.to)).toEqual([
      ['1.1.1.1/32'],
      ['fd00::1/128'],
    ]);
  });

  test('go by their names, as gates take them', () => {
    expect(parts('pods')).toEqual(['10.244.0.0/16']);
    expect(parts('nodes')).toEqual(['192.168.1.0/24']);
    expect(parts('link-local')).toEqual(['169.254.0.0/16']);
    expect(box.masq('explain', 'lab.yaml', '--to', 'rfc1819').stderr).toBe(
      'masq: --to "rfc1819" is no range; did you mean "rfc1918"?\n',
    );
    expect(box.masq('explain', 'lab.yaml', '--to', 'on-premises').stderr).toBe(
      'masq: --to "on-premises": no cluster that is asked declares its on-premises networks\n',
    );
  });

  test('that one cluster declares are asked of it, and the others say that they do not', () => {
    box.write('shop.yaml', readFileSync(join(ROOT, 'examples/pull-request/intent.yaml'), 'utf8'));
    expect(box.masq('explain', 'shop.yaml', '--to', 'warehouse').stdout).toContain('\n  to 10.180.7.0/24: ');
    const { stdout } = box.masq('explain', '.', '--to', 'warehouse');
    expect(stdout).toContain(
      'lab: packets from a pod that no egress policy selects, by the intent\n  note: "warehouse" is not declared here\n',
    );
    expect(box.masq('explain', 'lab.yaml', '--to', 'warehouse').status).toBe(2);
  });
});

test('the intents that the settings name are asked when no side is', () => {
  const none = box.masq('explain', '--to', '10.0.0.1');
  expect(none).toMatchObject({ status: 2, stdout: '' });
  expect(none.stderr).toBe(
    'masq: name what is asked: files, folders, "-", git:REV:PATH or cluster: (or run masq where a .masq.yaml names intents)\n',
  );
  box.write('.masq.yaml', 'intents: [lab.yaml]\n');
  expect(box.masq('explain', '--to', '10.0.0.1').stdout).toContain('lab: packets from');
});

test('what anybody hands over is read: a pipe, a bare file with its flags, a ConfigMap', () => {
  const { stdout } = box.masqWith({ input: INTENT }, 'explain', '-', '--to', '10.0.0.1');
  expect(stdout).toContain('(<stdin>:9:9)');
  box.write('agent', '{"nonMasqueradeCIDRs": ["10.0.0.0/8", "fd00::/8"]}');
  const asked = (...args: string[]): string => box.masq('explain', 'agent', '--to', 'fd00::1', ...args).stdout;
  expect(asked()).toContain('decided by no IPv6 rules');
  expect(asked('--agent-args=--enable-ipv6')).toContain('decided by nonMasqueradeCIDRs[1] "fd00::/8" (agent:1:39)');
  const config = 'nonMasqueradeCIDRs:\n  - 10.0.0.0/8\n'.replace(/^/gm, '    ').trimEnd();
  box.write(
    'cm.yaml',
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ip-masq-agent, namespace: kube-system}\ndata:\n  config: |\n${config}\n`,
  );
  expect(box.masq('explain', 'cm.yaml', '--to', '10.1.2.3').stdout).toContain(
    'decided by nonMasqueradeCIDRs[0] "10.0.0.0/8" (cm.yaml:7:9)',
  );
});

test.each([
  [[], '--to is missing: the address, the CIDR or the range that packets go to'],
  [['--to', '10.0.0.300'], '--to address "10.0.0.300": 300 is out of range; write a number from 0 to 255'],
  [['--to', '10.0.0.1/8'], 'did you mean "10.0.0.0/8"?'],
  [['--to', '10.0.0.1', '--from', '10.0.0'], '--from address "10.0.0" has 3 parts; an IPv4 address has 4'],
  [
    ['--to', '10.0.0.1', '--from', 'web'],
    '--from "web" is neither an address nor a list of labels; write KEY=VALUE, with commas between several',
  ],
  [
    ['--to', '10.0.0.1', '-n', 'a=b,c'],
    '--namespace "a=b,c" is no list of labels; write KEY=VALUE, with commas between several',
  ],
  [
    ['--to', '10.0.0.1', '-n', 'pay', '--from', '10.244.0.1'],
    '--namespace is for labels; an address is in one namespace only',
  ],
  [
    ['--to', '2001:db8::1', '--from', '10.244.0.1'],
    '--from is an address of IPv4, and --to one of IPv6: no packet has both',
  ],
])('%j is refused', (args, message) => {
  const { status, stdout, stderr } = box.masq('explain', 'lab.yaml', ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('a list of thousands of rules is explained in few lines, and in time', () => {
  const list = Array.from({ length: 5000 }, (_, i) => `11.${i >> 8}.${i & 255}.0/25`);
  box.write('agent', JSON.stringify({ nonMasqueradeCIDRs: list, cidrLimit: 5000 }));
  const { status, stdout } = box.masq('explain', 'agent', '--to', '0.0.0.0/0');
  expect(status).toBe(0);
  expect(stdout.match(/^ {2}to /gm)).toHaveLength(5002);
  expect(stdout).toContain('    not by the 5000 rules that did not decide above\n    not by nonMasqueradeCIDRs[4999] ');
  expect(stdout.split('\n').length).toBeLessThan(5002 * 6 + 1);
  const one = box.masq('explain', 'agent', '--to', '9.9.9.9').stdout;
  expect(one).toContain('nor by 4971 more rules, which "--format json" lists');
  const [answer] = JSON.parse(box.masq('explain', 'agent', '--to', '0.0.0.0/0', '-f', 'json').stdout);
  expect(answer.asked).toHaveLength(5001);
  expect(answer.asked[1]).toMatchObject({ rule: 'nonMasqueradeCIDRs[0] "11.0.0.0/25"', file: 'agent', line: 1 });
  expect(answer.explanations.at(-1)).toMatchObject({ treatment: { kind: 'masquerade' }, askedBefore: 5001 });
});

test('manifests in no folder are called as their file, and folders of one name by more of their path', () => {
  const config = (cidr: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ip-masq-agent, namespace: kube-system}\ndata: {config: "nonMasqueradeCIDRs: [${cidr}]"}\n`;
  box.write('cm.yaml', config('10.0.0.0/8'));
  box.write('eu/prod/cm.yaml', config('10.0.0.0/9'));
  box.write('us/prod/cm.yaml', config('10.0.0.0/10'));
  const names = (...sides: string[]): string[] =>
    [...box.masq('explain', ...sides, '--to', '10.0.0.1').stdout.matchAll(/^(\S.*): packets from/gm)].map(
      match => match[1]!,
    );
  expect(names('cm.yaml')).toEqual(['cm']);
  expect(names('eu', 'us')).toEqual(['eu/prod', 'us/prod']);
  expect(names('eu')).toEqual(['prod']);
  expect(box.masqWith({ input: '\n' }, 'explain', '-', '--to', '10.0.0.1')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'masq: the standard input is empty; a command that failed before the pipe leaves nothing to read\n',
  });
  const piped = box.masqWith({ input: config('10.0.0.0/8') }, 'explain', '-', '--to', '10.0.0.1').stdout;
  expect(piped).toMatch(/^stdin: packets from/);
});

describe('a node with the rules of others', () => {
  const DUMP = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:IP-MASQ-AGENT - [0:0]
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT
-A IP-MASQ-AGENT -d 10.0.0.0/8 -j RETURN
-A IP-MASQ-AGENT -j MASQUERADE
COMMIT
`;

  test('a rule that may decide is not told as one that did not', () => {
    box.write('node.save', DUMP);
    const { stdout } = box.masq('explain', 'node.save', '--to', '10.1.1.1');
    expect(stdout).toContain(
      'note: where pods have their addresses is not known, and rules ask for it: say --from ADDRESS, or --facts',
    );
    expect(stdout).toContain('to 10.1.1.1: treated in a way that cannot be told');
    expect(stdout).not.toContain('not by');
  });

  test('the address that packets come from counts, and so do the facts of an intent', () => {
    box.write('node.save', DUMP);
    const from = box.masq('explain', 'node.save', '--to', '10.1.1.1', '--from', '10.244.3.3').stdout;
    expect(from).toContain('to 10.1.1.1: preserved');
    expect(from).toContain('(node.save:9:1)');
    const docker = box.masq('explain', 'node.save', '--to', '10.1.1.1', '--from', '172.17.0.2').stdout;
    // Through which device a packet leaves is not known.
    expect(docker).toContain('to 10.1.1.1: treated in a way that cannot be told');
    const facts = box.masq('explain', 'node.save', '--to', '10.1.1.1', '--facts', 'lab.yaml').stdout;
    expect(facts).toContain('to 10.1.1.1: preserved');
    expect(facts).not.toContain('note:');
  });
});

test('ports that no agent takes are refused', () => {
  box.write('file.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8]\n');
  expect(box.masq('explain', 'file.yaml', '--to', '1.1.1.1', '--agent-args=--to-ports=5-1')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'masq: --agent-args: port range "5-1" runs backwards; write "1-5"\n',
  });
});

test.each(['app==web', 'app!=web', 'app=a,app=b', 'app=we b!', '=web'])('"%s" is no list of labels', labels => {
  box.write('file.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8]\n');
  expect(box.masq('explain', 'file.yaml', '--to', '1.1.1.1', '--from', labels)).toEqual({
    status: 2,
    stdout: '',
    stderr: `masq: --from "${labels}" is neither an address nor a list of labels; write KEY=VALUE, with commas between several\n`,
  });
});

test('of a namespace without a pod it is told that policies ask for labels of pods', () => {
  const note = 'nothing is told of the pod, and policies ask for its label app: say --from app=VALUE';
  box.write('intent.yaml', INTENT.replace('kubernetes.io/metadata.name: pay', 'team: pay'));
  const said = (...words: string[]) => box.masq('explain', 'intent.yaml', '--to', '203.0.113.1', ...words).stdout;
  expect(said('--namespace', 'team=pay')).toContain(`  note: ${note}\n`);
  expect(said('--namespace', 'team=other')).not.toContain('policies ask');
  expect(said('--namespace', 'team=pay', '--from', 'app=b')).not.toContain('policies ask');
});

test.each([
  ['--masq-chain=', 'chain "" is no iptables chain name; write letters, digits, "-" and "_"'],
  ['--masq-chain=a/b', 'chain "a/b" is no iptables chain name; write letters, digits, "-" and "_"'],
  ['--enable-ipv6 false', '"false" is no flag; write "--enable-ipv6=false"'],
  ['--random-fully=no', '"--random-fully" is true or false; write "--random-fully=false"'],
  ['--random-fully=yes', '"--random-fully" is true or false; write "--random-fully=true"'],
])('--agent-args=%s', (args, said) => {
  box.write('file.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8]\n');
  expect(box.masq('explain', 'file.yaml', '--to', '1.1.1.1', `--agent-args=${args}`).stderr).toBe(
    `masq: --agent-args: ${said}\n`,
  );
});

test('what is in a folder above has the name of that folder', () => {
  const pool = (kept: boolean) =>
    `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: pods}\nspec: {cidr: 10.244.0.0/16, natOutgoing: ${kept}}\n`;
  box.write('fleet/pools.yaml', pool(true));
  box.write('fleet/inner/x.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8]\n');
  for (const [cwd, side] of [
    ['fleet/inner', '../pools.yaml'],
    ['fleet', './pools.yaml'],
    ['.', 'fleet/pools.yaml'],
  ] as const) {
    expect(box.masqWith({ cwd }, 'explain', side, '--to', '1.1.1.1').stdout).toMatch(/^fleet: /);
  }
});

test('of a namespace by its name it is told that policies ask for more', () => {
  const note =
    'of the namespace only its name is told, and policies ask for its label team: say --namespace team=VALUE';
  box.write('intent.yaml', INTENT.replace('kubernetes.io/metadata.name: pay', 'team: pay'));
  const said = (...words: string[]) => box.masq('explain', 'intent.yaml', '--to', '203.0.113.1', ...words).stdout;
  expect(said('--from', 'app=a', '--namespace', 'shop')).toContain(note);
  expect(said('--from', 'app=a')).toContain('nothing is told of the namespace, and policies ask for its label team');
  expect(said('--from', 'app=a', '--namespace', 'team=pay')).not.toContain('policies ask');
});

test('files of one agent that are named one by one are of one cluster, and a folder of theirs is not', () => {
  box.write('split/base/ds.yaml', agentDaemonSet());
  box.write('split/prod/cm.yaml', agentConfigMap());
  const heads = (...sides: string[]) =>
    box.masq('explain', ...sides, '--to', '192.168.0.1').stdout.match(/^(\w+: packets| {2}note: .*| {2}to .*)/gm);
  expect(heads('split/base/ds.yaml', 'split/prod/cm.yaml')).toEqual([
    'prod: packets',
    expect.stringContaining('were named together and are taken for those of one cluster'),
    '  to 192.168.0.1: masqueraded',
  ]);
  expect(heads('split')).toEqual([
    'base: packets',
    expect.stringContaining('stand in two folders'),
    '  to 192.168.0.1: preserved',
    'prod: packets',
    expect.stringContaining('stand in two folders'),
    '  to 192.168.0.1: masqueraded',
  ]);
});
