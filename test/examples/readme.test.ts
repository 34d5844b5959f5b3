import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleNames, intents, ROOT } from './examples';

const index = readFileSync(join(ROOT, 'examples/README.md'), 'utf8');

function readme(example: string): string {
  return readFileSync(join(ROOT, 'examples', example, 'README.md'), 'utf8');
}

test('the index names each example, and each once', () => {
  const named = [...index.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\)/gm)];
  expect(named.map(m => m[1]).sort()).toEqual(exampleNames());
  for (const [, name, link] of named) expect(link).toBe(`${name}/README.md`);
});

describe.each(exampleNames())('%s', example => {
  test('has an intent, a program or files for a tool, and a README under its own name', () => {
    const files = readdirSync(join(ROOT, 'examples', example));
    expect(files).toContain('README.md');
    expect(['intent.yaml', 'main.ts', 'argocd', 'plugin.yaml'].some(name => files.includes(name))).toBe(true);
    expect(readme(example).split('\n', 1)[0]).toBe(`# ${example}`);
  });

  test('has links that lead somewhere', () => {
    for (const [, link] of readme(example).matchAll(/\]\(([^)]+)\)/g)) {
      const [path, anchor] = link!.split('#');
      const file = join(ROOT, 'examples', example, path!);
      expect(existsSync(file), link).toBe(true);
      if (anchor !== undefined) expect(readFileSync(file, 'utf8').toLowerCase(), link).toContain(anchor);
    }
  });
});

test.each(intents())('$file names its schema, and its README each of its clusters', ({ file, text }) => {
  const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1];
  expect(schema).toBeDefined();
  expect(join(ROOT, dirname(file), schema!)).toBe(join(ROOT, 'schemas/intent.schema.json'));
  const example = file.split('/')[1]!;
  const names = [...text.matchAll(/^kind: ClusterIntent\nmetadata:\n {2}name: (\S+)/gm)].map(m => m[1]!);
  expect(names).not.toEqual([]);
  for (const name of names) expect(readme(example)).toContain(name);
});

test('the fleet in TypeScript says how to import it elsewhere', () => {
  expect(readme('fleet-typescript')).toContain("from 'cdk8s-masq'");
});
