import { expect, test } from 'vitest';
import { importIntent } from '../../core/import/import';

/** The ranges of the intent that comes of a text. */
function preserved(text: string): unknown {
  const { intent, diagnostics } = importIntent([{ file: 'a.yaml', text }], {
    platform: 'kubernetes',
    nodeCIDRs: ['192.168.1.0/24'],
    podCIDRs: ['192.168.2.0/24'],
  });
  expect(diagnostics.filter(one => one.severity === 'error')).toEqual([]);
  return intent?.spec.masquerade?.preserve;
}

const FILE = `nonMasqueradeCIDRs:
  - 10.0.0.0/8 # all
  - 172.16.0.0/12 # the "office" isn't far
  - 192.168.0.0/16
resyncInterval: 30s # thirty
`;

const REASONED = [
  { cidr: '10.0.0.0/8', reason: 'all' },
  { cidr: '172.16.0.0/12', reason: 'the "office" isn\'t far' },
  '192.168.0.0/16',
];

const HEAD = `apiVersion: v1
kind: ConfigMap
metadata: {name: ip-masq-agent, namespace: kube-system}
data:
`;

const block = FILE.replace(/^/gm, '    ').trimEnd();
const single = FILE.replaceAll("'", "''").replaceAll('\n', '\n\n    ');

/** The same file, in each way that a ConfigMap may hold it. */
const WRITTEN: readonly (readonly [way: string, text: string])[] = [
  ['a bare file', FILE],
  ['a bare file with CRLF', FILE.replaceAll('\n', '\r\n')],
  ['a block', `${HEAD}  config: |\n${block}\n`],
  ['a block with CRLF', `${HEAD}  config: |\n${block}\n`.replaceAll('\n', '\r\n')],
  ['a folded block', `${HEAD}  config: >\n${block.replaceAll('\n', '\n\n')}\n`],
  ['double quotes', `${HEAD}  config: ${JSON.stringify(FILE)}\n`],
  ['double quotes over two lines', `${HEAD}  config: ${JSON.stringify(FILE).replace('# the', '# the\\\n    \\')}\n`],
  ['double quotes with CRLF in them', `${HEAD}  config: ${JSON.stringify(FILE.replaceAll('\n', '\r\n'))}\n`],
  ['single quotes', `${HEAD}  config: '${single}'\n`],
  [
    'JSON',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ip-masq-agent' },
      data: { config: FILE },
    }),
  ],
];

test.each(WRITTEN)('comments become reasons where the file is in %s', (_way, text) => {
  expect(preserved(text)).toEqual(REASONED);
});

test("a comment in quotes is the file's own, and not what stands behind the quotes", () => {
  const text = `${HEAD}  config: "nonMasqueradeCIDRs: [10.0.0.0/8, 192.168.0.0/16]" # not of a range\n`;
  expect(preserved(text)).toEqual(['10.0.0.0/8', '192.168.0.0/16']);
});

test('what is said to masq is no reason', () => {
  const text = `nonMasqueradeCIDRs:
  - 10.0.0.0/8 # masq-ignore MQ121 asked for by audit
  - 172.16.0.0/12 # office # masq-ignore: MQ121 asked for by audit
  - 192.168.0.0/16 # masq-ignored for long
`;
  expect(preserved(text)).toEqual([
    { cidr: '172.16.0.0/12', reason: 'office' },
    { cidr: '192.168.0.0/16', reason: 'masq-ignored for long' },
    '10.0.0.0/8',
  ]);
});
