import { describe, expect, test } from 'vitest';
import { FORMATS, type Format, formatter, type Report } from '../../cli/format';
import { toUri } from '../../cli/format/uri';
import { RULE_CODES, RULES } from '../../core/diagnostics';
import { at, finding, report } from './findings';

const NET = 'spec:\n  preserve:\n    - 10.0.0.1/8\n    - 10.0.0.0/8\n';
const HOST_BITS = finding('MQ101', at('net.yaml', NET, '10.0.0.1/8'), 'CIDR "10.0.0.1/8" has host bits set', {
  hint: 'write "10.0.0.0/8"',
  path: ['spec', 'preserve', 0],
});
const DUPLICATE = finding('MQ120', at('net.yaml', NET, '10.0.0.0/8'), 'it is there twice', {
  related: [{ ...at('./other dir/a.yaml', 'x: 1', 'x'), message: 'the first' }],
});
const CONSTRUCT = finding('MQ122', { construct: 'app/prod/agent', path: ['preserve'] }, 'a <long> list & "more"');
const SAMPLE = report([HOST_BITS, DUPLICATE, CONSTRUCT], { 'net.yaml': NET, 'clean.yaml': '' });

const write = async (format: Format, of: Report): Promise<string> =>
  (await formatter(format)).format(of, { color: true, quiet: true });

describe('every format', () => {
  test.each(FORMATS)('%s: the same report gives the same bytes, with one newline at the end', async format => {
    const output = await write(format, SAMPLE);
    expect(await write(format, SAMPLE)).toBe(output);
    expect(output).toMatch(/[^\n]\n$/);
  });

  test('text is there at once, the others are loaded', () => {
    expect(formatter('text')).not.toBeInstanceOf(Promise);
    for (const format of FORMATS.slice(1)) expect(formatter(format)).toBeInstanceOf(Promise);
  });
});

test('json', async () => {
  expect(await write('json', report([HOST_BITS, CONSTRUCT], { 'net.yaml': NET }))).toBe(`{
  "version": "1.2.3",
  "summary": {
    "errors": 1,
    "warnings": 0,
    "notes": 1,
    "files": 1,
    "documents": 1,
    "suppressed": 0
  },
  "diagnostics": [
    {
      "code": "MQ101",
      "name": "host-bits-set",
      "severity": "error",
      "message": "CIDR \\"10.0.0.1/8\\" has host bits set",
      "hint": "write \\"10.0.0.0/8\\"",
      "file": "net.yaml",
      "range": {
        "start": {
          "line": 3,
          "column": 7,
          "offset": 24
        },
        "end": {
          "line": 3,
          "column": 17,
          "offset": 34
        }
      },
      "path": [
        "spec",
        "preserve",
        0
      ]
    },
    {
      "code": "MQ122",
      "name": "cidr-limit",
      "severity": "note",
      "message": "a <long> list & \\"more\\"",
      "path": [
        "preserve"
      ],
      "construct": "app/prod/agent"
    }
  ],
  "suppressed": []
}
`);
  expect(JSON.parse(await write('json', SAMPLE)).diagnostics[1].related).toEqual([
    {
      message: 'the first',
      file: './other dir/a.yaml',
      range: { start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 2, offset: 1 } },
    },
  ]);
});

describe('github', () => {
  test('a whole output', async () => {
    expect(await write('github', SAMPLE)).toBe(`\
::error file=net.yaml,line=3,col=7,endLine=3,endColumn=17,title=MQ101 host-bits-set::CIDR "10.0.0.1/8" has host bits set%0Ahint: write "10.0.0.0/8"
::warning file=net.yaml,line=4,col=7,endLine=4,endColumn=17,title=MQ120 duplicate-entry::it is there twice%0Anote: ./other dir/a.yaml:1:1 the first
::notice title=MQ122 cidr-limit::[app/prod/agent] a <long> list & "more"%0Aat: preserve
`);
    expect(await write('github', report([], { a: '' }))).toBe('');
  });

  test('what could end a command or a property is escaped', async () => {
    const d = finding('MQ904', { file: './a,b:c%\r\n::error::.yaml' }, '50%: a,b\r\n::error::no');
    expect(await write('github', report([d]))).toBe(
      '::error file=a%2Cb%3Ac%25%0D%0A%3A%3Aerror%3A%3A.yaml,title=MQ904 unreadable::50%25: a,b%0D%0A::error::no\n',
    );
  });

  test('what could move the cursor of a log is made visible', async () => {
    const d = { ...finding('MQ904', { file: 'a\u001bb' }, 'a\u001b[31mb\u2028c\u0085d\u202ee'), hint: 'x\u009by' };
    expect(await write('github', report([d]))).toBe(
      '::error file=a␛b,title=MQ904 unreadable::a␛[31mb\ufffdc\ufffdd\ufffde%0Ahint: x\ufffdy\n',
    );
  });

  test('a range over several lines has no columns: the runner refuses them', async () => {
    const d = finding('MQ101', at('net.yaml', NET, 'preserve', '10.0.0.1/8'));
    expect(await write('github', report([d]))).toBe(
      '::error file=net.yaml,line=2,endLine=3,title=MQ101 host-bits-set::it is wrong\n',
    );
  });
});

describe('sarif', () => {
  const run = async (of: Report) => JSON.parse(await write('sarif', of)).runs[0];

  test('a whole run', async () => {
    const log = JSON.parse(await write('sarif', SAMPLE));
    expect(log).toMatchObject({ version: '2.1.0', $schema: 'https://json.schemastore.org/sarif-2.1.0.json' });
    const { tool, columnKind, results } = log.runs[0];
    expect(columnKind).toBe('utf16CodeUnits');
    expect(tool.driver).toMatchObject({ name: 'masq', semanticVersion: '1.2.3' });
    expect(tool.driver.rules[0]).toEqual({
      id: 'MQ101',
      name: 'HostBitsSet',
      shortDescription: { text: RULES.MQ101.title },
      fullDescription: { text: RULES.MQ101.title },
      defaultConfiguration: { level: 'error' },
      help: { text: '"masq rules MQ101" explains this rule' },
    });
    const region = (line: number) => ({ startLine: line, startColumn: 7, endLine: line, endColumn: 17 });
    const artifactLocation = { uri: 'net.yaml' };
    expect(results).toEqual([
      {
        ruleId: 'MQ101',
        ruleIndex: 0,
        level: 'error',
        message: { text: 'CIDR "10.0.0.1/8" has host bits set\nwrite "10.0.0.0/8"' },
        locations: [{ physicalLocation: { artifactLocation, region: region(3) } }],
        partialFingerprints: { 'masqFinding/v1': expect.stringMatching(/^[0-9a-f]{32}:1$/) },
      },
      {
        ruleId: 'MQ120',
        ruleIndex: 1,
        level: 'warning',
        message: { text: 'it is there twice' },
        locations: [{ physicalLocation: { artifactLocation, region: region(4) } }],
        relatedLocations: [
          {
            id: 1,
            physicalLocation: {
              artifactLocation: { uri: 'other%20dir/a.yaml' },
              region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 },
            },
            message: { text: 'the first' },
          },
        ],
        partialFingerprints: { 'masqFinding/v1': expect.any(String) },
      },
      {
        ruleId: 'MQ122',
        ruleIndex: 2,
        level: 'note',
        message: { text: 'a <long> list & "more"' },
        locations: [{ logicalLocations: [{ name: 'agent', fullyQualifiedName: 'app/prod/agent', kind: 'resource' }] }],
        partialFingerprints: { 'masqFinding/v1': expect.any(String) },
      },
    ]);
  });

  test('a fingerprint outlives a move to another line, and tells equal findings apart', async () => {
    const prints = async (text: string, ...more: string[]) =>
      (
        await run(
          report(['10.0.0.1/8', ...more].map(word => finding('MQ101', { ...at('f', text, word), path: ['a'] }))),
        )
      ).results.map((r: { partialFingerprints: Record<string, string> }) => r.partialFingerprints['masqFinding/v1']);
    const [before] = await prints(NET);
    expect(await prints(`# moved\n${NET}`)).toEqual([before]);
    expect(await prints(NET, '10.0.0.0/8')).toEqual([before, before.replace(/1$/, '2')]);
  });

  test('every rule can be told: ids, names and levels are ones that SARIF knows', async () => {
    const { tool, results } = await run(report(RULE_CODES.map(code => finding(code, {}))));
    expect(tool.driver.rules.map((r: { id: string }) => r.id)).toEqual([...RULE_CODES].sort());
    for (const r of tool.driver.rules) expect(r.name).toMatch(/^([A-Z][a-z0-9]*)+$/);
    for (const r of results) {
      expect(tool.driver.rules[r.ruleIndex].id).toBe(r.ruleId);
      expect(['error', 'warning', 'note']).toContain(r.level);
      expect(r).not.toHaveProperty('locations');
    }
  });

  test.each([
    ['a.yaml', 'a.yaml'],
    ['./a/b.yaml', 'a/b.yaml'],
    ['../a.yaml', '../a.yaml'],
    ['a b/ü#%.yaml', 'a%20b/%C3%BC%23%25.yaml'],
    ['a:b.yaml', 'a%3Ab.yaml'],
    ['/etc/a b', 'file:///etc/a%20b'],
    ['\ud800', '%EF%BF%BD'],
    ['<stdin>', '%3Cstdin%3E'],
  ])('the URI of %j', (file, uri) => expect(toUri(file)).toBe(uri));
});

describe('junit', () => {
  test('a whole output', async () => {
    expect(await write('junit', SAMPLE)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="masq" tests="4" failures="1" errors="0" skipped="0">
  <testsuite name="net.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase name="MQ101 host-bits-set (3:7)" classname="net.yaml">
      <failure message="CIDR &quot;10.0.0.1/8&quot; has host bits set" type="MQ101">net.yaml:3:7 error MQ101 CIDR "10.0.0.1/8" has host bits set
hint: write "10.0.0.0/8"</failure>
    </testcase>
    <testcase name="MQ120 duplicate-entry (4:7)" classname="net.yaml">
      <system-out>net.yaml:4:7 warning MQ120 it is there twice
note: ./other dir/a.yaml:1:1 the first</system-out>
    </testcase>
  </testsuite>
  <testsuite name="clean.yaml" tests="1" failures="0" errors="0" skipped="0">
    <testcase name="clean.yaml" classname="clean.yaml"/>
  </testsuite>
  <testsuite name="constructs" tests="1" failures="0" errors="0" skipped="0">
    <testcase name="MQ122 cidr-limit (app/prod/agent)" classname="constructs">
      <system-out>[app/prod/agent] note MQ122 a &lt;long&gt; list &amp; "more"</system-out>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test('what XML cannot carry is dropped, the rest escaped', async () => {
    const d = finding('MQ904', { file: 'a"\t\n<b>' }, ']]> \x00\x1b\ud800 \u{1f600} \ufffe\r');
    expect(await write('junit', report([d]))).toContain(`
  <testsuite name="a&quot;&#9;&#10;&lt;b&gt;" tests="1" failures="1" errors="0" skipped="0">
    <testcase name="MQ904 unreadable" classname="a&quot;&#9;&#10;&lt;b&gt;">
      <failure message="]]&gt;  \u{1f600} &#13;" type="MQ904">a"\t\n&lt;b&gt; error MQ904 ]]&gt;  \u{1f600} &#13;</failure>
`);
  });

  test('a run over nothing', async () => {
    expect(await write('junit', report([]))).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="masq" tests="0" failures="0" errors="0" skipped="0">\n</testsuites>\n',
    );
  });
});
