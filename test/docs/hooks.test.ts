import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { HOST_BITS, intent, isMissing } from '../cli/sandbox';
import { Shell } from './commands/shell';
import { fences, read } from './documents';

const PAGE = 'docs/hooks.md';
const files = (name: string) => fences(read(PAGE)).filter(({ marks }) => marks.includes(`file ${name}`));

type Hook = Readonly<Record<string, unknown>> & { readonly id: string };
const offered = parse(read('.pre-commit-hooks.yaml')) as Hook[];

/** The hooks that work together: masq-lint takes another one's place. */
const together = offered.filter(({ id }) => id !== 'masq-lint');

describe(PAGE, () => {
  test('names every hook that is offered, in its table and in the configuration', () => {
    const ids = offered.map(({ id }) => id);
    expect([...read(PAGE).matchAll(/^\| `(masq-[\w-]+)` \|/gm)].map(match => match[1])).toEqual(ids);
    const { repos } = parse(files('.pre-commit-config.yaml')[0]!.text) as { repos: { hooks: Hook[] }[] };
    expect(repos[0]!.hooks.map(({ id }) => id)).toEqual(together.map(({ id }) => id));
  });

  test('the hooks of a repository that has the package are those that are offered', () => {
    const { repos } = parse(files('.pre-commit-config.yaml')[1]!.text) as { repos: { hooks: Hook[] }[] };
    const local = together.map(({ description, minimum_pre_commit_version, entry, ...hook }) => ({
      ...hook,
      entry: String(entry).replace('bundle/masq.js', 'npx --no-install masq'),
      language: 'system',
    }));
    expect(repos[0]!.hooks).toEqual(local);
  });

  describe.skipIf(isMissing('unshare', '-Urn', 'true'))('lefthook’s commands', () => {
    const shell = new Shell();
    afterAll(() => shell.close());
    const { 'pre-commit': hook } = parse(files('lefthook.yml')[0]!.text) as {
      'pre-commit': { commands: Record<string, { glob: string; run: string }> };
    };
    const run = (name: string, staged: string) => {
      const text = hook.commands[name]!.run.replace('{staged_files}', staged);
      return shell.run({ does: 'run', line: 1, text, before: [], standIns: [], exitCode: 0 });
    };

    test('pass what is right and refuse what is not', () => {
      shell.write('package.json', '{"name": "clusters"}\n');
      shell.write('.masq.yaml', 'intents: [intents]\n');
      shell.write('intents/lab-1.yaml', intent('lab-1'));
      const install = 'install-packages cdk8s-masq; npx --no-install masq synth';
      shell.run({ does: 'run', line: 1, text: install, before: [], standIns: [], exitCode: 0 });
      expect(Object.keys(hook.commands)).toEqual(['masq-validate', 'masq-synth-check']);
      for (const name of Object.keys(hook.commands)) {
        expect(run(name, 'intents/lab-1.yaml')).toMatchObject({ said: '', exitCode: 0 });
      }
      shell.write('intents/lab-1.yaml', intent('lab-1', HOST_BITS));
      for (const name of Object.keys(hook.commands)) {
        const { said, exitCode } = run(name, 'intents/lab-1.yaml');
        expect(said).toContain('intents/lab-1.yaml:12:16 error MQ101 ');
        expect(exitCode).toBe(1);
      }
    });
  });
});
