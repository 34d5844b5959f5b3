import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { jumpRule } from '../../core/dataplane/iptables-text';
import { dumpOf, INTENT } from '../dump/nodes';
import { sandbox } from './sandbox';

const box = sandbox();

beforeEach(() => {
  box.write('masq.yaml', INTENT);
});

const verify = (...args: string[]) => box.masq('verify', 'masq.yaml', ...args);

describe('what is proven', () => {
  test('is said of each family that the dump has', () => {
    box.write('node-1', dumpOf(['@agent']));
    expect(verify('--against', 'node-1')).toEqual({
      status: 0,
      stdout: `node-1: proven
  IPv4: every address is treated as is wanted by the intent
  IPv6: nothing of it is in the dump
  the table "nat" alone is in the dump: whether others mark packets, or leave them untracked, is not seen
1 node against "prod": 1 proven
`,
      stderr: '',
    });
  });

  test('hangs on other tables too, where they are not in the dump', () => {
    box.write('node-1', `${dumpOf(['@agent'])}*mangle\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n`);
    expect(verify('--against', 'node-1').stdout).not.toContain('alone is in the dump');
  });

  test('goes for the rules that nft lists, and for the standard input', () => {
    const table = { family: 'ip', name: 't' };
    const listing = { nftables: [{ table }, { chain: { family: 'ip', table: 't', name: 'c' } }] };
    box.write(
      'all.yaml',
      INTENT.replace('preserve: [10.0.0.0/8]', 'preserve: ["0.0.0.0/0"]').replace(
        'podCIDRs',
        'internetRoute: custom-default-route\n    podCIDRs',
      ),
    );
    const { status, stdout } = box.masqWith({ input: JSON.stringify(listing) }, 'verify', 'all.yaml', '--against', '-');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `<stdin>: proven
  IPv4: every address is treated as is wanted by the intent
  IPv6: every address is treated as is wanted by the intent
1 node against "prod": 1 proven
`,
    });
  });

  test.each(['RETURN', 'MASQUERADE'])('leaves it to the data plane what an intent without a list does: %s', does => {
    const network = 'network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16]}';
    box.write('masq.yaml', `${INTENT.slice(0, INTENT.indexOf('spec:'))}spec:\n  platform: kubernetes\n  ${network}\n`);
    box.write(
      'node-1',
      dumpOf([
        '-A POSTROUTING -d 10.244.0.0/16 -j RETURN',
        `-A POSTROUTING -d 192.168.1.0/24 -j ${does}`,
        '-A POSTROUTING -j MASQUERADE',
      ]),
    );
    expect(verify('--against', 'node-1').stdout).toBe(`node-1: proven
  IPv4: every address is treated as is wanted by the intent
    192.168.1.0/24: the intent leaves this to the data plane
  IPv6: nothing of it is in the dump
  the table "nat" alone is in the dump: whether others mark packets, or leave them untracked, is not seen
1 node against "prod": 1 proven
`);
  });

  test('says what an intent without a list leaves to the data plane where something else is wrong', () => {
    const network = 'network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16]}';
    box.write('masq.yaml', `${INTENT.slice(0, INTENT.indexOf('spec:'))}spec:\n  platform: kubernetes\n  ${network}\n`);
    box.write('node-1', dumpOf(['-A POSTROUTING -j MASQUERADE']));
    const { stdout } = verify('--against', 'node-1');
    expect(stdout).toContain('node-1: contradicted');
    expect(stdout).toContain('    192.168.1.0/24: the intent leaves this to the data plane\n');
  });

  test('counts an Egress of Antrea once, whatever is not known of it', () => {
    const spec = '{appliedTo: {podSelector: {matchLabels: {role: web}}}, egressIP: 192.168.1.100}';
    box.write('antrea.yaml', `apiVersion: crd.antrea.io/v1beta1\nkind: Egress\nmetadata: {name: pay}\nspec: ${spec}\n`);
    box.write('node-1', dumpOf(['-A POSTROUTING -j MASQUERADE']));
    const args = ['verify', 'antrea.yaml', '--facts=masq.yaml', '--against', 'node-1'];
    expect(box.masq(...args).stdout).toContain('; pods of 1 egress policy are not compared');
    expect(JSON.parse(box.masq(...args, '--format=json').stdout).egressPoliciesNotCompared).toBe(1);
    const asked = box.masq('explain', 'antrea.yaml', '--facts=masq.yaml', '--to=10.1.1.1').stdout;
    expect(asked.match(/not by policy "pay".*/g)).toEqual([
      'not by policy "pay" (antrea.yaml:3:18): it is for the pods that it selects',
    ]);
  });

  test('says whose rules decide, though as is wanted', () => {
    box.write('node-1', dumpOf(['-A POSTROUTING -d 203.0.113.0/24 -j MASQUERADE --random-fully', '@agent']));
    expect(verify('--against', 'node-1').stdout).toBe(`node-1: proven
  IPv4: every address is treated as is wanted by the intent
    as is wanted, but not by the agent: the rule for 203.0.113.0/24: node-1:8:1: iptables -t nat -A POSTROUTING -d 203.0.113.0/24 -j MASQUERADE --random-fully
  IPv6: nothing of it is in the dump
  the table "nat" alone is in the dump: whether others mark packets, or leave them untracked, is not seen
1 node against "prod": 1 proven
`);
  });
});

describe('what is not', () => {
  test('is told with both rules, a packet, and what is in the way', () => {
    box.write('node-1', dumpOf(['@agent']));
    box.write(
      'node-2',
      dumpOf(['-A POSTROUTING -d 10.8.0.0/14 -m comment --comment "flanneld masq" -j MASQUERADE', '@agent']),
    );
    expect(verify('--against', 'node-1', 'node-2')).toEqual({
      status: 1,
      stdout: `node-1: proven
  IPv4: every address is treated as is wanted by the intent
  IPv6: nothing of it is in the dump
  the table "nat" alone is in the dump: whether others mark packets, or leave them untracked, is not seen

node-2: contradicted
  IPv4: 262,144 addresses treated otherwise than is wanted
    10.8.0.0/14 (262,144 addresses)
      wanted: preserved, by spec.masquerade.preserve[0] "10.0.0.0/8" (masq.yaml:10:16)
      found:  masqueraded, by
        node-2:8:1: iptables -t nat -A POSTROUTING -d 10.8.0.0/14 -m comment --comment "flanneld masq" -j MASQUERADE
      a packet that shows it: any to 10.8.0.1
    in the way:
      the rule of flannel for 10.8.0.0/14: node-2:8:1: iptables -t nat -A POSTROUTING -d 10.8.0.0/14 -m comment --comment "flanneld masq" -j MASQUERADE
    without it every address would be treated as is wanted
  IPv6: nothing of it is in the dump

2 nodes against "prod": 1 proven, 1 contradicted
`,
      stderr: '',
    });
  });

  test('is left open where no dump tells it', () => {
    box.write('node-1', dumpOf(['-A POSTROUTING -d 10.8.0.0/14 -m set --match-set x dst -j MASQUERADE', '@agent']));
    expect(verify('--against', 'node-1')).toMatchObject({
      status: 1,
      stdout: `node-1: unproven
  IPv4: 262,144 addresses of which it cannot be told
    10.8.0.0/14 (262,144 addresses)
      wanted: preserved, by spec.masquerade.preserve[0] "10.0.0.0/8" (masq.yaml:10:16)
      found:  it cannot be told, for it hangs on
        node-1:8:1: iptables -t nat -A POSTROUTING -d 10.8.0.0/14 -m set --match-set x dst -j MASQUERADE
      a packet that shows it: any to 10.8.0.1
    in the way:
      the rule for 10.8.0.0/14: node-1:8:1: iptables -t nat -A POSTROUTING -d 10.8.0.0/14 -m set --match-set x dst -j MASQUERADE
    without it every address would be treated as is wanted
  IPv6: nothing of it is in the dump

1 node against "prod": 1 unproven
`,
    });
  });

  test.each([
    [
      'the chain is not there',
      ['-A POSTROUTING -d 10.0.0.0/8 -j RETURN'],
      'chain IP-MASQ-AGENT is not there: no agent with this --masq-chain has written rules',
    ],
    ['nothing leads to it', ['@agent', '-A POSTROUTING -j RETURN'], undefined],
    [
      'nothing leads to it any more',
      ['-A IP-MASQ-AGENT -j MASQUERADE --random-fully'],
      'no rule of POSTROUTING leads to chain IP-MASQ-AGENT',
    ],
    [
      'another agent has left its rules',
      [`-A POSTROUTING ${jumpRule('IP-MASQ')}`, '-A IP-MASQ -j MASQUERADE --random-fully', '@agent'],
      'another agent with chain IP-MASQ has left a rule in POSTROUTING',
    ],
    [
      'other source ports are chosen',
      [
        `-A POSTROUTING ${jumpRule('IP-MASQ-AGENT')}`,
        '-A IP-MASQ-AGENT -d 10.0.0.0/7 -j RETURN',
        '-A IP-MASQ-AGENT -j MASQUERADE',
      ],
      'found:  masqueraded, with source ports that are not fully random, by',
    ],
    [
      'one protocol is treated otherwise',
      ['-A POSTROUTING -d 10.8.0.0/14 -p udp -j MASQUERADE', '@agent'],
      'a packet that shows it: one of UDP to 10.8.0.1',
    ],
  ])('says that %s', (_, rules, line) => {
    box.write('node-1', dumpOf(rules));
    const { stdout } = verify('--against', 'node-1');
    if (line === undefined) expect(stdout).toContain('node-1: proven');
    else expect(stdout.split('\n').map(one => one.trim())).toContain(line);
  });
});

describe('what nft lists of iptables-nft', () => {
  const AGENT = 'IP-MASQ-AGENT';
  const listed = (jump: readonly object[]) => {
    const of = { family: 'ip', table: 'nat' };
    const hook = { type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' };
    return JSON.stringify({
      nftables: [
        { table: { family: 'ip', name: 'nat' } },
        { chain: { ...of, name: 'POSTROUTING', ...hook } },
        { chain: { ...of, name: AGENT } },
        ...jump.map(expr => ({ rule: { ...of, chain: 'POSTROUTING', handle: 3, expr } })),
      ],
    });
  };
  const absent = `chain ${AGENT} is not there: no agent with this --masq-chain has written rules`;
  const idle = `no rule of POSTROUTING leads to chain ${AGENT}`;
  const advice = 'nft lists rules of iptables-nft without what they match and do: add the output of iptables-save';
  const diagnosed = (dump: string): string[] => {
    box.write('node-1', dump);
    const { stdout } = verify('--against', 'node-1');
    expect(stdout).toMatch(/^node-1: (?:contradicted|unproven)\n/);
    const lines = stdout.split('  IPv6:')[0]!.split('\n');
    return lines.map(line => line.trim()).filter(line => [absent, idle, advice].includes(line));
  };
  const matching = [{ xt: { type: 'match', name: 'addrtype' } }, { jump: { target: AGENT } }];

  test('is not the whole of it, and the chain is there', () => {
    expect(diagnosed(listed([matching]))).toEqual([advice]);
    const { stdout } = verify('--against', 'node-1', '-f', 'json');
    expect(stdout).toContain(advice);
  });

  test('is a chain to which nothing leads', () => {
    expect(diagnosed(listed([]))).toEqual([idle]);
    expect(diagnosed(listed([]).replaceAll(AGENT, 'ANOTHER'))).toEqual([absent]);
  });

  test('is enough beside what iptables-save prints', () => {
    const saved = [`-A POSTROUTING -m addrtype ! --dst-type LOCAL -j ${AGENT}`, `-A ${AGENT} -j ACCEPT`];
    const dump = dumpOf(saved).replace('iptables-save v1.8.9', 'iptables-save v1.8.9 (nf_tables)');
    expect(diagnosed(`${dump}${listed([matching])}\n`)).toEqual([]);
  });
});

describe('nodes', () => {
  const mixed = ['-A POSTROUTING -d 10.8.0.0/14 -m set --match-set x dst -j MASQUERADE', '@agent'];

  test('a folder holds the dumps of one', () => {
    box.write('node-1/iptables', dumpOf(mixed));
    box.write('node-1/ipsets', 'create x hash:net family inet\n');
    box.write('node-1/ip6tables', dumpOf([]).replace('by iptables', 'by ip6tables'));
    box.write('node-1/.hidden', 'what is this?');
    expect(verify('--against', 'node-1/')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^node-1: proven\n {2}IPv4: every address.*\n {2}IPv6: every address/),
    });
  });

  test('where pods come from may be said', () => {
    box.write('node-1', dumpOf(['-A POSTROUTING -s 10.9.0.0/16 -j MASQUERADE', '@agent']));
    expect(verify('--against', 'node-1').status).toBe(0);
    expect(verify('--against', 'node-1', '--pod-cidr', '10.9.0.0/17').stdout).toContain('node-1: contradicted');
    expect(verify('--against', 'node-1', '--pod-cidr', '10.0.0.0/8').stdout).toContain('node-1: unproven');
  });

  test('that choose other source ports alone are told apart, with what would make it right', () => {
    const rules = ['-A POSTROUTING -d 10.8.0.0/14 -j MASQUERADE', '@agent'];
    box.write('node-1', dumpOf(rules).replaceAll(' --random-fully', ''));
    const { stdout } = verify('--against', 'node-1');
    expect(stdout).toMatch(
      /IPv4: 262,144 addresses treated otherwise than is wanted; [\d,]+ addresses treated as is wanted but for how source ports are chosen\n {4}10\.8\.0\.0\/14 /,
    );
    expect(stdout).toContain('wanted: masqueraded, with source ports that are fully random, by');
    expect(stdout).toContain('if the nodes are right, say agent: {randomFully: false} in the intent\n');
    box.write('masq.yaml', INTENT.replace('agent: {', 'agent: {randomFully: false, '));
    const said = verify('--against', 'node-1').stdout;
    expect(said).toContain('IPv4: 262,144 addresses treated otherwise than is wanted\n');
  });

  test('without IPv6 pods, rules for IPv6 sources are for nobody', () => {
    const six = (rules: string[]): string => dumpOf(rules).replace('by iptables', 'by ip6tables');
    box.write('docker', six(['-A POSTROUTING -s fd00:172:17::/64 ! -o docker0 -j MASQUERADE']));
    box.write('all', six(['-A POSTROUTING ! -s fd00:172:17::/64 -j MASQUERADE']));
    expect(verify('--against', 'docker').status).toBe(0);
    expect(verify('--against', 'all').stdout).toContain('all: contradicted');
  });

  test('an agent file and manifests may be what nodes are compared with', () => {
    box.write('agent.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.1.0/24]\n');
    box.write('node-1', dumpOf(['@agent']));
    expect(box.masq('verify', 'agent.yaml', '--against', 'node-1').stdout).toContain(
      "IPv4: every address is treated as is wanted by the agent's file",
    );
    const other = box.masq('verify', 'agent.yaml', '--against', 'node-1', '--agent-args=--random-fully=false');
    expect(other.stdout).toContain('found:  masqueraded, with source ports that are fully random, by');
    expect(box.masq('synth', 'masq.yaml').status).toBe(0);
    expect(box.masq('verify', 'dist/prod', '--against', 'node-1').stdout).toContain('node-1: proven');
  });

  test('of several clusters one is named', () => {
    box.write('two.yaml', `${INTENT}---\n${INTENT.replace('name: prod', 'name: test')}`);
    box.write('node-1', dumpOf(['@agent']));
    expect(box.masq('verify', 'two.yaml', '--against', 'node-1')).toMatchObject({
      status: 2,
      stderr: 'masq: there are several clusters; name one with --cluster: prod, test\n',
    });
    expect(box.masq('verify', 'two.yaml', '--against', 'node-1', '--cluster', 'test').stdout).toContain(
      'against "test"',
    );
    expect(box.masq('verify', 'two.yaml', '--against', 'node-1', '--cluster', 'dev').stderr).toBe(
      'masq: --cluster "dev" is none of the clusters; there are prod, test\n',
    );
  });
});

test('a dump that cannot be read does not hide the others', () => {
  box.write('good', dumpOf(['@agent']));
  box.write('bad', 'no dump\n');
  expect(verify('--against', 'good', 'bad', 'nowhere')).toEqual({
    status: 2,
    stdout: `good: proven
  IPv4: every address is treated as is wanted by the intent
  IPv6: nothing of it is in the dump
  the table "nat" alone is in the dump: whether others mark packets, or leave them untracked, is not seen
3 nodes against "prod": 1 proven, 2 not read
`,
    stderr: expect.stringMatching(/^masq: bad:1:1: .*\nmasq: "nowhere" does not exist.*\n$/),
  });
  const { status, stdout } = verify('--against', 'good', 'bad', '--format=json');
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ unread: ['bad'], nodes: [{ node: 'good', verdict: 'proven' }] });
  expect(verify('--against', 'bad')).toMatchObject({ status: 2, stdout: '' });
});

test('what is no dump is told as that, and several things say what they say', () => {
  box.write('good', dumpOf(['@agent']));
  box.bash('mkdir empty');
  expect(verify('--against', 'empty', 'cluster:', 'git:main:x').stderr).toBe(`masq: "empty" has no dump in it
masq: "cluster:" is no dump: nodes' rules are in files, which iptables-save and nft print there
masq: "git:main:x" is no dump: nodes' rules are in files, which iptables-save and nft print there
`);
  expect(box.masq('verify', 'good', '--against', 'good').stdout).toContain(
    "treated as is wanted by the node's rules\n",
  );
});

describe('in JSON', () => {
  test('all is told, with places', () => {
    box.write(
      'node-1',
      dumpOf(['-A POSTROUTING -d 10.8.0.0/14 -m comment --comment "flanneld masq" -j MASQUERADE', '@agent']),
    );
    const { status, stdout } = verify('--against', 'node-1', '--format', 'json');
    expect(status).toBe(1);
    const rule = {
      text: 'iptables -t nat -A POSTROUTING -d 10.8.0.0/14 -m comment --comment "flanneld masq" -j MASQUERADE',
      ...{ file: 'node-1', line: 8, column: 1 },
    };
    const to = ['10.8.0.0/14'];
    expect(JSON.parse(stdout)).toEqual({
      ...{ cluster: 'prod', as: 'the intent', egressPoliciesNotCompared: 0, unread: [] },
      nodes: [
        {
          ...{ node: 'node-1', files: ['node-1'], verdict: 'contradicted', tableNatAlone: true },
          families: [
            {
              ...{ family: 4, verdict: 'contradicted' },
              differences: [
                {
                  ...{ verdict: 'contradicted', sourcePortsOnly: false, to, addresses: '262144' },
                  parts: [
                    {
                      to,
                      witness: { to: '10.8.0.1' },
                      wanted: {
                        treatment: { kind: 'preserve' },
                        rule: 'spec.masquerade.preserve[0] "10.0.0.0/8"',
                        ...{ file: 'masq.yaml', line: 10, column: 16 },
                      },
                      is: { treatment: { kind: 'masquerade' }, randomFully: false },
                      rules: [rule],
                    },
                  ],
                },
              ],
              diagnosis: [],
              inTheWay: [{ ...rule, owner: 'flannel', to }],
              remedied: true,
              decidedByOthers: [],
              leftToDataPlane: [],
            },
          ],
        },
      ],
    });
  });
});

describe('what cannot be compared', () => {
  test.each([
    ['no dump', [], 'masq: --against is missing: the dumps of nodes, such as --against node-1.save\n'],
    ['a dump that is not there', ['--against', 'nowhere'], 'masq: "nowhere" does not exist\n'],
    [
      'a dump cut short',
      ['--against', 'short'],
      'masq: short:2:1: the dump ends in the middle of a table; is it cut short?\n',
    ],
    [
      'no dump of all',
      ['--against', 'masq.yaml'],
      'masq: masq.yaml:1:1: "apiVersion: masq/v1alpha1" is no line of iptables-save\n',
    ],
    [
      'no ranges',
      ['--against', 'short', '--pod-cidr', '10.0.0.0'],
      'masq: --pod-cidr: CIDR "10.0.0.0" has no prefix length; write "10.0.0.0/32" for one address\n',
    ],
  ])('%s', (_, args, stderr) => {
    box.write('short', '*nat\n:POSTROUTING ACCEPT');
    expect(verify(...args)).toEqual({ status: 2, stdout: '', stderr });
  });

  test('an intent with errors', () => {
    box.write('bad.yaml', INTENT.replace('10.0.0.0/8', '10.0.0.1/8'));
    box.write('node-1', dumpOf(['@agent']));
    const { status, stdout, stderr } = box.masq('verify', 'bad.yaml', '--against', 'node-1');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('bad.yaml:10:16 error MQ101');
  });
});

describe('a dump as a side', () => {
  test('of explain: rule by rule, with their lines', () => {
    box.write('node-1.save', dumpOf(['@agent']));
    expect(box.masq('explain', 'node-1.save', '--to', '10.0.0.0/8').stdout).toContain(
      'decided by iptables -t nat -A IP-MASQ-AGENT -d 10.0.0.0/8 -m comment --comment "ip-masq-agent: local traffic is not subject to MASQUERADE" -j RETURN (node-1.save:10:1)',
    );
  });

  test('of diff: with what the intent knows of pods, and without the family that it lacks', () => {
    box.write('node-1.save', dumpOf(['-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', '@agent']));
    expect(box.masq('diff', 'masq.yaml', 'node-1.save')).toEqual({
      status: 0,
      stdout: `node-1.save: no change is known, but it cannot be told whether anything changes for ::/0 (2¹²⁸ IPv6 addresses): the second side has no dump of IPv6

no known changes; 1 cluster compared, in part
`,
      stderr: '',
    });
    const json = JSON.parse(box.masq('diff', 'masq.yaml', 'node-1.save', '--format', 'json').stdout);
    expect(json.untold).toEqual([
      {
        clusters: ['node-1.save'],
        parts: [
          {
            to: ['::/0'],
            addresses: String(2n ** 128n),
            why: 'the second side has no dump of IPv6',
            unread: ['after'],
            rules: [],
          },
        ],
      },
    ]);
    expect(box.masq('diff', 'masq.yaml', 'node-1.save', '--format', 'markdown').stdout).toContain(
      'for ::/0 (2¹²⁸ IPv6 addresses): the second side has no dump of IPv6\n',
    );
    expect(box.masq('diff', 'masq.yaml', 'node-1.save', '--format', 'html').stdout).toContain(
      'for ::/0 (2¹²⁸ IPv6 addresses): the second side has no dump of IPv6.</p>',
    );
  });

  test('of diff: where both sides hang on one rule, it is named', () => {
    box.write('a.save', dumpOf(['-A POSTROUTING -m set --match-set x dst -j MASQUERADE', '@agent']));
    box.write('b.save', box.read('a.save'));
    const { stdout } = box.masq('diff', 'a.save', 'b.save', '--facts', 'masq.yaml');
    expect(stdout).toMatch(
      /changes for [^\n]* IPv4 addresses\): on both sides it hangs on "iptables [^"]*--match-set x dst/,
    );
    expect(stdout).toContain('; nor for ::/0 (2¹²⁸ IPv6 addresses): neither side has a dump of IPv6\n');
  });

  test('of diff: what changes from one moment to the other', () => {
    box.write('before/iptables', dumpOf(['@agent']));
    box.write('after/iptables', dumpOf(['-A POSTROUTING -d 10.8.0.0/14 -j MASQUERADE', '@agent']));
    const { status, stdout } = box.masq('diff', 'before', 'after');
    expect(status).toBe(1);
    expect(stdout).toContain('preserved → masqueraded  10.8.0.0/14  (262,144 IPv4 addresses)');
    expect(stdout).toContain(
      'after by iptables -t nat -A POSTROUTING -d 10.8.0.0/14 -j MASQUERADE (after/iptables:8:1)',
    );
  });

  test('what cannot be read is refused', () => {
    box.write('node-1.save', '*nat\n:POSTROUTING ACCEPT');
    expect(box.masq('explain', 'node-1.save', '--to', '10.0.0.1')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'masq: node-1.save:2:1: the dump ends in the middle of a table; is it cut short?\n',
    });
  });
});

test('an intent and a dump that are named the other way round', () => {
  box.write('node-1', dumpOf(['@agent']));
  const { status, stderr } = box.masq('verify', 'node-1', '--against', 'masq.yaml');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr:
      'masq: "node-1" is a dump of a node\'s rules and "masq.yaml" is none; they are named the other way round: masq verify masq.yaml --against node-1\n',
  });
});

test('a second file of the side that stands where dumps stand', () => {
  box.write('node-1', dumpOf(['@agent']));
  box.write('cm.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8]\n');
  expect(box.masq('verify', 'masq.yaml', 'cm.yaml', '--against', 'node-1')).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'masq: "cm.yaml" is no dump of a node\'s rules, and what is verified is one file or folder: put it into one folder with "masq.yaml", and name that\n',
  });
});

test('the standard input is read once', () => {
  expect(verify('--against', '-', '-').stderr).toBe(
    'masq: "-" is named twice, and the standard input can be read once; name a file for one\n',
  );
});

test('manifests that do not say where pods have their addresses take it from the facts that are named', () => {
  const dump = dumpOf(['-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', '@agent']);
  box.write('node-1', dump);
  expect(box.masq('synth', 'masq.yaml', '--quiet', '-o', 'out').status).toBe(0);
  const [folder] = readdirSync(box.path('out'));
  const args = ['verify', `out/${folder}`, '--against', 'node-1'];
  expect(box.masq(...args).stdout).toContain('node-1: unproven');
  expect(box.masq(...args, '--facts', 'masq.yaml').stdout).toContain('node-1: proven');
});

test('what another data plane does to the range of the nodes is proved of no rules, and nothing else is left open', () => {
  box.write(
    'facts.yaml',
    `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: one}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
`,
  );
  box.write(
    'cilium.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata: {name: cilium-config, namespace: kube-system}
data: {enable-ipv6: "false", ipv4-native-routing-cidr: 10.0.0.0/8, enable-ip-masq-agent: "true"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ip-masq-agent, namespace: kube-system}
data: {config: "nonMasqueradeCIDRs: []\\nmasqLinkLocal: true"}
`,
  );
  box.write(
    'one.save',
    '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -d 10.0.0.0/8 -j RETURN\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n',
  );
  const { status, stdout, stderr } = box.masq(
    'verify',
    'cilium.yaml',
    '--facts',
    'facts.yaml',
    '--against',
    'one.save',
  );
  expect(stderr).toBe('');
  expect(status).toBe(1);
  expect(stdout).toContain(
    'one.save: unproven\n  IPv4: 256 addresses of which it cannot be told\n    192.168.1.0/24 (256 addresses)\n',
  );
  expect(stdout).toContain('      found:  nothing that could be compared with that\n');
});

describe('--out-interface', () => {
  test('decides what rules of nft ask', () => {
    const of = { family: 'ip', table: 't', chain: 'c' };
    const match = (left: object, right: unknown): object => ({ match: { op: '==', left, right } });
    const to = { payload: { protocol: 'ip', field: 'daddr' } };
    const preserved = ['10.0.0.0/8', '169.254.0.0/16', '192.168.1.0/24'].map(text => {
      const [addr, len] = text.split('/');
      return { rule: { ...of, expr: [match(to, { prefix: { addr, len: Number(len) } }), { return: null }] } };
    });
    const out = match({ meta: { key: 'oifname' } }, { set: ['eth0', 'ens*'] });
    const masquerade = { rule: { ...of, handle: 9, expr: [out, { masquerade: { flags: 'fully-random' } }] } };
    const hook = { type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' };
    const table = { table: { family: 'ip', name: 't' } };
    const chain = { chain: { family: 'ip', table: 't', name: 'c', ...hook } };
    box.write('node-1', JSON.stringify({ nftables: [table, chain, ...preserved, masquerade] }));
    const verdict = (...args: string[]): string | undefined => {
      const { stdout } = verify('--against', 'node-1', ...args);
      return /IPv4: (?:every address is|.* (?:otherwise|cannot be told))/.exec(stdout)?.[0];
    };
    expect(verdict()).toMatch(/cannot be told$/);
    expect(verdict('--out-interface', 'eth0')).toBe('IPv4: every address is');
    expect(verdict('--out-interface', 'eth0,ens+')).toBe('IPv4: every address is');
    expect(verdict('--out-interface', 'wg0')).toMatch(/otherwise$/);
    expect(verdict('--out-interface', 'eth0,wg0')).toMatch(/cannot be told$/);
  });

  const outside = ['-A POSTROUTING ! -o eth+ -d 10.8.0.0/14 -j MASQUERADE', '@agent'];

  test('is asked for where rules hang on it, and decides about them', () => {
    box.write('node-1', dumpOf(outside));
    const open = verify('--against', 'node-1');
    expect(open).toMatchObject({ status: 1, stdout: expect.stringContaining('node-1: unproven\n') });
    expect(open.stdout).toContain('    rules ask by which interface packets leave, which no dump says; name every one');
    expect(verify('--against', 'node-1', '--out-interface', 'eth0,eth1').status).toBe(0);
    const tunnel = verify('--against', 'node-1', '--out-interface=wg0');
    expect(tunnel.stdout).toContain(
      'found:  masqueraded, by\n        node-1:8:1: iptables -t nat -A POSTROUTING ! -o eth+',
    );
    const both = verify('--against', 'node-1', '--out-interface=wg0', '--out-interface=eth*');
    expect(both.stdout).toContain('node-1: unproven\n');
    expect(both.stdout).not.toContain('--out-interface');
  });

  test('is for the other questions about dumps too', () => {
    box.write('node-1', dumpOf(['-A POSTROUTING -o eth0 -j MASQUERADE']));
    const explain = (...args: string[]) => box.masq('explain', 'node-1', '--from=10.244.0.5', '--to=8.8.8.8', ...args);
    expect(explain().stdout).toContain('  note: rules ask by which interface packets leave');
    expect(explain('--out-interface=eth0').stdout).toMatch(/: by|to 8\.8\.8\.8: masqueraded\n/);
    expect(explain('--out-interface=wg0').stdout).toContain('to 8.8.8.8: preserved\n');
    const { stdout, status } = box.masq('diff', 'masq.yaml', 'node-1', '--out-interface=eth0');
    const [, command] = /try: masq (explain node-1 .*)/.exec(stdout)!;
    expect(command).toContain('--out-interface=eth0');
    expect({ status, asked: box.masq(...command!.split(' ')).status }).toEqual({ status: 1, asked: 0 });
    const turned = box.masq('diff', 'node-1', 'masq.yaml', '--out-interface=eth0');
    expect(/try: (.*)/.exec(turned.stdout)![1]).not.toContain('--out-interface');
    expect(box.masq('report', 'node-1', '--out-interface=eth0', '-o', 'page.html').status).toBe(0);
    const imported = [
      'import',
      'node-1',
      '--node-cidr=192.168.1.0/24',
      '--pod-cidr=10.244.0.0/16',
      '--service-cidr=10.96.0.0/12',
    ];
    expect(box.masq(...imported).stderr).toContain('-o eth0');
    expect(box.masq(...imported, '--out-interface=eth0').stderr).not.toContain('cannot be told');
  });

  test.each([
    ['no name', ['explain', 'node-1', '--to=8.8.8.8', '--out-interface=a/b'], '"a/b" is no name of an interface'],
    ['a + by itself', ['explain', 'node-1', '--to=8.8.8.8', '--out-interface=+'], '"+" is no name of an interface'],
    [
      'no dump',
      ['explain', 'masq.yaml', '--to=8.8.8.8', '--out-interface=eth0'],
      "only dumps of nodes' rules hang on it",
    ],
    ['no dump to import', ['import', 'masq.yaml', '--out-interface=eth0'], "only dumps of nodes' rules hang on it"],
  ])('is refused: %s', (_, args, message) => {
    box.write('node-1', dumpOf(outside));
    expect(box.masq(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });
});

describe("AWS's VPC CNI, which gives packets the node's address by a rule of its own,", () => {
  const SNAT = '-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m addrtype ! --dst-type LOCAL -j SNAT --to-source 192.168.1.10';
  const rules = [
    '-A POSTROUTING -j AWS-SNAT-CHAIN-0',
    '-A AWS-SNAT-CHAIN-0 -d 192.168.0.0/16 -j RETURN',
    '-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/8 -j RETURN',
    `${SNAT} --random-fully`,
  ];
  const env = '[{name: AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS, value: 10.0.0.0/8}]';
  const told = ['--vpc-cidr=192.168.0.0/16', '--out-interface=eth0'];

  beforeEach(() => {
    box.write(
      'aws.yaml',
      `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec: {template: {spec: {containers: [{name: aws-node, image: cni, env: ${env}}]}}}
`,
    );
  });

  const proof = (replaced: string, by: string, ...args: string[]) => {
    box.write('node-1', dumpOf(rules.map(rule => rule.replace(replaced, by))));
    return box.masq('verify', 'aws.yaml', ...told, ...args, '--against=node-1').stdout;
  };

  test('is proven, and no diff tells it from its settings', () => {
    expect(proof('', '')).toBe(`node-1: proven
  IPv4: every address is treated as is wanted by AWS's VPC CNI
  IPv6: nothing of it is in the dump
  the table "nat" alone is in the dump: whether others mark packets, or leave them untracked, is not seen
1 node against "aws": 1 proven
`);
    expect(box.masq('diff', 'aws.yaml', 'node-1', ...told)).toMatchObject({ status: 0 });
    expect(box.masq('diff', 'node-1', 'aws.yaml', ...told, '--facts=masq.yaml')).toMatchObject({ status: 0 });
  });

  test.each([
    ['an address that is none of the VPC', '192.168.1.10', '203.0.113.1', 'found:  SNAT to 203.0.113.1'],
    ['another destination', '-d 10.0.0.0/8', '-d 10.0.0.0/9', 'wanted: preserved'],
    ['the rule in another chain', SNAT, SNAT.replace('AWS-SNAT-CHAIN-0', 'POSTROUTING'), 'found:  SNAT to 192.168'],
  ])('is contradicted by %s', (_, replaced, by, message) => {
    const found = proof(replaced, by);
    expect(found).toContain('node-1: contradicted');
    expect(found).toContain(message);
    expect(box.masq('diff', 'aws.yaml', 'node-1', ...told)).toMatchObject({ status: 1 });
  });

  test('has an address of the nodes, where facts say which ones these are', () => {
    expect(proof('', '', '--facts=masq.yaml')).toContain('node-1: proven');
    expect(proof('192.168.1.10', '192.168.2.10')).toContain('node-1: proven');
    expect(proof('192.168.1.10', '192.168.2.10', '--facts=masq.yaml')).toContain('found:  SNAT to 192.168.2.10');
  });
});
