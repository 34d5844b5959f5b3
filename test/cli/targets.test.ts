import { rmSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { intent, sandbox } from './sandbox';

const box = sandbox();
const masquerading = (name: string, preserve?: string) => `${intent(name, preserve)}    linkLocal: masquerade\n`;
const POLICIES = `  egress:
    floatingIPs: [10.128.0.100, 10.128.0.101]
    policies:
      - name: partners
        from: [{podSelector: {matchLabels: {app: web}}, namespaceSelector: {}}]
        to: [203.0.113.0/24]
        sourceIP: 10.128.0.100
`;

/** What is said of the intents in `in`, without the excerpts of their text. */
function said(...args: string[]): string[] {
  const { status, stderr, stdout } = box.masq('synth', 'in', ...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  return stderr.split('\n').filter(line => /^\S+:\d+:\d+ error|^ {2}hint|^\d+ error/.test(line));
}

beforeEach(() => {
  box.write('in/a.yaml', intent('a'));
});

describe('what a target cannot express is refused where it stands', () => {
  test('Calico: link-local, policies, several ranges of ports', () => {
    box.write('in/a.yaml', `${intent('a')}  agent: {toPorts: [1024-29999, 32768-65535]}\n${POLICIES}`);
    expect(said('--target', 'calico')).toEqual([
      'in/a.yaml:11:3 error MQ415 calico: packets to 169.254.0.0/16 are preserved (link-local), but Calico takes no IPPool that overlaps 169.254.0.0/16, so packets to it are masqueraded',
      '  hint: write "linkLocal: masquerade"',
      'in/a.yaml:13:11 error MQ415 calico: Calico takes one range of source ports, and "1024-29999,32768-65535" are several; write one',
      'in/a.yaml:17:9 error MQ415 calico: policy "partners" cannot be expressed: egress gateways are in Calico Enterprise alone; remove it',
      '3 errors in 1 file (1 document)',
    ]);
  });

  test('Calico: a pool without a name', () => {
    box.write('in/a.yaml', masquerading('a').replace('[10.119.128.0/17]', '[10.119.128.0/17, 10.200.0.0/16]'));
    expect(said('--target', 'calico', '--pool', 'first=10.119.128.0/17')).toEqual([
      'in/a.yaml:9:33 error MQ416 calico: the IPPool of "10.200.0.0/16" has no name that is known',
      '  hint: write --pool NAME=10.200.0.0/16',
      '1 error in 1 file (1 document)',
    ]);
  });

  describe('Calico: pools that --pool names', () => {
    const [one, two] = ['left=10.119.128.0/18', 'right=10.119.192.0/18'];
    const calico = (...pools: string[]) => ['--target', 'calico', ...pools.flatMap(pool => ['--pool', pool])];

    test("together are the pods' range", () => {
      box.write('in/a.yaml', masquerading('a'));
      expect(box.masq('synth', 'in', ...calico(one, two))).toMatchObject({ status: 0, stderr: '' });
      const patches = box.list('targets/calico/a/patches').filter(name => name.startsWith('ippool-'));
      expect(patches).toEqual(['ippool-left.yaml', 'ippool-right.yaml']);
      const specs = patches.map(name => (parse(box.read(`targets/calico/a/patches/${name}`)) as { spec: object }).spec);
      expect(specs).toEqual([
        { cidr: '10.119.128.0/18', natOutgoing: true },
        { cidr: '10.119.192.0/18', natOutgoing: true },
      ]);
    });

    test.each([
      [[one], 'the IPPool of "10.119.192.0/18" has no name that is known', 'write --pool NAME=10.119.192.0/18'],
      [
        ['wide=10.119.0.0/16'],
        'the IPPool "wide" of 10.119.0.0/16 has addresses that are of no pod: 10.119.0.0/17',
        "name the pools that make up the pods' ranges, and with --cluster whose they are",
      ],
      [
        [one, two, 'third=10.119.128.0/20'],
        'the IPPool "left" of 10.119.128.0/18 and the IPPool "third" of 10.119.128.0/20 overlap, and Calico takes no such pools',
      ],
      [
        [one, two.replace('right', 'left')],
        'the IPPool "left" of 10.119.128.0/18 and the IPPool "left" of 10.119.192.0/18 have one name; an IPPool has one range',
      ],
    ])('are refused where they are others: %j', (pools, message, hint?: string) => {
      box.write('in/a.yaml', masquerading('a'));
      const lines = said(...calico(...pools));
      expect(lines[0]).toMatch(/^in\/a\.yaml:9:\d+ error MQ416 calico: /);
      expect(lines[0]).toContain(`calico: ${message}`);
      expect(lines.slice(1, -1)).toEqual(hint === undefined ? [] : [`  hint: ${hint}`]);
      expect(box.list()).toEqual(['in/a.yaml']);
    });
  });

  test('AWS: what the VPC keeps, and every rule that says otherwise', () => {
    box.write(
      'in/a.yaml',
      `${intent('a', '[192.168.0.0/17]')}    always: [192.168.4.0/24]\n  agent: {toPorts: [1024-2048]}\n`,
    );
    box.write('in/b.yaml', intent('b', '[172.16.0.0/12]'));
    expect(said('--target', 'aws', '--vpc-cidr', 'a=192.168.0.0/16', '--vpc-cidr', 'b=172.16.0.0/12')).toEqual([
      "in/a.yaml:11:3 error MQ415 aws: packets to 192.168.128.0/17 are masqueraded with ports 1024-2048 (everything that is not preserved), but the VPC CNI never SNATs packets to the VPC's own ranges",
      '  hint: preserve the range too, or keep what is to be masqueraded out of it',
      'in/a.yaml:13:14 error MQ415 aws: packets to 192.168.4.0/24 are masqueraded with ports 1024-2048 (spec.masquerade.always[0] "192.168.4.0/24"), but the VPC CNI never SNATs packets to the VPC\'s own ranges',
      '  hint: preserve the range too, or keep what is to be masqueraded out of it',
      'in/a.yaml:14:11 error MQ415 aws: source ports cannot be limited: the VPC CNI has no setting for them; remove toPorts',
      '3 errors in 2 files (2 documents)',
    ]);
  });

  test('AWS and Azure: nobody says where the cluster is', () => {
    for (const [name, why] of [
      ['aws', "the VPC CNI never SNATs packets to the VPC's own ranges"],
      ['azure', "AKS itself has the agent preserve the VNet's ranges"],
    ]) {
      expect(said('--target', name!)).toEqual([
        `in/a.yaml:7:3 error MQ416 ${name}: ${why}, and nobody says which these are`,
        '  hint: write --vpc-cidr CIDR for each of them, or --vpc-cidr a=CIDR where clusters differ',
        '1 error in 1 file (1 document)',
      ]);
    }
  });

  test('Azure: IPv6, ports that are random, and more than 64 CIDRs', () => {
    const ipv6 = masquerading(
      'a',
      `[10.0.0.0/8, ${Array.from({ length: 64 }, (_, i) => `172.16.${2 * i}.0/24`).join(', ')}, 'fd00::/8']`,
    );
    box.write('in/a.yaml', `${ipv6.replace('/17]', "/17, 'fd00:1::/56']")}  agent: {randomFully: true}\n`);
    expect(said('--target', 'azure', '--vpc-cidr', '10.0.0.0/8')).toEqual([
      "in/a.yaml:7:3 error MQ415 azure: IPv6 packets cannot be masqueraded: Azure's agent needs --enable-ipv6 for that, which is AKS's to set",
      "in/a.yaml:12:5 error MQ415 azure: the list takes 65 CIDRs, and Azure's agent takes 64; preserve fewer, wider ranges",
      "in/a.yaml:14:11 error MQ415 azure: Azure's agent never randomises source ports; remove randomFully",
      '3 errors, 2 warnings in 1 file (1 document)',
    ]);
  });

  test('Antrea: a list, and policies for different destinations', () => {
    const second = POLICIES.slice(POLICIES.indexOf('      - name'))
      .replace('partners', 'others')
      .replaceAll('.100', '.101');
    box.write(
      'in/a.yaml',
      `${masquerading('a', '[172.16.0.0/12]')}${POLICIES}${second.replace('113.0/24', '113.0/25').replace('app: web', 'app: db')}`,
    );
    const why =
      'but Antrea has no list: it masquerades whatever leaves to anything but pods and Services, or nothing at all';
    expect(said('--target', 'antrea')).toEqual([
      `in/a.yaml:8:17 error MQ415 antrea: packets to 10.128.0.0/20 are preserved (spec.network.nodeCIDRs[0] "10.128.0.0/20"), ${why}`,
      `in/a.yaml:12:16 error MQ415 antrea: packets to 172.16.0.0/12 are preserved (spec.masquerade.preserve[0] "172.16.0.0/12"), ${why}`,
      'in/a.yaml:23:9 error MQ415 antrea: policy "others" is for 203.0.113.0/25 and "partners" for 203.0.113.0/24, but Antrea has one list of exceptions for every Egress; give both the same destinations',
      '3 errors in 1 file (1 document)',
    ]);
  });

  test('Cilium: the gateway of a policy, and a platform that has a data plane of its own', () => {
    box.write('in/a.yaml', `${intent('a')}${POLICIES}`);
    box.write('in/b.yaml', intent('b').replace('kubernetes', 'gke-standard\n  version: 1.29.4-gke.1043000'));
    expect(said('--target', 'cilium')).toEqual([
      'in/a.yaml:16:9 error MQ416 cilium: policy "partners" needs to know which node holds 10.128.0.100: Cilium chooses its gateway by labels',
      '  hint: write --gateway 10.128.0.100=kubernetes.io/hostname=NODE',
      'in/b.yaml:6:3 error MQ415 cilium: gke-standard has a data plane of its own, which "masq synth" renders for; --target is for platform kubernetes',
      '2 errors in 2 files (2 documents)',
    ]);
  });

  test('the gateway of an address is not that of another one', () => {
    box.write('in/a.yaml', `${intent('a')}${POLICIES}`);
    const { status, stderr } = box.masq('synth', 'in', '--target', 'cilium', '--gateway', '10.128.0.10=a=b');
    expect(status).toBe(2);
    expect(stderr).toContain(
      '--gateway "10.128.0.10=...": no egress policy gives packets this address; did you mean "10.128.0.100"?',
    );
    expect(box.masq('synth', 'in', '--target', 'cilium', '--gateway', '10.128.0.100=a=b').status).toBe(0);
    expect(
      box.masq('synth', 'in', '--target', 'cilium', '--gateway', '10.128.0.100=a=b', '--gateway', 'c=d').stderr,
    ).toContain('--gateway "c=d": every address of an egress policy has a --gateway of its own; leave it out');
  });

  test('what cannot be read may be what an option is for', () => {
    box.write('in/b.yaml', intent('b').replace('spec:', 'spek:'));
    expect(box.masq('synth', 'in', '--target', 'aws', '--vpc-cidr', 'b=10.0.0.0/8').status).toBe(1);
  });

  test('nothing is written, whatever a comment or the settings make of it', () => {
    box.write('.masq.yaml', 'rules: [{code: MQ416, severity: off, reason: we know}]\n');
    expect(said('--target', 'aws')).toHaveLength(3);
    expect(box.list()).toEqual(['.masq.yaml', 'in/a.yaml']);
  });
});

test('Antrea: two objects of one name', () => {
  const rule = '{podSelector: {matchLabels: {app: web}}, namespaceSelector: {}}';
  const another = rule.replace('web', 'db');
  const policies = POLICIES.replace(rule, `${rule}, ${another}`);
  const second = POLICIES.slice(POLICIES.indexOf('      - name'))
    .replace('partners', 'partners-2')
    .replaceAll('.100', '.101')
    .replace('web', 'api');
  box.write('in/a.yaml', `${intent('a').split('  masquerade:')[0]}${policies}${second}`);
  expect(said('--target', 'antrea')[0]).toBe(
    'in/a.yaml:18:9 error MQ415 antrea: an Egress of policy "partners-2" would be called "partners-2", as another\'s is; rename it',
  );
});

describe('a folder for each target', () => {
  test('and in it one for each cluster', () => {
    box.write('in/b.yaml', `${intent('b')}${POLICIES}`);
    const run = box.masq('synth', 'in', '--target', 'cilium', '--gateway', 'egress=true', '--kustomization');
    expect(run).toEqual({
      status: 0,
      stderr: '',
      stdout: 'rendered 2 clusters, 7 files in targets/cilium/: 7 written\n',
    });
    expect(box.list('targets/cilium')).toEqual([
      'a/20-configmap-ip-masq-agent.yaml',
      'a/kustomization.yaml',
      'a/values/cilium.yaml',
      'b/20-configmap-ip-masq-agent.yaml',
      'b/50-ciliumegressgatewaypolicy-partners.yaml',
      'b/kustomization.yaml',
      'b/values/cilium.yaml',
    ]);
    const { resources } = parse(box.read('targets/cilium/b/kustomization.yaml')) as { resources: string[] };
    expect(resources).toEqual(['20-configmap-ip-masq-agent.yaml', '50-ciliumegressgatewaypolicy-partners.yaml']);
    for (const text of Object.values(box.files('targets'))) {
      expect(text).toMatch(/^# Rendered by masq for cilium: change the intent and render again, do not edit\.\n/);
    }
  });

  test('what is not to be applied by itself has no kustomization', () => {
    const aws = ['synth', 'in', '--target', 'aws', '--vpc-cidr', '10.0.0.0/8', '--kustomization'];
    expect(box.masq(...aws).status).toBe(0);
    expect(box.list('targets/aws')).toEqual(['a/patches/daemonset-aws-node.yaml', 'a/values/vpc-cni.yaml']);
    expect(parse(box.read('targets/aws/a/values/vpc-cni.yaml'))).toEqual({
      env: {
        AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: '169.254.0.0/16',
        AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false',
        AWS_VPC_K8S_CNI_RANDOMIZESNAT: 'prng',
      },
    });
  });

  test('which --check compares, with the command that mends it', () => {
    const aws = ['synth', 'in', '--target', 'aws', '--vpc-cidr', '10.0.0.0/8'];
    box.masq(...aws);
    expect(box.masq(...aws, '--check').stdout).toBe('up to date: 1 cluster, 2 files in targets/aws/\n');
    box.write('in/a.yaml', intent('a', '[10.0.0.0/8, 172.16.0.0/12]'));
    const { status, stderr } = box.masq(...aws, '--check');
    expect(status).toBe(1);
    expect(stderr).toContain(
      'targets/aws/a/patches/daemonset-aws-node.yaml error MQ903 not up to date: it is not what the intent renders to; run "masq synth --target aws --vpc-cidr 10.0.0.0/8 in" and commit the result',
    );
  });

  test('of which --prune deletes what no intent renders, and leaves all others alone', () => {
    box.write('in/b.yaml', intent('b'));
    const cilium = ['synth', 'in', '--target', 'cilium'];
    box.masq('synth', 'in');
    box.masq(...cilium);
    box.masq('synth', 'in', '--target', 'aws', '--vpc-cidr', '10.0.0.0/8', '-o', 'targets');
    rmSync(box.path('in/b.yaml'));
    expect(box.masq(...cilium).stderr).toContain('targets/cilium/b note MQ905 2 files rendered by masq');
    expect(box.masq(...cilium, '--prune').stdout).toBe(
      `rendered 1 cluster, 2 files in targets/cilium/: 2 deleted
  deleted targets/cilium/b/20-configmap-ip-masq-agent.yaml
  deleted targets/cilium/b/values/cilium.yaml
`,
    );
    expect(box.list('dist').filter(name => name.startsWith('b/'))).toHaveLength(3);
    expect(box.list('targets').filter(name => name.startsWith('b/'))).toHaveLength(2);
  });

  test('that is never that of another data plane', () => {
    box.masq('synth', 'in');
    const before = box.files('dist');
    const { status, stderr } = box.masq('synth', 'in', '--target', 'azure', '--vpc-cidr', '10.0.0.0/8', '-o', 'dist');
    expect(status).toBe(1);
    expect(stderr).toContain(
      'dist/a/20-configmap-ip-masq-agent.yaml error MQ907 rendered by masq for another data plane, but applied with the folder; render into another one',
    );
    expect(box.files('dist')).toEqual(before);
    const taken = box.masq('synth', 'in', '--target', 'cilium', '-o', 'dist');
    expect(taken.status).toBe(2);
    expect(taken.stderr).toContain('"dist/a/20-configmap-ip-masq-agent.yaml" is in the way and not written by masq');
    expect(box.files('dist')).toEqual(before);
  });
});

describe('the settings', () => {
  const SETTINGS = `intents: [in]
prune: true
targets:
  - cilium --cluster a
  - aws --vpc-cidr a=10.0.0.0/8 --vpc-cidr b=10.0.0.0/8 --output deploy/aws
`;

  beforeEach(() => {
    box.write('in/b.yaml', intent('b'));
    box.write('.masq.yaml', SETTINGS);
  });

  test('name targets, which are rendered and checked with everything else', () => {
    expect(box.masq('synth')).toEqual({
      status: 0,
      stderr: '',
      stdout: `rendered 2 clusters, 6 files in dist/: 6 written
rendered 1 cluster, 2 files in targets/cilium/: 2 written
rendered 2 clusters, 4 files in deploy/aws/: 4 written
`,
    });
    expect(box.masq('synth', '--check').stdout).toContain('up to date: 2 clusters, 4 files in deploy/aws/\n');
    rmSync(box.path('in/b.yaml'));
    expect(box.masq('synth', '--check')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--vpc-cidr "b=10.0.0.0/8": no intent is of cluster "b"'),
    });
    box.write('.masq.yaml', SETTINGS.replace(' --vpc-cidr b=10.0.0.0/8', ''));
    expect(box.masq('synth', '--check').stderr).toContain(
      'deploy/aws/b/values/vpc-cni.yaml error MQ903 not up to date: it belongs to no given intent; run "masq synth"',
    );
    expect(box.masq('synth').stdout).toContain('  deleted deploy/aws/b/values/vpc-cni.yaml\n');
  });

  test('whose targets a run over some files has not', () => {
    expect(box.masq('synth', 'in/a.yaml').stdout).toBe('rendered 1 cluster, 3 files in dist/: 3 written\n');
    expect(box.masq('synth', '--target', 'cilium').stdout).toBe(
      'rendered 2 clusters, 4 files in targets/cilium/: 4 written\n',
    );
  });

  test('take no rendered file for an input', () => {
    box.write('.masq.yaml', SETTINGS.replace('[in]', '[.]'));
    expect(box.masq('synth').status).toBe(0);
    expect(box.masq('synth', '--check')).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['celium', '"celium" is no target; did you mean "cilium"?'],
    ['cilium --vpc-cidr 10.0.0.0/8', '--vpc-cidr is for aws or azure, and means nothing to cilium; leave it out'],
    ['cilium -o dist/targets', "it is rendered to dist/targets/, and dist/ is another's; give it another --output"],
    ['cilium --gatewey egress=true', 'unknown option "--gatewey"; did you mean "--gateway"?'],
    ['--vpc-cidr 10.0.0.0/8', 'NAME is missing; usage: masq synth --target NAME [options]'],
  ])('are told of "%s"', (entry, message) => {
    box.write('.masq.yaml', `intents: [in]\ntargets:\n  - ${entry}\n`);
    const { status, stderr } = box.masq('synth');
    expect(status).toBe(1);
    expect(stderr).toContain(`.masq.yaml:3:5 error MQ224 target "${entry}": ${message}\n`);
    expect(box.list()).toEqual(['.masq.yaml', 'in/a.yaml', 'in/b.yaml']);
  });
});

test.each([
  [
    ['--target', 'celium'],
    'option --target takes cilium, calico, aws, azure or antrea, not "celium"; did you mean "cilium"?',
  ],
  [['--vpc-cidr', '10.0.0.0/8'], '--vpc-cidr is for --target; name one, or leave it out'],
  [
    ['--target', 'aws', '--gateway', 'a=b'],
    '--gateway is for cilium or antrea, and means nothing to aws; leave it out',
  ],
  [
    ['--target', 'aws', '--vpc-cidr', '10.0.0.1/8'],
    '--vpc-cidr CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?',
  ],
  [['--target', 'aws', '--vpc-cidr', 'fd00::/8'], '--vpc-cidr "fd00::/8" is IPv6; only IPv4 ranges matter there'],
  [
    ['--target', 'cilium', '--gateway', '10.0.0.1'],
    '--gateway "10.0.0.1" names no labels; write them as KEY=VALUE, such as kubernetes.io/hostname=node-1',
  ],
  [
    ['--target', 'cilium', '--gateway', '10.0.0.1=a b=c'],
    '--gateway "10.0.0.1=a b=c" names no labels; write them as KEY=VALUE, such as kubernetes.io/hostname=node-1',
  ],
  [
    ['--target', 'calico', '--pool', '10.0.0.0/8'],
    '--pool "10.0.0.0/8" is no NAME=CIDR, such as default-ipv4-ippool=10.244.0.0/16',
  ],
  [['--target', 'cilium', '--cluster', 'zzz'], '--cluster "zzz": no intent is of this cluster\n'],
  [['--target', 'cilium', '--cluster', 'A'], '--cluster "A": no intent is of this cluster; did you mean "a"?'],
  [
    ['--target', 'aws', '--vpc-cidr', 'b=10.0.0.0/8'],
    '--vpc-cidr "b=10.0.0.0/8": no intent is of cluster "b"; did you mean "a"?',
  ],
  [['--target', 'aws', '--vpc-cidr', 'a=10.0.0.0/8,10.0.0.1/8'], 'CIDR "10.0.0.1/8" has host bits set'],
  [
    ['--target', 'cilium', '--gateway', 'egress=true'],
    '--gateway "egress=true": there is no egress policy; leave it out',
  ],
  [
    ['--target', 'cilium', '--gateway', '10.0.0.1=a=b', '--gateway', '10.0.0.1=a=c'],
    '--gateway says twice what the nodes of 10.0.0.1 are: "a=b" and "a=c"; keep one',
  ],
  [
    ['--target', 'cilium', '--gateway', 'a=b', '--gateway', 'a=c'],
    '--gateway says twice what the nodes of every address that is not named are: "a=b" and "a=c"; keep one',
  ],
  [
    ['--target', 'cilium', '--gateway', '1.2.3.4=a=b'],
    '--gateway "1.2.3.4=...": no egress policy gives packets this address',
  ],
  [
    ['--target', 'calico', '--pool', 'foo=1.1.0.0/16'],
    '--pool "foo=1.1.0.0/16": no cluster\'s pods have addresses of this range',
  ],
  [['--target', 'cilium', '--app', 'true'], '--target is for intents: what an app renders is its own; leave --app out'],
])('wrong usage: %j', (args, message) => {
  const { status, stderr } = box.masq('synth', 'in', ...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
  expect(box.list()).toEqual(['in/a.yaml']);
});

describe('what is rendered for a target is imported again', () => {
  const facts = [
    '--platform',
    'kubernetes',
    '--node-cidr',
    '10.128.0.0/20',
    '--pod-cidr',
    '10.119.128.0/17',
    '--service-cidr',
    '10.120.0.0/22',
  ];
  const list = '[{cidr: 172.16.0.0/12, except: [172.31.0.0/16]}, 10.0.0.0/9]';

  test.each([
    ['cilium', []],
    ['calico', []],
    ['aws', ['--vpc-cidr', '10.128.0.0/20']],
    ['azure', ['--vpc-cidr', '10.128.0.0/20']],
  ])('from %s, and denotes the same', (target, options) => {
    box.write('in/a.yaml', masquerading('a', list));
    expect(box.masq('synth', 'in', '--target', target, ...options)).toMatchObject({ status: 0, stderr: '' });
    const imported = box.masq('import', `targets/${target}/a`, '--name', 'a', ...facts, ...options);
    expect(imported.status, imported.stderr).toBe(0);
    box.write('imported.yaml', imported.stdout);
    expect(box.masq('diff', 'in', 'imported.yaml').stdout).toBe('no changes; 1 cluster compared\n');
  });
});
