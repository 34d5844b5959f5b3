import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PLATFORMS } from '../../cli/choices';
import { sandbox } from './sandbox';

const box = sandbox();

/** The codes that a command finds. */
function codes(...args: string[]): { status: number | null; codes: string[] } {
  const { status, stdout } = box.masq(...args, '-f', 'json');
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
  return { status, codes: diagnostics.map(found => found.code) };
}

/** On bare metal every version has something to be told; the first intent names the one with the least. */
const NOTES: Readonly<Partial<Record<(typeof PLATFORMS)[number], string>>> = { 'anthos-bare-metal': 'MQ515' };

describe.each(PLATFORMS)('masq init %s', platform => {
  test('writes an intent that validates and renders', () => {
    expect(box.masq('init', platform)).toEqual({
      status: 0,
      stdout: 'wrote masq.yaml; change the addresses to yours, then run: masq synth masq.yaml\n',
      stderr: '',
    });
    expect(box.list()).toEqual(['masq.yaml']);
    expect(codes('validate', '--fail-on', 'warning', 'masq.yaml')).toEqual({
      status: 0,
      codes: NOTES[platform] ? [NOTES[platform]] : [],
    });
    const rendered = box.masq('synth', 'masq.yaml');
    expect(rendered.stdout).toMatch(/^rendered 1 cluster, \d files? in dist\/: \d written\n$/);
    expect(box.list('dist').every(name => name.startsWith('my-cluster/'))).toBe(true);
    expect(codes('validate', 'dist')).toEqual({ status: 0, codes: [] });
  });

  test('what is commented out is sound as well', () => {
    const { stdout } = box.masq('init', platform, '-o', '-');
    const spec = stdout.slice(stdout.indexOf('spec:'));
    const uncommented = spec.replace(/^( *)# (?=(?: *)(?:[A-Za-z]+: |[A-Za-z]+:$|- |agent:$))/gm, '$1');
    expect(uncommented.match(/^ *# [a-z]+[A-Z][a-zA-Z]*:/gm)).toBeNull();
    box.write('all.yaml', stdout.slice(0, stdout.indexOf('spec:')) + uncommented);
    const { status, stdout: found } = box.masq('validate', 'all.yaml');
    expect({ status, found }).toEqual({ status: 0, found: expect.not.stringContaining(' error ') });
  });

  test('what a comment says of dual-stack is sound as well, and is said only where it is', () => {
    const { stdout } = box.masq('init', platform, '-o', '-');
    const added = ['fd00:1::/64', 'fd00:2::/64', 'fd00:3::/112'];
    const dual = stdout.replace(/^( +(?:node|pod|service)CIDRs: \[.*?)\]/gm, (list: string) => {
      return `${list.slice(0, -1)}, ${added.shift()}]`;
    });
    expect(added).toEqual([]);
    box.write('dual.yaml', dual);
    const { status, codes: found } = codes('validate', '--fail-on', 'warning', 'dual.yaml');
    if (stdout.includes('dual-stack')) expect({ status, found }).toEqual({ status: 0, found: [] });
    else expect(stdout).not.toContain('IPv6');
  });

  test('takes a name, a file and the standard output', () => {
    const { status } = box.masq('init', platform, '--name', 'prod-eu-1', '-o', 'prod.yaml');
    expect({ status, files: box.list() }).toEqual({ status: 0, files: ['prod.yaml'] });
    expect(box.read('prod.yaml')).toContain('\n  name: prod-eu-1 #');
    expect(box.masq('init', platform, '-nprod-eu-1', '-o', '-').stdout).toBe(box.read('prod.yaml'));
  });
});

test('refuses to overwrite a file, until it is told to', () => {
  box.write('masq.yaml', 'mine\n');
  expect(box.masq('init', 'kubernetes')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'masq: "masq.yaml" is there already; name another file with -o, or overwrite it with --force\n',
  });
  expect(box.files()).toEqual({ 'masq.yaml': 'mine\n' });
  expect(box.masq('init', 'kubernetes', '--force').status).toBe(0);
  expect(box.read('masq.yaml')).toContain('kind: ClusterIntent');
  expect(box.list()).toEqual(['masq.yaml']);
});

test.each([
  ['folder', 'masq: "folder" is a folder; name a file in it with -o\n'],
  ['folder/', 'masq: "folder/" is a folder; name a file in it with -o\n'],
  ['file/masq.yaml', 'masq: "file/masq.yaml" cannot be written: "file" is no folder\n'],
  [`${'a'.repeat(256)}`, `masq: "${'a'.repeat(256)}" cannot be written: its name is too long\n`],
])('refuses to write to %s, and leaves nothing behind', (output, stderr) => {
  mkdirSync(box.path('folder'));
  box.write('file', 'mine\n');
  expect(box.masq('init', 'kubernetes', '-o', output, '--force')).toEqual({ status: 2, stdout: '', stderr });
  expect(box.files()).toEqual({ file: 'mine\n' });
});

test('makes the folder of the file, with a comment that leads to the schema from there', () => {
  const made = box.masq('init', 'kubernetes', '-o', 'a/b/masq.yaml');
  expect(made).toMatchObject({ status: 0, stderr: '' });
  expect(box.read('a/b/masq.yaml')).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/node_modules\//);
});

test.each(['1', '010', '1e3', 'true', 'null', 'yes', 'y'])('the name %s is text in what is written', name => {
  box.masq('init', 'kubernetes', '--name', name, '-o', 'c.yaml');
  expect(box.masq('validate', 'c.yaml')).toMatchObject({ status: 0, stderr: '' });
});

test('a folder that may not be written to', () => {
  mkdirSync(box.path('folder'), { mode: 0o555 });
  const { status, stderr } = box.masqWith({ unprivileged: true }, 'init', 'kubernetes', '-o', 'folder/x.yaml');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'masq: "folder/x.yaml" cannot be written: permission denied\n',
  });
});
