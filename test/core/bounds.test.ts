import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../core/check/check';
import { DEFAULT_LIMITS, parseSource } from '../../core/source';

function check(text: string, limits = DEFAULT_LIMITS) {
  return checkFiles([{ file: 'input.yaml', text }], { limits }).diagnostics;
}

function said(text: string, limits = DEFAULT_LIMITS): string[] {
  return check(text, limits).map(
    ({ range, code, message }) => `${range?.start.line}:${range?.start.column} ${code} ${message}`,
  );
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
}

const cidr = (i: number): string => `${(i >> 16) + 10}.${(i >> 8) & 255}.${i & 255}.0/24`;

describe('what no ConfigMap holds', () => {
  const MOST = 1024 * 1024;

  const config = 'nonMasqueradeCIDRs: [10.0.0.0/8]';

  it.each(['x', 'é', '€', '😀'])('a file of %s, by its bytes in UTF-8', sign => {
    const width = new TextEncoder().encode(sign).length;
    const findings = [MOST, MOST + 1].map(bytes => {
      const left = bytes - config.length;
      const note = sign.repeat(Math.floor(left / width)) + 'x'.repeat(left % width);
      const metadata = { name: 'ip-masq-agent', namespace: 'kube-system' };
      return said(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { config, note } }));
    });
    expect(findings).toEqual([
      [],
      [
        '1:101 MQ122 data has 1048577 bytes, and Kubernetes takes no ConfigMap of more than 1048576; write fewer, wider ranges, or leave out comments',
      ],
    ]);
  });

  it('the list of an intent', () => {
    const network = 'nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: []';
    const head = `apiVersion: masq/v1alpha1, kind: ClusterIntent, metadata: {name: a}`;
    const list = lines(60_000, i => `100.${i >> 8}.${i & 255}.0/25,`);
    const text = `{${head}, spec: {platform: kubernetes, network: {${network}}, masquerade: {preserve: [\n${list}]}}}`;
    expect(check(text).map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      expect.stringMatching(
        /^error the list renders to 60002 entries of 1\d{6} bytes, and Kubernetes takes no ConfigMap/,
      ),
    ]);
  });
});

describe('what is large and in order', () => {
  it('a list of 200,000 entries', () => {
    const list = `nonMasqueradeCIDRs:\n${lines(200_000, i => `  - "${cidr(i * 2)}"  # ${i}`)}cidrLimit: 200000\n`;
    expect(said(list)).toEqual([]);
  });

  it('a list of 40,000 entries with an exception each', () => {
    const network = 'nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: []';
    const head = `apiVersion: masq/v1alpha1, kind: ClusterIntent, metadata: {name: a}`;
    const entry = (i: number) => `{cidr: 11.${i >> 8}.${i & 255}.0/24, except: [11.${i >> 8}.${i & 255}.0/25]},`;
    const list = lines(40_000, entry);
    const text = `{${head}, spec: {platform: kubernetes, network: {${network}}, masquerade: {preserve: [\n${list}]}}}`;
    expect(said(text)).toEqual([expect.stringContaining('MQ122')]);
  });

  it('a bundle of 5,000 documents', () => {
    const config = `data:\n  config: |\n    nonMasqueradeCIDRs: [10.0.0.0/8]\n`;
    const object = (i: number) => `metadata: {name: ip-masq-agent-${i}, namespace: kube-system}\n${config}---`;
    expect(said(lines(5000, i => `apiVersion: v1\nkind: ConfigMap\n${object(i)}`))).toEqual([]);
  });

  it('a map of 100,000 keys', () => {
    const read = parseSource('input.yaml', `{${Array.from({ length: 100_000 }, (_, i) => `k${i}: ${i}`).join(', ')}}`);
    expect(read.diagnostics).toEqual([]);
    const [document] = read.documents;
    expect(Object.keys(document!.value as object)).toHaveLength(100_000);
    // Each is found without looking through the others.
    for (let i = 0; i < 100_000; i++) expect(document!.written([`k${i}`])).toBe(`${i}`);
  });
});

describe('what goes on beyond all use is refused where it does', () => {
  const small = { ...DEFAULT_LIMITS, characters: 90, lines: 40, tokens: 20, documents: 3, depth: 2 };

  it.each([
    ['characters', 'x'.repeat(91), 'undefined:undefined MQ209 the file has 91 characters; masq reads at most 90'],
    ['lines', '\n'.repeat(41), 'undefined:undefined MQ209 the file has 42 lines; masq reads at most 40'],
    [
      'words',
      '[a, b, c, d, e, f, g, h]',
      '1:16 MQ209 more than 20 words and signs; put its documents into several files; masq reads no further',
    ],
    ['documents', '---\n'.repeat(6), '6:4 MQ209 more than 3 documents; masq reads no further'],
    ['levels', 'a: {b: [1]}', '1:8 MQ209 values nest more than 2 levels deep; masq reads no further'],
    ['key', `{${'k'.repeat(1025)}: 1}`, '1:2 MQ209 a key has 1025 characters; YAML allows 1024', DEFAULT_LIMITS],
    [
      'directives',
      '%YAML 1.2\n'.repeat(101),
      '101:10 MQ209 more than 100 lines that begin with "%"; masq reads no further',
      DEFAULT_LIMITS,
    ],
  ])('%s', (_, text, expected, limits = small) => {
    expect(said(text, limits)).toEqual([expected]);
  });

  it('and what stands before is checked', () => {
    const text = 'nonMasqueradeCIDRs: [10.0.0.1/8]\n---\na: {b: {c: 1}}\n';
    expect(check(text, { ...DEFAULT_LIMITS, depth: 2 }).map(found => found.code)).toEqual(['MQ101', 'MQ209']);
  });

  it('brackets that nest nothing do not count', () => {
    const text = `a: "${'['.repeat(500)}"\nb: |\n  ${'{'.repeat(500)}\n# ${'['.repeat(500)}\nc: x${'['.repeat(500)}\n`;
    expect(said(text)).toEqual([expect.stringContaining('MQ212')]);
    expect(said(`[${'[],'.repeat(500)}]`)).toEqual([expect.stringContaining('MQ212')]);
  });
});

describe('a text with a fault in each place', () => {
  it.each([
    ['unknown escapes', `"${'\\q'.repeat(100_000)}"`],
    ['closing brackets', '] '.repeat(100_000)],
    ['commas', `[${','.repeat(100_000)}`],
    ['anchors', '&a '.repeat(100_000)],
    ['texts behind a text', '"" '.repeat(100_000)],
    ['tabs', `a:\n${'\tb: 1\n'.repeat(100_000)}`],
    ['ends of no document', '...\n'.repeat(5000)],
  ])('%s', (_, text) => {
    const { diagnostics } = parseSource('input.yaml', text);
    expect(diagnostics.length).toBeLessThanOrEqual(101);
  });

  it('has its gravest findings told, and the others counted', () => {
    const good = lines(5, i => `- ${cidr(i)}`);
    const text = `nonMasqueradeCIDRs:\n${good}${good}- 10.0.0.1/8\n- 10.0.0.2/8\n`;
    const told = check(text, { ...DEFAULT_LIMITS, findings: 3 });
    expect(told.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'MQ120 warning',
      'MQ219 warning',
      'MQ101 error',
      'MQ101 error',
    ]);
    expect(told[1]!.message).toBe('4 more findings of this file are left out; mend the others first');
    expect(said(text, { ...DEFAULT_LIMITS, findings: 1 })).toEqual([
      '12:3 MQ101 CIDR "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?',
      '13:3 MQ219 6 more findings of this file are left out, 1 of them errors; mend the others first',
    ]);
    expect(check(text, { ...DEFAULT_LIMITS, findings: 1 }).at(-1)!.severity).toBe('error');
    expect(check(text, { ...DEFAULT_LIMITS, findings: 7 })).toHaveLength(7);
  });

  it('of many thousands too', () => {
    const found = check(`nonMasqueradeCIDRs:\n${lines(150_000, () => '- x')}`);
    expect(found).toHaveLength(1001);
    expect(found.at(-1)!.message).toMatch(/^149000 more findings .*, all of them errors;/);
  });

  it('keys that no map can have', () => {
    expect(check(`nonMasqueradeCIDRs: []\n${lines(30_000, i => `k${i}: 1`)}`)).toHaveLength(1001);
  });
});

describe('names of ranges', () => {
  const intent = (ranges: string, preserve = 'rfc1918'): string => `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata: {name: a}
spec:
  platform: kubernetes
  network: {nodeCIDRs: [192.168.1.0/24], podCIDRs: [10.244.0.0/16], serviceCIDRs: [10.96.0.0/12]}
  ranges:
${ranges}  masquerade: {preserve: [${preserve}]}
`;
  const chain = (length: number): string => {
    const links = lines(length - 1, i => `    r${i}: [r${i + 1}]`);
    return intent(`${links}    r${length - 1}: [172.16.0.0/12]\n`, 'r0');
  };

  it('refer to each other 64 levels deep, and no deeper', () => {
    expect(said(chain(64))).toEqual([]);
    const message = 'ranges refer to each other more than 64 levels deep; write the CIDRs where "r64" is used';
    expect(said(chain(65))).toEqual([`72:5 MQ209 ${message}`]);
    expect(said(chain(30_000))).toEqual([`72:5 MQ209 ${message}`]);
  });

  it('that name others many times over stand for each range once', () => {
    const tower = lines(40, i => `    r${i}: [r${i + 1}, r${i + 1}, r${i + 1}]`);
    const found = check(intent(`${tower}    r40: [172.16.0.0/12]\n`, 'r0'));
    expect(found.map(({ code }) => code)).toEqual(Array(80).fill('MQ120'));
  });

  it('and that take something else out of it each time, too', () => {
    const without = (i: number, first: number) => `{range: r${i + 1}, except: [172.16.${first + i}.0/24]}`;
    const tower = lines(40, i => `    r${i}: [${without(i, 0)}, ${without(i, 100)}]`);
    expect(said(intent(`${tower}    r40: [172.16.0.0/12]\n`, 'r0'))).toEqual([]);
  });

  it('stand for no more than two million CIDRs', () => {
    const wide = `    wide: [${Array.from({ length: 2500 }, (_, i) => cidr(i * 2)).join(', ')}]\n`;
    const found = said(intent(`${wide}${lines(800, i => `    r${i}: [wide]`)}`)).filter(line => line.includes('MQ210'));
    expect(found).toEqual([
      '808:12 MQ210 with "wide" names of ranges stand for more than 2000000 CIDRs in this file; masq reads no further',
    ]);
  });

  it('of 9,999 RangeSets are found', () => {
    const sets = lines(
      9999,
      i => `apiVersion: masq/v1alpha1\nkind: RangeSet\nmetadata: {name: s}\nranges: {r${i}: [${cidr(i)}]}\n---`,
    );
    expect(said(`${sets}${intent('    own: [r0]\n', 'own, r9998')}`)).toEqual([]);
  });

  it('that nobody knows are held against so many others, and then told as they are', () => {
    const known = lines(2000, i => `    range-${i}: [172.16.0.0/12]`);
    const found = check(intent(known, lines(2000, i => `rnge-${i},`).replaceAll('\n', ' ')), {
      ...DEFAULT_LIMITS,
      findings: 5000,
    }).filter(({ code }) => code === 'MQ113');
    expect(found).toHaveLength(2000);
    expect(found[0]!.message).toBe('no range is named "rnge-0"; did you mean "range-0"?');
    expect(found.at(-1)!.message).toBe('no range is named "rnge-1999"; define it under "ranges", or write a CIDR');
  });
});
