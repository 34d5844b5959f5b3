import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { ROOT, sandbox } from './sandbox';

const box = sandbox();
const EXAMPLE = readFileSync(join(ROOT, 'examples/pull-request/intent.yaml'), 'utf8');
const CHANGED = EXAMPLE.replace('cidr: 10.0.0.0/8', 'cidr: 10.0.0.0/9');

function intent(name: string, preserve: string, more = ''): string {
  return `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: ${name}}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  masquerade: {preserve: [${preserve}]}
${more}`;
}

describe('a change', () => {
  beforeEach(() => {
    box.write('before.yaml', EXAMPLE);
    box.write('after.yaml', CHANGED);
  });

  test('is told class by class, with who decides, what is hit, and a packet', () => {
    const { status, stdout, stderr } = box.masq('diff', 'before.yaml', 'after.yaml');
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(stdout).toBe(`pull-request-shop
  a pod that no egress policy selects
    preserved → masqueraded  10.128.0.0/9 minus 10.244.0.0/16  (8,323,072 IPv4 addresses)
      before by spec.masquerade.preserve[0] "10.0.0.0/8", the company's network (before.yaml:19:9)
      after by everything that is not preserved
      hits all of on-premises networks, all of "warehouse" and in rfc1918
      try: masq explain after.yaml --to 10.128.0.1
  a pod labelled {role: export} in a namespace labelled {team: reports}
    preserved → masqueraded  10.128.0.0/9 minus 10.180.7.0/24 and 10.244.0.0/16  (8,322,816 IPv4 addresses)
      before by spec.masquerade.preserve[0] "10.0.0.0/8", the company's network (before.yaml:19:9)
      after by everything that is not preserved
      hits part of on-premises networks and in rfc1918
      try: masq explain after.yaml --from role=export --namespace team=reports --to 10.128.0.1

1 cluster changed; 1 cluster compared
`);
  });

  test('has witnesses that are true when they are pasted', () => {
    const { stdout } = box.masq('diff', 'before.yaml', 'after.yaml');
    const commands = [...stdout.matchAll(/try: (.*)$/gm)].map(match => match[1]!);
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      expect(box.bash(command).stdout).toContain('to 10.128.0.1: masqueraded\n');
      expect(box.bash(command.replace('after.yaml', 'before.yaml')).stdout).toContain('to 10.128.0.1: preserved\n');
    }
  });

  test('is data for programs', () => {
    const { status, stdout } = box.masq(
      'diff',
      'before.yaml',
      'after.yaml',
      '--format',
      'json',
      '--fail-on',
      'newly-snat',
    );
    expect(status).toBe(0);
    const data = JSON.parse(stdout);
    expect(data).toMatchObject({ compared: 1, added: [], removed: [], untold: [], stopped: [] });
    const [{ clusters, classes }] = data.changed;
    expect(clusters).toEqual(['pull-request-shop']);
    expect(classes.map((one: { pods: unknown }) => one.pods)).toEqual([
      ['others'],
      [{ namespace: { team: 'reports' }, labels: { role: 'export' } }],
    ]);
    expect(classes[0].changes[0]).toMatchObject({
      addresses: '8323072',
      before: { kind: 'preserve' },
      after: { kind: 'masquerade' },
      parts: [
        {
          before: { rule: 'spec.masquerade.preserve[0] "10.0.0.0/8"', file: 'before.yaml', line: 19, column: 9 },
          after: { rule: 'everything that is not preserved' },
        },
      ],
      witness: 'masq explain after.yaml --to 10.128.0.1',
    });
    expect(classes[0].changes[0].to[0]).toBe('10.128.0.0/10');
  });

  test('of nobody is none, in another style and order', () => {
    const other = EXAMPLE.replace(
      "- cidr: 10.0.0.0/8\n        reason: the company's network",
      '- 10.128.0.0/9\n      - 10.0.0.0/9',
    );
    expect(other).not.toBe(EXAMPLE);
    box.write('other.yaml', other);
    expect(box.masq('diff', 'before.yaml', 'other.yaml')).toEqual({
      status: 0,
      stdout: 'no changes; 1 cluster compared\n',
      stderr: '',
    });
  });

  test('between an intent and what it renders to is none, with the facts of the intent', () => {
    expect(box.masq('synth', 'before.yaml', '--quiet').status).toBe(0);
    expect(box.masq('diff', 'before.yaml', 'dist').stdout).toBe('no changes; 1 cluster compared\n');
    expect(box.masq('diff', 'dist', 'after.yaml').stdout).toContain(
      'preserved → masqueraded  10.128.0.0/9 minus 10.244',
    );
  });
});

describe('gates', () => {
  beforeEach(() => {
    box.write('a/one.yaml', intent('one', '10.0.0.0/8'));
    box.write('a/two.yaml', intent('two', '10.0.0.0/8').replace('10.244.0.0/16', '10.128.0.0/16'));
    for (const name of ['one', 'two']) {
      const route = box.read(`a/${name}.yaml`).replace('network: {', 'network: {internetRoute: cloud-nat, ');
      box.write(
        `b/${name}.yaml`,
        route.replace('10.0.0.0/8', '{cidr: 10.0.0.0/8, except: [10.64.0.0/16]}, 8.8.8.0/24'),
      );
    }
  });

  test.each([
    [
      'newly-preserved-public',
      1,
      ['newly-preserved-public: 8.8.8.0/24 (256 IPv4 addresses) for every pod of one and two'],
    ],
    [
      'newly-preserved=public',
      1,
      ['newly-preserved=public: 8.8.8.0/24 (256 IPv4 addresses) for every pod of one and two'],
    ],
    [
      'newly-masqueraded=10.64.128.0/17',
      1,
      ['newly-masqueraded=10.64.128.0/17: 10.64.128.0/17 (32,768 IPv4 addresses) for every pod of one and two'],
    ],
    [
      'newly-masqueraded=rfc1918',
      1,
      ['newly-masqueraded=rfc1918: 10.64.0.0/16 (65,536 IPv4 addresses) for every pod of one and two'],
    ],
    ['newly-masqueraded=nodes', 0, []],
    ['newly-masqueraded=2001:db8::/32', 0, []],
    ['newly-snat, newly-preserved=10.0.0.0/8', 0, []],
    [
      'any',
      1,
      [
        'any: 8.8.8.0/24 (256 IPv4 addresses) for every pod of one and two',
        'any: 10.64.0.0/16 (65,536 IPv4 addresses) for every pod of one and two',
      ],
    ],
  ])('%s: exit code %i', (gates, code, lines) => {
    const { status, stdout, stderr } = box.masq('diff', 'a', 'b', '--fail-on', gates);
    expect(stderr).toBe('');
    expect([...stdout.matchAll(/^stopped by (.*)$/gm)].map(match => match[1])).toEqual(lines);
    expect(status).toBe(code);
  });

  test('are for clusters that were not there as well: a name that changes opens none', () => {
    box.bash('mv b/two.yaml b/three.yaml && sed -i "s/name: two/name: three/" b/three.yaml');
    const stopped = (gates: string) => {
      const { status, stdout } = box.masq('diff', 'a', 'b', '--fail-on', gates);
      return [status, stdout.split('\n').filter(line => line.startsWith('stopped by '))];
    };
    expect(stopped('newly-preserved-public')).toEqual([
      1,
      ['one', 'three'].map(
        name => `stopped by newly-preserved-public: 8.8.8.0/24 (256 IPv4 addresses) for every pod of ${name}`,
      ),
    ]);
    expect(stopped('newly-snat')).toEqual([0, []]);
    box.bash('rm b/*.yaml && cp a/one.yaml b');
    expect(stopped('newly-preserved,newly-masqueraded,newly-unknown')).toEqual([0, []]);
    expect(stopped('any')[0]).toBe(1);
  });

  test('one for a place counts the clusters that have it there', () => {
    const moved = (name: string): string =>
      box.read(`b/${name}.yaml`).replace(/except: \[[^\]]*\]/, 'except: [10.128.7.0/24]');
    box.write('b/one.yaml', moved('one').replace('network: {', 'network: {onPremisesCIDRs: [10.128.7.0/28], '));
    const other = intent('two', '{cidr: 10.0.0.0/8, except: [10.128.7.0/24]}, 8.8.8.0/24').replace(
      'network: {',
      'network: {internetRoute: cloud-nat, ',
    );
    box.write('b/two.yaml', other);
    box.write('a/two.yaml', intent('two', '10.0.0.0/8'));
    const { status, stdout } = box.masq('diff', 'a', 'b', '--fail-on=newly-masqueraded=on-premises');
    expect(stdout).toContain(
      'stopped by newly-masqueraded=on-premises: 10.128.7.0/28 (16 IPv4 addresses) for every pod of one\n',
    );
    expect(status).toBe(1);
  });

  test('a range behind a comma is another one of the same gate', () => {
    const { stdout } = box.masq('diff', 'b', 'a', '--fail-on=newly-masqueraded=192.0.2.0/24,8.8.8.0/25,newly-snat');
    expect(stdout.match(/stopped by \S+/g)).toEqual(['stopped by newly-masqueraded=8.8.8.0/25:']);
  });

  test.each([
    [
      'newly-masquerade=10.0.0.0/8',
      '"newly-masquerade=10.0.0.0/8" is no gate; did you mean "newly-masqueraded=10.0.0.0/8"?',
    ],
    ['masqueraded', '"masqueraded" is no gate; did you mean "newly-masqueraded"?'],
    ['any,pods', '"pods" is a range, and no gate; write it behind one, as in "newly-masqueraded=pods"'],
    [
      'newly-snat=10.0.0.0/8,10.0.0.1/8',
      '"newly-snat=10.0.0.1/8": CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?',
    ],
    ['error', '"error" is no gate; there are any, newly-preserved,'],
  ])('a slip in %s says what to write', (gates, said) => {
    const { status, stderr } = box.masq('diff', 'a', 'b', '--fail-on', gates);
    expect(status).toBe(2);
    expect(stderr).toContain(`masq: --fail-on ${said}`);
  });

  test('that are none are all told', () => {
    const gates = 'newly-presrved,any=pods,newly-snat=10.0.0.1/8,newly-snat=serivces,,newly-masqueraded=';
    expect(box.masq('diff', 'a', 'b', '--fail-on', gates)).toEqual({
      status: 2,
      stdout: '',
      stderr: `masq: --fail-on "newly-presrved" is no gate; did you mean "newly-preserved"?
masq: --fail-on "any=pods": any takes no range; write "newly-preserved=pods", "newly-masqueraded=pods", "newly-snat=pods" or "newly-unknown=pods"
masq: --fail-on "newly-snat=10.0.0.1/8": CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?
masq: --fail-on "newly-snat=serivces": "serivces" is no range; did you mean "services"?
masq: --fail-on "" is no gate; there are any, newly-preserved, newly-masqueraded, newly-snat, newly-unknown, newly-preserved-public
masq: --fail-on "newly-masqueraded=": "" is no range; write a CIDR, a named range such as rfc1918, or public, pods, nodes, services or on-premises
`,
    });
  });
});

describe('a fleet', () => {
  test('is told change by change, and what is on one side only by name', () => {
    for (const name of ['a', 'b', 'c', 'gone']) box.write(`before/${name}.yaml`, intent(name, '10.0.0.0/8'));
    for (const name of ['a', 'b']) box.write(`after/${name}.yaml`, intent(name, '10.0.0.0/8, 172.16.0.0/12'));
    box.write('after/c.yaml', intent('c', '10.0.0.0/8, 172.16.0.0/13'));
    box.write('after/new.yaml', intent('new', '10.0.0.0/8'));
    const { status, stdout } = box.masq('diff', 'before', 'after');
    expect(status).toBe(1);
    expect(stdout.split('\n').filter(line => /^[^ ]/.test(line))).toEqual([
      'a and b',
      'c',
      'new is new',
      'gone is gone',
      '3 clusters changed, 1 new, 1 gone; 3 clusters compared',
    ]);
    expect(stdout).toContain('try: masq explain after --cluster a --to 172.16.0.1\n');
  });

  test('with one change names every cluster, in the text and in a comment', () => {
    const names = Array.from({ length: 60 }, (_, i) => `cluster-${String(i).padStart(2, '0')}`);
    for (const name of names) {
      box.write(`before/${name}.yaml`, intent(name, '10.0.0.0/8'));
      box.write(`after/${name}.yaml`, intent(name, '10.0.0.0/8, 172.16.0.0/12'));
    }
    const text = box.masq('diff', 'before', 'after').stdout;
    expect(text).toMatch(/^cluster-00, .*cluster-06 and 53 more\n {2}all 60: cluster-00, cluster-01,/);
    expect(text.split('\n').filter(line => / cluster-\d\d,/.test(line) && line.length > 100)).toEqual([]);
    const comment = box.masq('diff', 'before', 'after', '--format', 'markdown').stdout;
    expect(comment).toContain(`<summary>all 60 clusters</summary>\n\n${names.join(', ')}\n\n</details>`);
    for (const name of names) expect(text).toContain(name);
  });

  test('that does not fit into a comment has the names of the clusters that are cut, and no table without rows', () => {
    const names = Array.from({ length: 60 }, (_, i) => `cluster-${String(i).padStart(2, '0')}`);
    for (const [i, name] of names.entries()) {
      const blocks = (step: number): string =>
        Array.from({ length: 40 }, (_, n) => `${11 + i}.${n * step}.0.0/17`).join(', ');
      box.write(`before/${name}.yaml`, intent(name, blocks(2)));
      box.write(`after/${name}.yaml`, intent(name, blocks(3)));
    }
    const { stdout, stderr } = box.masq('diff', 'before', 'after', '--format', 'markdown');
    expect(stderr).toBe('');
    expect(stdout.length).toBeLessThanOrEqual(60_000);
    expect(stdout).toContain('<summary>their clusters</summary>');
    const list = 'cluster-00, cluster-01, cluster-02, cluster-03, cluster-04, cluster-05, cluster-06 and 53 more';
    expect(stdout).toContain(
      `\n\n| what changes | clusters | names |\n|---|---|---|\n| masqueraded → preserved | 60 | ${list} |\n`,
    );
    const text = box.masq('diff', 'before', 'after').stdout;
    expect(text.split('\n').slice(0, 4)).toEqual([
      `masqueraded → preserved  in 60 clusters: ${list}`,
      `preserved → masqueraded  in 60 clusters: ${list}`,
      '',
      'cluster-00',
    ]);
    for (const name of names) expect(stdout).toContain(name);
    expect(stdout).not.toMatch(/\|---\|\n(?!\| )/);
  });

  test('fits into a comment, whatever it is', () => {
    for (let i = 0; i < 120; i++) {
      const blocks = (step: number): string =>
        Array.from({ length: 40 }, (_, n) => `${11 + (i % 100)}.${n * step}.0.0/17`).join(', ');
      const route = (text: string): string => text.replace('network: {', 'network: {internetRoute: cloud-nat, ');
      box.write(`before/c${i}.yaml`, route(intent(`c${i}`, blocks(2))));
      box.write(`after/c${i}.yaml`, route(intent(`c${i}`, blocks(3))));
      box.write(`after/n${i}.yaml`, intent(`n${i}`, '10.0.0.0/8'));
    }
    const { status, stdout, stderr } = box.masq('diff', 'before', 'after', '--format', 'markdown');
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(stdout.length).toBeLessThanOrEqual(62_000);
    expect(stdout.length).toBeGreaterThan(30_000);
    expect(stdout.split('<details').length).toBe(stdout.split('</details>').length);
    expect(stdout).toMatch(/^<!-- masq diff -->\n/);
    expect(stdout).toContain('**120 clusters changed, 120 new; 120 clusters compared**');
    expect(stdout).toMatch(/- and \d+ more lines, which "masq diff" lists\n/);
    expect(stdout).toMatch(
      /\n(Not all of it fits here; "masq diff" lists the rest\.|There are changes of \d+ more kinds; "masq diff" lists all of them\.)\n/,
    );
  });

  test('fits into a comment when gates stop at long lists, which are cut', () => {
    for (let i = 0; i < 40; i++) {
      const blocks = Array.from({ length: 120 }, (_, n) => `${11 + i}.${2 * n}.0.0/17`).join(', ');
      box.write(`before/c${i}.yaml`, intent(`c${i}`, '10.0.0.0/8'));
      box.write(
        `after/c${i}.yaml`,
        intent(`c${i}`, `10.0.0.0/8, ${blocks}`).replace('network: {', 'network: {internetRoute: cloud-nat, '),
      );
    }
    const args = ['before', 'after', '--fail-on', 'newly-preserved-public,any'];
    const { stdout, stderr } = box.masq('diff', ...args, '--format', 'markdown');
    expect(stderr).toBe('');
    expect(stdout.length).toBeLessThanOrEqual(60_000);
    expect(stdout).toMatch(
      /- \*\*stopped by\*\* newly-preserved-public: 11\.0\.0\.0\/17, .*, … \(3,932,160 IPv4 addresses\) for every pod of c0\n/,
    );
    expect(stdout).toMatch(/\n- and \d+ more lines, which "masq diff" lists\n/);
    expect(stdout.split('<details').length).toBe(stdout.split('</details>').length);
    expect(box.masq('diff', ...args).stdout).toMatch(/stopped by any: 11\.0\.0\.0\/17, .*11\.238\.0\.0\/17 \(/);
  });

  test('one change that is too long for a comment is cut in the middle', () => {
    const cidrs = (shift: number): string => Array.from({ length: 64 }, (_, n) => `11.${n}.${shift}.0/25`).join(', ');
    const policies = Array.from(
      { length: 60 },
      (_, n) => `    - name: p${n}
      from: [{namespaceSelector: {matchLabels: {n: n${n}}}, podSelector: {}}]
      to: [203.0.113.${n}/32]
      sourceIP: 192.168.1.${100 + n}
`,
    ).join('');
    const egress = `  egress:\n    floatingIPs: [${Array.from({ length: 60 }, (_, n) => `192.168.1.${100 + n}`)}]\n    policies:\n${policies}`;
    const route = (text: string): string => text.replace('network: {', 'network: {internetRoute: cloud-nat, ');
    box.write('before.yaml', route(intent('one', cidrs(0), egress)));
    box.write('after.yaml', route(intent('one', cidrs(1), egress.replaceAll('203.0.113', '198.51.100'))));
    const { stdout, stderr } = box.masq('diff', 'before.yaml', 'after.yaml', '--format', 'markdown');
    expect(stderr).toBe('');
    expect(stdout.length).toBeLessThanOrEqual(60_000);
    expect(stdout).toContain('Not all of it fits here; "masq diff" lists the rest.');
    expect(stdout.trimEnd().endsWith('</details>')).toBe(true);
  });
});

describe('what Markdown would take for something else', () => {
  test('is written so that it is shown', () => {
    box.write('a.yaml', intent('one', '10.0.0.0/8'));
    box.write('b.yaml', intent('one', '10.0.0.0/8, {cidr: 172.16.0.0/12, reason: "*a* | `b` <i> @team [x](y) \\\\"}'));
    const { stdout } = box.masq('diff', 'a.yaml', 'b.yaml', '--format', 'markdown');
    expect(stdout).toContain('\\*a\\* \\| \\`b\\` \\<i\\> @<!-- -->team \\[x\\](y) \\\\');
  });
});

describe('sides', () => {
  beforeEach(() => {
    const git = `git init -q -b main . && git config user.name x && git config user.email x@example.com
      mkdir intents sub && printf 'intents: [intents]\\n' > .masq.yaml`;
    expect(box.bash(git).status).toBe(0);
    box.write('intents/shop.yaml', EXAMPLE);
    expect(box.bash('git add -A && git commit -qm one').status).toBe(0);
    box.write('intents/shop.yaml', CHANGED);
  });

  test.each([
    ['git:main'],
    ['git:main:'],
    ['git:HEAD:intents'],
    ['git:HEAD:intents/shop.yaml'],
    ['git:main', 'intents'],
    ['git:main', 'intents/shop.yaml'],
  ])('%s %s', (...sides) => {
    const { status, stdout, stderr } = box.masq('diff', ...sides);
    expect(stderr).toBe('');
    expect(stdout).toContain('(8,323,072 IPv4 addresses)');
    expect(stdout).toMatch(
      /before by spec.masquerade.preserve\[0\] "10.0.0.0\/8", the company's network \((main|HEAD):intents\/shop.yaml:19:9\)/,
    );
    expect(status).toBe(1);
  });

  test('are meant from the folder where one is', () => {
    const { stdout } = box.masqWith({ cwd: 'sub' }, 'diff', 'git:main');
    expect(stdout).toContain('(8,323,072 IPv4 addresses)');
  });

  test('are those that the settings named then', () => {
    box.bash('git mv intents clusters && sed -i "s/\\[intents/[clusters/" .masq.yaml');
    expect(box.masq('diff', 'git:main').stdout).toContain('1 cluster changed; 1 cluster compared');
    expect(box.masq('explain', 'git:main', '--to', '10.1.2.3').stdout).toContain('main:intents/shop.yaml');
    box.bash('git mv clusters intents && git checkout -q .masq.yaml');
  });

  test('without intents at that revision all clusters are new', () => {
    box.bash(
      'git checkout -q --orphan empty && git rm -rqf . && git commit -qm none --allow-empty && git checkout -q main',
    );
    expect(box.masq('diff', 'git:empty').stdout).toBe('pull-request-shop is new\n\n1 new; 0 clusters compared\n');
  });

  test('of which the second is without intents, or both are, are refused: nothing would be gone that is not read', () => {
    box.bash(`git checkout -q --orphan typo && printf 'intents: [typo]\\n' > .masq.yaml
      git add .masq.yaml && git commit -qm typo && git checkout -q main`);
    const none = 'nothing in what .masq.yaml names there says what happens to packets, as far as masq reads it';
    for (const first of ['git:main', 'git:typo']) {
      const { status, stdout, stderr } = box.masq('diff', first, 'git:typo', '--fail-on', 'newly-preserved');
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(`masq: "git:typo": ${none}\n`);
    }
  });

  test('in a submodule are refused: their files are not in this repository', () => {
    const made = box.bash(`git init -q other && cd other && mkdir in && cp ../intents/shop.yaml in
      git add -A && git -c user.name=x -c user.email=x@example.com commit -qm one && cd ..
      git checkout -q --orphan mod && git -c protocol.file.allow=always submodule --quiet add ./other sub/other
      printf 'intents: [sub/other/in]\\n' > .masq.yaml && git add -A && git commit -qm mod && git checkout -q -f main`);
    expect(made).toMatchObject({ status: 0 });
    for (const side of ['git:mod', 'git:mod:sub/other/in'])
      expect(box.masq('diff', side, 'intents').stderr).toBe(
        `masq: "${side}": "sub/other" is a submodule at mod, whose files are in a repository of their own; run masq there\n`,
      );
  });

  test('that cannot be read are all told', () => {
    expect(box.masq('diff', 'git:nowhere:intents', 'git:main:other')).toEqual({
      status: 2,
      stdout: '',
      stderr: `masq: "git:nowhere:intents": "nowhere" is no revision of this repository
masq: "git:main:other": there is no "other" at main
`,
    });
  });

  test('with errors are refused with their findings', () => {
    box.write('intents/shop.yaml', CHANGED.replace('10.0.0.0/9', '10.0.0.1/9'));
    const { status, stdout, stderr } = box.masq('diff', 'git:main');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(
      'intents/shop.yaml:19:15 error MQ101 CIDR "10.0.0.1/9" has host bits set; did you mean "10.0.0.0/9"?',
    );
    expect(stderr).toContain('1 error in 1 file (1 document)');
  });
});

test('bare files are read with the flags that are said', () => {
  box.write('agent.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8]\n');
  box.write('other.yaml', 'nonMasqueradeCIDRs: [10.0.0.0/8, "fd00::/8"]\n');
  expect(box.masq('diff', 'agent.yaml', 'other.yaml').stdout).toBe('no changes; 1 cluster compared\n');
  const { stdout } = box.masq('diff', 'agent.yaml', 'other.yaml', '--agent-args=--enable-ipv6 --random-fully=false');
  expect(stdout).toContain('masqueraded → preserved  fd00::/8');
  expect(stdout).toContain(
    "try: masq explain other.yaml '--agent-args=--enable-ipv6 --random-fully=false' --to fd00::",
  );
  expect(box.masq('diff', 'agent.yaml', 'other.yaml', '--agent-args=--ipv6 --random-fully=maybe x').stderr).toBe(
    `masq: --agent-args: ip-masq-agent has no flag "--ipv6"
masq: --agent-args: "--random-fully" is true or false; write "--random-fully=true" or "--random-fully=false"
masq: --agent-args: "x" is no flag; flags begin with "--", such as "--enable-ipv6"
`,
  );
});

test('manifests on both sides take facts from the intents that are named', () => {
  box.write(
    'one.yaml',
    intent('one', '10.0.0.0/8')
      .replace('platform: kubernetes', 'platform: gke-autopilot\n  version: 1.29.4-gke.1043000')
      .replace('{preserve: [10.0.0.0/8]}', '{defaultPolicy: replace, preserve: [172.16.0.0/12]}'),
  );
  box.write('two.yaml', box.read('one.yaml').replace('172.16.0.0/12', '172.16.0.0/13'));
  for (const side of ['one', 'two']) {
    const { status, stderr } = box.masq('synth', `${side}.yaml`, '--quiet', '-o', side);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
  const bare = box.masq('diff', 'one', 'two').stdout;
  expect(bare).toContain('preserved → masqueraded');
  const { stdout } = box.masq('diff', 'one', 'two', '--facts', 'one.yaml');
  expect(stdout).toContain('preserved → masqueraded');
  expect(box.masq('diff', 'one', 'two', '--facts', 'one').stderr).toBe(
    'masq: --facts: no intent is in what it names\n',
  );
});

test('a side that says nothing of packets is refused, whatever the gates', () => {
  box.write('one.yaml', intent('one', '10.0.0.0/8'));
  box.write('empty.yaml', '');
  expect(box.masq('diff', 'one.yaml', 'empty.yaml', '--fail-on', 'newly-preserved-public')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'masq: "empty.yaml": nothing in it says what happens to packets, as far as masq reads it\n',
  });
});

test("an agent's file under a name of its owner's means what it says, whatever it is compared with", () => {
  box.write('one.yaml', intent('one', '10.0.0.0/8, 172.16.0.0/12'));
  const ranges = '10.96.0.0/12, 10.244.0.0/16, 192.168.1.0/24, 10.0.0.0/8, 172.16.0.0/12';
  box.write(
    'cm.yaml',
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: my-masq-config, namespace: kube-system}\ndata: {config: "nonMasqueradeCIDRs: [${ranges}]"}\n`,
  );
  expect(box.masq('diff', 'one.yaml', 'cm.yaml').stdout).toBe(
    `note: cm: GKE's agent reads ConfigMap "ip-masq-agent" in kube-system, and this one is "my-masq-config" in kube-system: nobody reads it, unless a DaemonSet that is not here mounts it\n\nno changes; 1 cluster compared\n`,
  );
});

test('one cluster of several is compared', () => {
  for (const name of ['one', 'two']) {
    box.write(`a/${name}.yaml`, intent(name, '10.0.0.0/8'));
    box.write(`b/${name}.yaml`, intent(name, '10.0.0.0/9'));
  }
  const { stdout } = box.masq('diff', 'a', 'b', '--cluster', 'two');
  expect(stdout).toMatch(/^two\n/);
  expect(stdout).toContain('1 cluster changed; 1 cluster compared');
  expect(stdout).toContain('try: masq explain b --cluster two --to 10.128.0.1');
  expect(box.masq('diff', 'a', 'b', '--cluster', 'tow').stderr).toBe(
    'masq: --cluster "tow" is none of the clusters; did you mean "two"?\n',
  );
});

test('gates and facts that could never count are refused', () => {
  box.write('a.yaml', intent('one', '10.0.0.0/8'));
  box.write('b.yaml', intent('one', '10.0.0.0/9'));
  const gated = box.masq('diff', 'a.yaml', 'b.yaml', '--fail-on', 'newly-masqueraded=on-premises,newly-snat=pods');
  expect(gated).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'masq: --fail-on "newly-masqueraded=on-premises": no cluster declares its on-premises networks, so that nothing could ever be stopped\n',
  });
  box.write('facts/x.yaml', intent('x', '10.0.0.0/8'));
  box.write('facts/y.yaml', intent('y', '10.0.0.0/8'));
  expect(box.masq('diff', 'a.yaml', 'b.yaml', '--facts', 'facts').stderr).toBe(
    'masq: --facts: none of its clusters, x, y, is asked about; there are one\n',
  );
});

test('where no settings name any intents, one side alone is compared with nothing', () => {
  box.write('one.yaml', intent('one', '10.0.0.0/8'));
  expect(box.masq('diff', 'one.yaml').stderr).toBe(
    'masq: the other side is missing: "one.yaml" is compared with what .masq.yaml names, and none names intents here\n',
  );
});

test('of many names that are hit the first ones are told, and in JSON all', () => {
  box.write('none.yaml', intent('one', ''));
  box.write('all.yaml', intent('one', '0.0.0.0/0').replace('network: {', 'network: {internetRoute: cloud-nat, '));
  expect(box.masq('diff', 'none.yaml', 'all.yaml').stdout).toMatch(/ hits (?:[^,\n]*, ){6}[^,\n]* and \d+ more\n/);
  const { changed } = JSON.parse(box.masq('diff', 'none.yaml', 'all.yaml', '--format=json').stdout);
  expect(changed[0].classes[0].changes[0].hits.length).toBeGreaterThan(8);
  expect(changed[0].classes[0].changes[0].hits).toContainEqual({ name: 'multicast', whole: true, all: false });
});

test('what is rendered for another data plane is a side, from files, a revision and the standard input', () => {
  box.write(
    'one.yaml',
    intent('one', '10.0.0.0/8, 192.168.0.0/16').replace(/(preserve: \[.*\])/, '$1, linkLocal: masquerade'),
  );
  const noChanges = { status: 0, stdout: 'no changes; 1 cluster compared\n', stderr: '' };
  const vpc = ['--vpc-cidr', '192.168.0.0/16'];
  expect(box.masq('synth', '--quiet', '--target', 'calico', 'one.yaml').stderr).toBe('');
  expect(box.masq('synth', '--quiet', '--target', 'azure', ...vpc, 'one.yaml').stderr).toBe('');
  expect(box.masq('diff', 'one.yaml', 'targets/calico')).toEqual(noChanges);
  expect(box.masq('diff', 'one.yaml', 'targets/azure', ...vpc)).toEqual(noChanges);
  expect(box.masq('diff', 'targets/calico', 'targets/azure', '--vpc-cidr', 'one=192.168.0.0/16')).toEqual(noChanges);
  expect(box.masq('diff', 'one.yaml', 'targets/azure', '--vpc-cidr', 'one=192.168.0.0/17, 192.168.128.0/17')).toEqual(
    noChanges,
  );
  const other = box.masq('diff', 'one.yaml', 'targets/azure', '--vpc-cidr', '192.168.0.0/17,172.16.0.0/12');
  expect(other.stdout).toContain(
    'try: masq explain targets/azure --vpc-cidr=192.168.0.0/17 --vpc-cidr=172.16.0.0/12 --facts=one.yaml --to ',
  );
  expect(box.masq('diff', 'one.yaml', 'targets/azure', '--vpc-cidr', '=192.168.0.0/16,10.0.0.1/8').stderr).toBe(
    'masq: --vpc-cidr "=192.168.0.0/16" names no cluster before "="\nmasq: --vpc-cidr "10.0.0.1/8" names no cluster before "="\n',
  );
  expect(box.masq('explain', 'targets/calico', '--to', '10.1.1.1').stdout).toMatch(
    /decided by "10\.\S+" \(targets\/calico\/one\/20-ippool-masq-\S+\.yaml:\d+:\d+\)/,
  );
  expect(box.masq('diff', 'one.yaml', 'targets/azure')).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'masq: "one": AKS keeps addresses of pods to the VNet by its own ConfigMap "azure-ip-masq-agent-config-reconciled", which is not among what is read: add it, or give --vpc-cidr with the VNet\'s ranges\n',
  });
  expect(box.masq('explain', 'one.yaml', '--to', '10.1.1.1', ...vpc)).toEqual({
    status: 2,
    stdout: '',
    stderr: 'masq: --vpc-cidr 192.168.0.0/16: nothing that is asked about hangs on it\n',
  });
  expect(box.masq('report', 'targets/calico', '-o', 'report.html').status).toBe(0);
});

test('the command that shows a packet has the facts of the side that the comparison took them from', () => {
  box.write('one.yaml', intent('one', '10.0.0.0/8'));
  box.write(
    'pools.yaml',
    'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: a}\nspec: {cidr: 10.244.0.0/16, natOutgoing: true}\n',
  );
  const { stdout } = box.masq('diff', 'one.yaml', 'pools.yaml');
  const [, command] = /try: masq (explain pools\.yaml --facts=one\.yaml --to \S+)/.exec(stdout)!;
  const answer = box.masq(...command!.split(' '));
  expect({ status: answer.status, stderr: answer.stderr }).toEqual({ status: 0, stderr: '' });
  expect(answer.stdout).toContain('masqueraded');
});

describe('gates of dumps', () => {
  const AGENT4 =
    '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -d 10.0.0.0/8 -j RETURN\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n';
  const EMPTY6 = '# Generated by ip6tables-save v1.8.9\n*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n';

  test('stop at what the second side does not tell any more', () => {
    box.write('v4.save', AGENT4);
    box.write('v6.save', EMPTY6);
    expect(box.masq('diff', 'v4.save', 'v6.save', '--fail-on', 'newly-unknown=10.0.0.0/8')).toMatchObject({
      status: 1,
    });
    expect(box.masq('diff', 'v4.save', 'v6.save', '--fail-on', 'any').stdout).toContain(
      'stopped by any: 0.0.0.0/0 (4,294,967,296 IPv4 addresses) for every pod of v6.save',
    );
    expect(box.masq('diff', 'v4.save', 'v4.save', '--fail-on', 'newly-unknown,any').status).toBe(0);
    // An intent without IPv6 says nothing of it that a dump could lack.
    box.write('one.yaml', intent('one', '10.0.0.0/8'));
    expect(box.masq('diff', 'one.yaml', 'v4.save', '--fail-on', 'newly-unknown').status).toBe(0);
  });

  test('a dump is the cluster that is named', () => {
    box.write('fleet/one.yaml', intent('one', '10.0.0.0/8'));
    box.write('fleet/two.yaml', intent('two', '10.0.0.0/8'));
    box.write('node.save', AGENT4.replace('MASQUERADE', 'RETURN'));
    const { status, stdout } = box.masq(
      'diff',
      'fleet',
      'node.save',
      '--cluster=two',
      '--fail-on=newly-preserved-public',
    );
    expect(stdout).toContain('1 cluster changed; 1 cluster compared');
    expect(status).toBe(1);
    expect(box.masq('diff', 'fleet', 'node.save', '--cluster', 'three').status).toBe(2);
  });
});

describe('what is told of a dump hangs on', () => {
  const rules = (kept: string): string =>
    `*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\n-A POSTROUTING -d ${kept} -j RETURN\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n`;
  const NOTE = 'where pods have their addresses is not known, and rules ask for it: say --facts with the intent';

  test('where pods have their addresses: every format says so, as long as nobody tells it', () => {
    box.write('monday.save', rules('10.0.0.0/8'));
    box.write('tuesday.save', rules('10.0.0.0/9'));
    box.write('one.yaml', intent('one', '10.0.0.0/8'));
    const told = (...words: string[]): string => box.masq('diff', 'monday.save', 'tuesday.save', ...words).stdout;
    expect(told()).toContain(`note: monday.save and tuesday.save: ${NOTE}\n`);
    expect(told('--format=markdown')).toContain(`\n- monday.save and tuesday.save: ${NOTE}\n`);
    expect(JSON.parse(told('--format=json'))).toMatchObject({
      notes: [{ clusters: ['monday.save', 'tuesday.save'], note: NOTE }],
    });
    expect(told('--facts=one.yaml')).not.toContain('note: ');
    expect(box.masq('diff', 'one.yaml', 'monday.save').stdout).not.toContain('note: ');
    // Nothing asks for it.
    box.write('bare.save', rules('10.0.0.0/8').replace('-s 172.17.0.0/16', '-s 127.0.0.0/8'));
    expect(box.masq('diff', 'bare.save', 'bare.save').stdout).not.toContain('note: ');
  });

  test('by which interface packets leave', () => {
    box.write('node.save', rules('10.0.0.0/8').replace('-s 172.17.0.0/16 ! -o docker0', '-o eth0'));
    const note = 'node.save: rules ask by which interface packets leave, which no dump says';
    const told = (...words: string[]): string => box.masq('diff', 'node.save', 'node.save', ...words).stdout;
    expect(told()).toContain(`note: ${note}`);
    expect(told('--format=html')).toContain(`<div class="note"><p>${note}`);
    expect(told('--out-interface=eth0')).not.toContain('note: ');
    expect(box.masq('report', 'node.save', '--output=-').stdout).toContain(`<div class="note"><p>${note}`);
  });

  test('the family, where nothing says it', () => {
    box.write('node.save', '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n');
    const note =
      'nothing in "node.save" says of which family its rules are, and they are taken for IPv4: if they are of IPv6, name the file so, as in "ip6tables.save"';
    expect(box.masq('diff', 'node.save', 'node.save').stdout).toContain(`note: node.save: ${note}\n`);
    expect(box.masq('explain', 'node.save', '--to=8.8.8.8').stdout).toContain(`note: ${note}\n`);
    expect(box.masq('explain', 'node.save', '--to=8.8.8.8', '--from=10.244.1.2').stdout).toContain(`note: ${note}\n`);
    box.write(
      'node.save',
      '*mangle\nCOMMIT\n*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -d fd00::/8 -j RETURN\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n',
    );
    const six = box.masq('explain', 'node.save', '--to=fd00::1,2001:db8::1,8.8.8.8').stdout;
    expect(six).not.toContain('note: ');
    expect(six).toContain('to 2001:db8::1: masqueraded');
    expect(six).toContain('to 8.8.8.8: treated in a way that cannot be told');
    box.write('iptables.save', '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n');
    expect(box.masq('explain', 'iptables.save', '--to=8.8.8.8').stdout).not.toContain('note: ');
  });
});

test('what a comment silences denotes nothing all the same', () => {
  box.write('one.yaml', intent('one', '10.0.0.0/8'));
  box.write(
    'odd.yaml',
    intent('one', '10.0.0.1/8').replace('10.0.0.1/8', '\n      # masq-ignore MQ101 it is right\n      10.0.0.1/8'),
  );
  for (const words of [
    ['diff', 'one.yaml', 'odd.yaml'],
    ['explain', 'odd.yaml', '--to', '10.1.1.1'],
  ]) {
    const { status, stdout, stderr } = box.masq(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('MQ101');
  }
});

describe('what is for another platform than the intent it is compared with', () => {
  const onPlatform = (spec: string): string =>
    `apiVersion: masq/v1alpha1\nkind: ClusterIntent\nmetadata: {name: one}\nspec:\n  ${spec}\n  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}\n`;
  const AUTOPILOT = onPlatform('platform: gke-autopilot\n  version: 1.31.0-gke.1000');
  const CONFIG_MAP =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ip-masq-agent, namespace: kube-system}\ndata:\n  config: "nonMasqueradeCIDRs: [10.0.0.0/9]"\n';
  const POLICY =
    'apiVersion: networking.gke.io/v1\nkind: EgressNATPolicy\nmetadata: {name: mine}\nspec: {action: NoSNAT, destinations: [{cidr: 10.0.0.0/8}]}\n';

  test('is read by itself, and not passed over', () => {
    box.write('rendered/cm.yaml', CONFIG_MAP);
    box.write('one.yaml', AUTOPILOT);
    const { status, stdout } = box.masq('diff', 'rendered', 'one.yaml');
    expect({ status, stdout }).toMatchObject({ status: 1, stdout: expect.stringContaining('1 cluster changed') });
    const facts = box.masq('explain', 'rendered', '--to=10.1.1.1', '--facts=one.yaml').stdout;
    expect(facts).toContain('decided by nonMasqueradeCIDRs[0] "10.0.0.0/9"');
    box.write('policy.yaml', POLICY);
    box.write('two.yaml', onPlatform('platform: kubernetes'));
    const policy = box.masq('explain', 'policy.yaml', '--to=10.1.1.1', '--facts=two.yaml').stdout;
    expect(policy).toContain('decided by EgressNATPolicy "mine" "10.0.0.0/8"');
  });

  test('and of a policy beside that of GKE it is not told what no document says', () => {
    box.write('policy.yaml', POLICY);
    const { stdout } = box.masq('explain', 'policy.yaml', '--to=10.1.1.1,100.64.0.1,8.8.8.8');
    expect(stdout).toContain('to 10.1.1.1: preserved');
    expect(stdout).toContain('to 100.64.0.1: treated in a way that cannot be told');
    expect(stdout).toContain('to 8.8.8.8: masqueraded');
    box.write('policy.yaml', POLICY.replace('mine', 'default'));
    expect(box.masq('explain', 'policy.yaml', '--to=100.64.0.1').stdout).toContain('to 100.64.0.1: masqueraded');
  });
});

test('facts beside intents alone are refused', () => {
  box.write('one.yaml', intent('one', '10.0.0.0/8'));
  const idle = {
    status: 2,
    stdout: '',
    stderr: 'masq: --facts is for manifests and dumps; an intent that is asked about has its own facts: leave it out\n',
  };
  expect(box.masq('diff', 'one.yaml', 'one.yaml', '--facts=one.yaml')).toEqual(idle);
  expect(box.masq('explain', 'one.yaml', '--to=1.1.1.1', '--facts=one.yaml')).toEqual(idle);
});
