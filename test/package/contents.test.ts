import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Packed, ROOT, run } from './packed';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly main: string;
  readonly types: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

let packed: Packed;
let files: readonly string[];

beforeAll(() => {
  packed = new Packed();
  packed.install();
  files = packed.files();
});
afterAll(() => packed.close());

describe('the tarball', () => {
  test('has what users need', () => {
    const needed = [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'package.json',
      'lib/THIRD-PARTY-LICENSES.md',
      'lib/cli/masq.js',
      'lib/constructs/index.js',
      'lib/constructs/index.d.ts',
      'lib/core/index.js',
      'lib/core/index.d.ts',
      'lib/core/schema/generated/validator-agent-config.js',
      'schemas/intent.schema.json',
      'schemas/agent-config.schema.json',
      'schemas/settings.schema.json',
      'ci/check.sh',
      'ci/github.yml',
      'ci/gitlab.yml',
      'examples/README.md',
      'examples/fleet-yaml/intent.yaml',
    ];
    expect(files).toEqual(expect.arrayContaining(needed));
  });

  test('has a bundle for each command', () => {
    const commands = readdirSync(join(ROOT, 'cli/command')).map(name => name.replace(/\.ts$/, '.js'));
    const bundles = files.filter(name => name.startsWith('lib/cli/'));
    expect(bundles).toEqual([...commands.map(name => `lib/cli/command/${name}`), 'lib/cli/masq.js'].sort());
  });

  test('has nothing else', () => {
    const allowed = [
      /^(LICENSE|README\.md|CHANGELOG\.md|package\.json|lib\/THIRD-PARTY-LICENSES\.md)$/,
      /^lib\/(constructs|core)\/[\w./-]+\.(js|d\.ts)$/,
      /^lib\/cli\/(masq|command\/\w+)\.js$/,
      /^lib\/schemas\/[\w./-]+\.json$/,
      /^schemas\/[\w./-]+\.(json|yaml)$/,
      /^ci\/(check\.sh|github\.yml|gitlab\.yml)$/,
      /^examples\/([\w-]+\/)?(README\.md|\w+\.(yaml|patch))$/,
    ];
    expect(files.filter(name => !allowed.some(pattern => pattern.test(name)))).toEqual([]);
  });

  test('has no source, no test, no tool and nothing of this machine', () => {
    expect(files.filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([]);
    expect(
      files.filter(name => /(^|\/)(tests?|tools|bench|build|\.\w+)\/|\.test\.|\.map$|tsconfig/.test(name)),
    ).toEqual([]);
    const own = join(packed.project, 'node_modules/cdk8s-masq');
    for (const name of files) {
      const text = readFileSync(join(own, name), 'utf8');
      expect(text.includes(ROOT), name).toBe(false);
    }
  });

  test('every declaration has its program', () => {
    const declared = files.filter(name => name.endsWith('.d.ts')).map(name => name.replace(/\.d\.ts$/, '.js'));
    expect(declared.filter(name => !files.includes(name))).toEqual([]);
  });

  test('an example in it is whole', () => {
    const inside = files.filter(name => /^examples\/[\w-]+\//.test(name));
    const folders = new Set(inside.map(name => name.split('/').slice(0, 2).join('/')));
    const wanted = [...folders].flatMap(folder =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(name => `${folder}/${name}`),
    );
    expect(inside).toEqual(wanted.sort());
  });

  test('every link of a document in it leads somewhere', () => {
    const own = join(packed.project, 'node_modules/cdk8s-masq');
    const broken = files
      .filter(name => /^examples\/[\w-]+\/README\.md$/.test(name))
      .flatMap(name =>
        [...readFileSync(join(own, name), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
          .filter(
            ([, target]) => !existsSync(join(own, name, '..', target!)) && !existsSync(join(ROOT, name, '..', target!)),
          )
          .map(([, target]) => `${name}: ${target}`),
      );
    expect(broken).toEqual([]);
  });
});

describe('package.json', () => {
  test('runs nothing where it is installed or packed', () => {
    const hooks = [
      'prepare',
      'prepack',
      'postpack',
      'prepublish',
      'prepublishOnly',
      'preinstall',
      'install',
      'postinstall',
    ];
    expect(Object.keys(manifest.scripts).filter(name => hooks.includes(name))).toEqual([]);
  });

  test('leads to files that are in the tarball', () => {
    const targets = [
      ...Object.values(manifest.exports).flatMap(target =>
        typeof target === 'string' ? [target] : Object.values(target),
      ),
      ...Object.values(manifest.bin),
      manifest.main,
      manifest.types,
    ].map(target => target.replace(/^\.\//, ''));
    expect(targets.filter(target => !target.includes('*') && !files.includes(target))).toEqual([]);
    for (const entry of manifest.files.filter(name => !/[*!]/.test(name))) {
      expect(
        files.some(name => name === entry || name.startsWith(`${entry}/`)),
        entry,
      ).toBe(true);
    }
  });

  test('names every package that the library asks for', () => {
    const { name: self } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { name: string };
    const asked = new Set<string>();
    const own = join(packed.project, 'node_modules/cdk8s-masq');
    for (const name of files.filter(file => /^lib\/(constructs|core)\/.*(\.js|\.d\.ts)$/.test(file))) {
      const text = readFileSync(join(own, name), 'utf8').replace(/^\s*(\*|\/\/).*$/gm, '');
      for (const [, module] of text.matchAll(
        /(?<!["'])(?:\brequire\(|\bimport\(|^(?:import|export)\b[^;"']*from )["']([^."'][^"']*)["']/gm,
      )) {
        // Programs that masq writes for people begin with an import of itself.
        if (!module!.startsWith('node:') && module !== self)
          asked.add(
            module!
              .split('/')
              .slice(0, module!.startsWith('@') ? 2 : 1)
              .join('/'),
          );
      }
    }
    expect([...asked].sort()).toEqual(
      [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)].sort(),
    );
  });
});

test('publint finds nothing', () => {
  expect(run(ROOT, 'node_modules/publint/src/cli.js', 'run', packed.tarball, '--strict')).toContain('All good!');
});

test('the types are not wrong, under any of the ways to resolve them', () => {
  const attw = [
    'node_modules/@arethetypeswrong/cli/dist/index.js',
    packed.tarball,
    '--no-definitely-typed',
    '-f',
    'json',
  ];
  const { analysis, problems } = JSON.parse(run(ROOT, attw[0]!, ...attw.slice(1))) as {
    readonly analysis: { readonly types: unknown; readonly entrypoints: Readonly<Record<string, unknown>> };
    readonly problems?: Readonly<Record<string, unknown>>;
  };
  expect(problems ?? {}).toEqual({});
  expect(analysis.types).toEqual({ kind: 'included' });
  expect(Object.keys(analysis.entrypoints)).toEqual(Object.keys(manifest.exports));
});
