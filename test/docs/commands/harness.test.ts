import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isMissing } from '../../cli/sandbox';
import { allPages, fences, read } from '../documents';
import { type Commands, type Step, steps, stepsOf } from './page';
import { agrees } from './said';
import { Shell } from './shell';

const page = (...lines: string[]) => `${lines.join('\n')}\n`;
const block = (language: string, ...lines: string[]) => [`\`\`\`${language}`, ...lines, '```'];

describe('the steps of a page', () => {
  const run = (text: string) => stepsOf('page.md', text).find((step): step is Commands => step.does === 'run')!;

  test('commands and what they say, also within a list', () => {
    const text = page('- a', '', ...[...block('sh', 'echo 1'), '', ...block('console', '1')].map(line => `  ${line}`));
    expect(run(text)).toMatchObject({ text: 'echo 1\n', said: { text: '1\n', indent: '  ' }, exitCode: 0 });
  });

  test('a text counts as said only directly below', () => {
    expect(run(page(...block('sh', 'true'), '', ...block('text', 'a'))).said?.text).toBe('a\n');
    expect(run(page(...block('sh', 'true'), '', 'A drawing:', '', ...block('text', 'a'))).said).toBeUndefined();
    expect(run(page(...block('sh', 'true'), '', 'It says:', '', ...block('console', 'a'))).said?.text).toBe('a\n');
  });

  test('marks', () => {
    const marks = ['<!-- exit code 3 -->', '<!-- before: true -->', '<!-- stand-in a b, c prints cat x: why -->'];
    expect(run(page(...marks, ...block('sh', 'a b')))).toMatchObject({
      exitCode: 3,
      before: ['true'],
      standIns: [{ commands: ['a b', 'c'], prints: 'cat x', reason: 'why' }],
    });
    const left = ['<!-- file a.yaml -->', ...block('yaml', 'a: 1'), '<!-- not run: why -->', ...block('sh', 'a')];
    expect(stepsOf('page.md', page(...left))).toEqual([
      { does: 'write', file: 'a.yaml', text: 'a: 1\n' },
      { does: 'skip', line: 7, text: 'a\n', reason: 'why' },
    ]);
  });

  test('a mark that nobody knows is an error', () => {
    expect(() => stepsOf('page.md', page('<!-- not runn: x -->', ...block('sh', 'a')))).toThrow(
      'page.md:3: nobody knows the mark "not runn: x"',
    );
  });
});

describe('the pages', () => {
  const all = allPages();

  test('show commands and what they say in blocks that are followed', () => {
    for (const path of all) {
      const blocks = fences(read(path));
      const followed = steps(path);
      const count = (does: Step['does']) => followed.filter(step => step.does === does).length;
      const commands = blocks.filter(({ language }) => language === 'sh');
      expect(count('run') + count('skip'), path).toBe(commands.length);
      const shown = followed.filter(step => step.does === 'run' && step.said?.language === 'console');
      expect(shown.length, path).toBe(blocks.filter(({ language }) => language === 'console').length);
      const others = blocks.filter(({ language, marks }) => /^(?:bash|shell|zsh)$/.test(language) && !isFile(marks));
      expect(others, path).toEqual([]);
    }
  });

  test('mark nothing but blocks', () => {
    for (const path of all) {
      const marked = fences(read(path)).flatMap(({ marks }) => marks);
      const written = [...read(path).matchAll(/^ *<!-- (?:file|not run|before|exit code|stand-in)\b.* -->$/gm)];
      expect(written.length, path).toBe(marked.filter(mark => !/^(?:generated|end)/.test(mark)).length);
    }
  });
});

describe('the comparison', () => {
  test.each([
    ['a\nb\n', 'a\nb\n', true],
    ['a\n', 'a \n\n', true],
    ['a\n', 'b\n', false],
    ['a\n', 'a\nb\n', false],
    ['a\n…\nd\n', 'a\nb\nc\nd\n', true],
    ['a\n…\n', 'b\na\n', false],
    ['took … ms\n', 'took 12 ms\n', true],
    ['(a)\n', 'a\n', false],
    ['', 'a\n', false],
  ])('%j and %j', (shown, said, wanted) => expect(agrees(shown, said)).toBe(wanted));
});

describe.skipIf(isMissing('unshare', '-Urn', 'true'))('the shell', () => {
  let shell: Shell;
  beforeEach(() => (shell = new Shell()));
  afterEach(() => shell.close());

  const run = (text: string, more: Partial<Commands> = {}) =>
    shell.run({ does: 'run', line: 1, text, before: [], standIns: [], exitCode: 0, ...more });
  const kubectl = [{ commands: ['kubectl apply'], reason: 'no cluster' }];

  test('goes on where the last block ended, and says both outputs in order', () => {
    expect(run('mkdir a; cd a; export B=c; echo 1; echo 2 >&2; pwd').said).toBe('1\n2\n./a\n');
    expect(run('pwd; echo $B; exit 4')).toMatchObject({ said: './a\nc\n', exitCode: 4 });
  });

  test('ends at the first command that fails, and within a pipe', () => {
    expect(run('false\necho on')).toMatchObject({ exitCode: 1, said: '' });
    expect(run('false | cat\necho on')).toMatchObject({ exitCode: 1, said: '' });
  });

  test('hides what comes before', () => {
    expect(run('echo 2', { before: ['echo 1'] }).said).toBe('2\n');
  });

  test('has no network', () => expect(run('exec 3<>/dev/tcp/127.0.0.1/1').exitCode).toBe(1));

  test('stand-ins take their commands alone, and write them down', () => {
    const { replaced, exitCode } = run('touch a\nfor x in 1 2; do kubectl apply -f a; done', { standIns: kubectl });
    expect(exitCode).toBe(0);
    expect(replaced).toEqual(Array(2).fill(['kubectl apply -f a', 'no cluster']));
    expect(run('kubectl() { echo real; }; kubectl version', { standIns: [] }).said).toBe('real\n');
    const other = run('kubectl nonsense', { standIns: kubectl });
    expect(other.replaced).toEqual([]);
    expect(other.exitCode).not.toBe(0);
  });

  test('stand-ins refuse files that are not there', () => {
    expect(run('kubectl apply -f nowhere', { standIns: kubectl })).toMatchObject({
      exitCode: 1,
      said: 'nowhere: there is no such file\n',
    });
  });

  test('stand-ins say what they are told to', () => {
    const standIns = [{ commands: ['kubectl'], prints: "echo 'a b'", reason: 'no cluster' }];
    expect(run('kubectl get x | tr a c', { standIns }).said).toBe('c b\n');
  });
});

function isFile(marks: readonly string[]): boolean {
  return marks.some(mark => mark.startsWith('file '));
}
