import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckRun } from '../../../cli/check-run';
import { type Mended, mend } from '../../../cli/lint/mend';
import { lintFiles } from '../../../core/analysis/lint/lint';
import { hasErrors } from '../../../core/diagnostics';
import { parseSource } from '../../../core/source';
import { agentKeeps, edges, type Family } from '../../core/naive';
import { runs } from '../../random';

/** Lints one text, with another in its place when there is one. */
function lint(file: string, given: string) {
  return (texts: ReadonlyMap<string, string> = new Map()): CheckRun => {
    const text = texts.get(file) ?? given;
    const { diagnostics, documents } = lintFiles([{ file, text }]);
    return { diagnostics, sources: new Map([[file, text]]), files: [file], documents, misnamed: false };
  };
}

function mended(text: string, file = 'file.yaml'): { text: string; left: Mended['run']['diagnostics'] } {
  const result = mend(lint(file, text));
  if (typeof result === 'number') throw new Error('no files');
  return { text: result.texts.get(file) ?? text, left: result.run.diagnostics };
}

/** A few ranges that lie in each other, touch each other and repeat each other. */
const CIDRS = ['10.0.0.0/8', '10.0.0.0/9', '10.128.0.0/9', '10.64.0.0/10', '10.1.0.0/16', '172.16.0.0/13'].concat([
  '172.24.0.0/13',
  '169.254.0.0/16',
  '169.254.9.0/24',
  '192.168.0.0/16',
  'fd00::/9',
  'fd80::/9',
  'fd00:1::/32',
]);

/** One item as somebody wrote it. */
interface Item {
  readonly cidr: string;
  readonly quote: '' | '"' | "'";
  readonly above: readonly string[];
  readonly behind: string;
  readonly anchor: boolean;
}

const item: fc.Arbitrary<Item> = fc.record({
  cidr: fc.constantFrom(...CIDRS),
  quote: fc.constantFrom('', '', '"' as const, "'" as const),
  above: fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, fc.constantFrom([''], ['# why'], ['', '#  a: [b', '# c'])),
  behind: fc.constantFrom('', '', '', ' # behind', '   #'),
  anchor: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});

const style = fc.record({
  kind: fc.constantFrom('block', 'block', 'flow', 'lines', 'json', 'pretty', 'config-map', 'quoted', 'list'),
  indent: fc.constantFrom('', '  ', '      '),
  crlf: fc.boolean(),
  end: fc.boolean(),
  masqLinkLocal: fc.boolean(),
});

const FILE = 'masqLinkLocal';

function blockText(items: readonly Item[], indent: string, anchors: boolean): string[] {
  return items.flatMap(({ cidr, quote, above, behind, anchor }, i) => [
    ...above.map(line => (line === '' ? '' : `${indent}${line}`)),
    `${indent}- ${anchor && anchors ? `&a${i} ` : ''}${quote}${cidr}${quote}${behind}`,
  ]);
}

function written(items: readonly Item[], s: { kind: string; indent: string; crlf: boolean; end: boolean } & Flags) {
  const key = `${FILE}: ${s.masqLinkLocal} # a key`;
  const cidrs = items.map(({ cidr }) => cidr);
  const flow = items.map(({ cidr, quote }) => `${quote}${cidr}${quote}`);
  const file = (anchors: boolean) => [
    '# head',
    'nonMasqueradeCIDRs: # the list',
    ...blockText(items, s.indent, anchors),
    key,
    '# foot',
  ];
  const lines = {
    block: () => file(true),
    flow: () => [`nonMasqueradeCIDRs: [${flow.join(', ')}] # all`, key],
    lines: () => ['nonMasqueradeCIDRs: [', ...flow.map((one, i) => `   ${one},${items[i]!.behind}`), '  ]', key],
    json: () => [JSON.stringify({ nonMasqueradeCIDRs: cidrs, masqLinkLocal: s.masqLinkLocal })],
    pretty: () =>
      JSON.stringify({ nonMasqueradeCIDRs: cidrs, masqLinkLocal: s.masqLinkLocal }, undefined, 4).split('\n'),
    'config-map': () => [...CONFIG_MAP, '  config: |', ...file(false).map(line => (line === '' ? '' : `    ${line}`))],
    quoted: () => [
      ...CONFIG_MAP,
      `  config: '${JSON.stringify({ nonMasqueradeCIDRs: cidrs, masqLinkLocal: s.masqLinkLocal })}' # JSON`,
    ],
    list: () => [
      'kind: List',
      'apiVersion: v1',
      'items:',
      ...[...CONFIG_MAP, '  config: |', ...file(false).map(line => (line === '' ? '' : `    ${line}`))].map(
        (line, i) => (line === '' ? '' : `${i === 0 ? '- ' : '  '}${line}`),
      ),
    ],
  }[s.kind]!();
  return lines.join(s.crlf ? '\r\n' : '\n') + (s.end ? (s.crlf ? '\r\n' : '\n') : '');
}

interface Flags {
  readonly masqLinkLocal: boolean;
}

const CONFIG_MAP = [
  'apiVersion: v1 # of the object',
  'kind: ConfigMap',
  'metadata: {name: ip-masq-agent, namespace: kube-system}',
  'data:',
];

/** The list that a text holds, wherever it stands. */
function listIn(text: string): readonly string[] {
  const [document] = parseSource('file.yaml', text).documents;
  const value = document!.value as { items?: { data: { config: string } }[]; data?: { config: string } } & Body;
  const config = value.items?.[0]?.data.config ?? value.data?.config;
  const body = config === undefined ? value : (parseSource('config', config).documents[0]!.value as Body);
  return body.nonMasqueradeCIDRs ?? [];
}

interface Body {
  readonly nonMasqueradeCIDRs?: readonly string[] | null;
}

function comments(text: string): string[] {
  return text.split(/\r?\n/).filter(line => /^\s*#/.test(line));
}

const MENDED = ['MQ120', 'MQ121', 'MQ701', 'MQ702', 'MQ703'];

describe('random files', () => {
  test('are mended: the same is preserved, comments and everything else stay, and nothing is left to mend', () => {
    let changed = 0;
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 9 }), style, (items, how) => {
        const text = written(items, how);
        // A file with an error is left as it is.
        if (hasErrors(lintFiles([{ file: 'file.yaml', text }]).diagnostics)) {
          expect(mended(text).text).toBe(text);
          return;
        }
        const first = mended(text);
        if (first.text !== text) changed++;
        const masq = { 4: how.masqLinkLocal, 6: false };
        const [before, after] = [listIn(text), listIn(first.text)];
        for (const family of [4, 6] as readonly Family[]) {
          for (const value of edges(family, CIDRS)) {
            expect(agentKeeps(after, masq, true, family, value)).toBe(agentKeeps(before, masq, true, family, value));
          }
        }
        expect(comments(first.text)).toEqual(comments(text));
        expect(/\n$/.test(first.text)).toBe(/\n$/.test(text));
        expect(/[^\r]\n/.test(first.text)).toBe(/[^\r]\n/.test(text));
        expect(first.left.filter(({ fix }) => fix)).toEqual([]);
        expect(mended(first.text).text).toBe(first.text);
        if (isFree(items, how)) {
          const left = first.left.filter(({ code }) => MENDED.includes(code));
          // A list is never left empty: that may mean something else.
          expect(after.length === 1 ? [] : left.map(({ message }) => message)).toEqual([]);
        }
      }),
      { numRuns: runs(1500) },
    );
    expect(changed).toBeGreaterThan(500);
  });
});

/** Whether nothing is in the way of mending. */
function isFree(items: readonly Item[], { kind }: { kind: string }): boolean {
  return kind === 'flow' || !items.some(({ above, behind, anchor }) => above.length + behind.length > 0 || anchor);
}
