import { describe, expect, test } from 'vitest';
import { RULE_CODES, RULES, type RuleCode } from '../../core/diagnostics';
import { type Element, parseXml } from './junit';
import { CONTAINED, HOST_BITS, intent, isMissing, sandbox } from './sandbox';

const box = sandbox();

/** A name that every format has to write in its own way. */
const ODD = 'a b,c:%é&<"\'.yaml';
const FILES = [ODD, 'clean.yaml', 'warned.yaml'];

function write(): void {
  box.write(ODD, intent('odd', HOST_BITS));
  box.write('warned.yaml', intent('warned', CONTAINED));
  box.write('clean.yaml', intent('clean'));
}

function report(format: string, ...args: string[]): string {
  write();
  const { status, stdout, stderr } = box.masq('validate', '--format', format, ...args, ...FILES);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  return stdout;
}

test('text', () => {
  expect(report('text')).toBe(`\
${ODD}:12:16 error MQ101 CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?
  12 |     preserve: [10.0.0.1/8]
     |                ^^^^^^^^^^

warned.yaml:12:28 warning MQ121 "10.1.0.0/16" lies inside "10.0.0.0/8" of the same list; remove it
  12 |     preserve: [10.0.0.0/8, 10.1.0.0/16]
     |                            ^^^^^^^^^^^
  note: warned.yaml:12:16 "10.0.0.0/8" stands here

1 error, 1 warning in 3 files (3 documents)
`);
});

test('json', () => {
  const stands = intent('odd', HOST_BITS).indexOf('10.0.0.1/8');
  const { summary, diagnostics, version } = JSON.parse(report('json')) as Record<string, unknown>;
  expect(summary).toEqual({ errors: 1, warnings: 1, notes: 0, files: 3, documents: 3, suppressed: 0 });
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(diagnostics).toEqual([
    {
      code: 'MQ101',
      name: 'host-bits-set',
      severity: 'error',
      message: expect.stringContaining('"10.0.0.1/8"'),
      file: ODD,
      range: { start: { line: 12, column: 16, offset: stands }, end: { line: 12, column: 26, offset: stands + 10 } },
      path: ['spec', 'masquerade', 'preserve', 0],
    },
    expect.objectContaining({ code: 'MQ121', severity: 'warning', file: 'warned.yaml', related: [expect.anything()] }),
  ]);
});

test('github', () => {
  const lines = report('github').split('\n');
  expect(lines.pop()).toBe('');
  const annotations = lines.map(line => {
    const [, command, properties, data] = /^::(error|warning|notice) ([^:\s]\S*(?: \S+)*?)::(.*)$/.exec(line)!;
    const pairs = properties!.split(',').map(pair => /^([A-Za-z]+)=(.*)$/.exec(pair)!.slice(1).map(decode));
    return { command, ...Object.fromEntries(pairs), message: decode(data!) };
  });
  expect(annotations).toEqual([
    {
      command: 'error',
      file: ODD,
      line: '12',
      col: '16',
      endLine: '12',
      endColumn: '26',
      title: 'MQ101 host-bits-set',
      message: 'CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?',
    },
    expect.objectContaining({
      command: 'warning',
      file: 'warned.yaml',
      message: expect.stringContaining('\nnote: warned.yaml:12:16 "10.0.0.0/8" stands here'),
    }),
  ]);
});

describe('in a folder of a repository that GitHub has checked out', () => {
  const env = () => ({ GITHUB_WORKSPACE: box.path() });
  const run = (format: string, ...files: string[]) => {
    box.write('net/warned.yaml', intent('warned', CONTAINED));
    box.write('odd.yaml', intent('odd', HOST_BITS));
    return box.masqWith({ cwd: 'net', env: env() }, 'validate', '--format', format, ...files).stdout;
  };

  test('annotations count their paths from its top', () => {
    const found = run('github', '.', '../odd.yaml').match(/(?<= file=|note: )[^,: ]+/g);
    expect(found).toEqual(['net/warned.yaml', 'net/warned.yaml', 'odd.yaml']);
  });

  test('so does the report for code scanning', () => {
    const text = run('sarif', '.', '../odd.yaml');
    expect(text.match(/(?<="uri": ")[^"]+/g)).toEqual(['net/warned.yaml', 'net/warned.yaml', 'odd.yaml']);
  });

  test('what lies elsewhere keeps its name, and so does the standard input', () => {
    const other = env();
    box.write('net/warned.yaml', intent('warned', CONTAINED));
    const stdin = box.masqWith({ env: other, input: intent('odd', HOST_BITS) }, 'validate', '-f', 'github', '-');
    expect(stdin.stdout).toContain(' file=<stdin>,');
    const elsewhere = { GITHUB_WORKSPACE: box.path('nowhere') };
    const kept = box.masqWith({ env: elsewhere }, 'validate', '-f', 'github', 'net/warned.yaml');
    expect(kept.stdout).toContain(' file=net/warned.yaml,');
  });

  test('people and programs read the paths that they gave', () => {
    expect(run('text', '.')).toMatch(/^warned\.yaml:12:/);
    expect(JSON.parse(run('json', '.'))).toMatchObject({ diagnostics: [{ file: 'warned.yaml' }] });
  });
});

/** As the runner does it: `%25` last. */
function decode(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: Readonly<Record<string, number>>;
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Sarif {
  readonly $schema: string;
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] };
    };
    readonly columnKind: string;
    readonly results: readonly SarifResult[];
  }[];
}

describe('sarif', () => {
  test('is a log of one run whose results refer to its rules and to files by relative URIs', () => {
    const log = JSON.parse(report('sarif')) as Sarif;
    expect(log).toMatchObject({ $schema: expect.stringContaining('sarif-2.1.0'), version: '2.1.0' });
    expect(log.runs).toHaveLength(1);
    const { tool, results, columnKind } = log.runs[0]!;
    expect({ name: tool.driver.name, columnKind }).toEqual({ name: 'masq', columnKind: 'utf16CodeUnits' });
    expect(results.map(r => [r.ruleId, r.level])).toEqual([
      ['MQ101', 'error'],
      ['MQ121', 'warning'],
    ]);
    for (const { ruleId, ruleIndex, message, partialFingerprints } of results) {
      expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
      expect(message.text).not.toBe('');
      expect(Object.keys(partialFingerprints)).not.toEqual([]);
    }
    const [{ artifactLocation, region }] = results[0]!.locations.map(l => l.physicalLocation) as [
      SarifResult['locations'][0]['physicalLocation'],
    ];
    expect(region).toEqual({ startLine: 12, startColumn: 16, endLine: 12, endColumn: 26 });
    expect(artifactLocation.uri).toMatch(/^[A-Za-z0-9\-._~!$&'()*+,;=:@/%]+$/);
    expect(decodeURIComponent(artifactLocation.uri.replace(/^\.\//, ''))).toBe(ODD);
  });

  test('is a log without results when nothing is found', () => {
    write();
    const { status, stdout } = box.masq('validate', '-f', 'sarif', 'clean.yaml');
    const { runs } = JSON.parse(stdout) as Sarif;
    expect({ status, results: runs[0]!.results }).toEqual({ status: 0, results: [] });
  });
});

describe.skipIf(isMissing('python3', '--version'))('junit', () => {
  const counted = ({ attributes, children }: Element) => ({
    tests: attributes.tests,
    failures: attributes.failures,
    cases: children.length,
  });

  test('is a suite a file and a case a finding, and counts them', () => {
    const root = parseXml(report('junit'));
    expect(root).toMatchObject({ tag: 'testsuites', attributes: { tests: '3', failures: '1', errors: '0' } });
    expect(root.children.map(suite => [suite.tag, suite.attributes.name])).toEqual(
      FILES.map(file => ['testsuite', file]),
    );
    expect(root.children.map(counted)).toEqual([
      { tests: '1', failures: '1', cases: 1 },
      { tests: '1', failures: '0', cases: 1 },
      { tests: '1', failures: '0', cases: 1 },
    ]);
    const [failed, clean, warned] = root.children.map(suite => suite.children[0]!) as [Element, Element, Element];
    expect(failed.attributes).toEqual({ name: 'MQ101 host-bits-set (12:16)', classname: ODD });
    expect(failed.children[0]).toMatchObject({ tag: 'failure', attributes: { type: 'MQ101' } });
    expect(failed.children[0]!.text).toContain('did you mean "10.0.0.0/8"?');
    expect(clean.children).toEqual([]);
    expect(warned.children[0]!.tag).toBe('system-out');
  });

  test('has for failures what makes the run fail', () => {
    const root = parseXml(report('junit', '--fail-on', 'warning'));
    expect(root.attributes.failures).toBe('2');
    expect(root.children.map(counted).map(({ failures }) => failures)).toEqual(['1', '0', '1']);
    expect(root.children[2]!.children[0]!.children[0]!.tag).toBe('failure');
  });

  test('carries no character that XML cannot', () => {
    box.write('x.yaml', intent('a', '["10.0.0.0/8\\u0001\\u0000\\ud83d]]>"]'));
    const { status, stdout } = box.masq('validate', '-f', 'junit', 'x.yaml');
    expect(status).toBe(1);
    expect(parseXml(stdout).attributes.failures).toBe('1');
  });
});

test.each(['json', 'github', 'sarif', 'junit'])('%s is the same with --quiet and with colours', format => {
  const plain = report(format);
  expect(report(format, '--quiet')).toBe(plain);
  expect(report(format, '--color', 'always')).toBe(plain);
});

test.each(['json', 'sarif', 'junit'])('%s is written whole for a file that cannot be read', format => {
  box.write('utf16.yaml', Buffer.from(`\ufeff${intent('a')}`, 'utf16le'));
  const { status, stdout, stderr } = box.masq('validate', '-f', format, 'utf16.yaml');
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toContain('MQ217');
  if (format !== 'junit') JSON.parse(stdout);
});

test('masq rules --format json has every rule with its explanation', () => {
  const { status, stdout } = box.masq('rules', '--format', 'json');
  const rules = JSON.parse(stdout) as Record<string, string>[];
  expect(status).toBe(0);
  expect(rules.map(rule => rule.code)).toEqual(RULE_CODES);
  for (const rule of rules) {
    expect(rule).toMatchObject(RULES[rule.code as RuleCode]);
    for (const key of ['meaning', 'example', 'fix', 'source']) expect(rule[key], `${rule.code} ${key}`).toBeTruthy();
  }
});

describe('the findings of masq synth go where findings go', () => {
  test('text on standard error, so that the summary stays alone', () => {
    write();
    const { status, stdout, stderr } = box.masq('synth', 'warned.yaml');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'rendered 1 cluster, 3 files in dist/: 3 written\n' });
    expect(stderr).toContain('warned.yaml:12:28 warning MQ121');
  });

  test.each(['json', 'sarif', 'junit', 'github'])('%s on standard output, alone', format => {
    write();
    const { status, stdout, stderr } = box.masq('synth', '-f', format, 'warned.yaml');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('MQ121');
    if (format === 'json' || format === 'sarif') JSON.parse(stdout);
    expect(box.list('dist')).toHaveLength(3);
  });
});
