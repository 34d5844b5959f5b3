import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS as REAL } from '../../cli/commands';
import { renderCompletion } from '../../cli/completion';
import { SHELLS, type Shell } from '../../cli/shells';
import { COMMANDS } from './sample';

/** A shell that is not here is skipped, and said so; only bash must be there where the tests count. */
function isMissing(shell: Shell): boolean {
  if (spawnSync(shell, ['-c', ':']).status === 0) return false;
  if (shell === 'bash' && process.env.CI) return false;
  process.stderr.write(`\n*** ${shell} is not installed: its completion is NOT tested here ***\n\n`);
  return true;
}

let folder: string;

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'masq-completion-')), 'work');
  mkdirSync(folder);
  mkdirSync(join(folder, 'a folder'));
  writeFileSync(join(folder, 'a file.yaml'), '');
  writeFileSync(join(folder, 'b.yaml'), '');
  for (const shell of SHELLS) {
    writeFileSync(join(folder, `masq.${shell}`), renderCompletion(shell, COMMANDS));
    writeFileSync(join(folder, '..', `real.${shell}`), renderCompletion(shell, REAL));
  }
});

afterAll(() => rmSync(dirname(folder), { recursive: true }));

function run(shell: Shell, script: string): string[] {
  const home = dirname(folder);
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_DATA_HOME: home,
    TERM: 'dumb',
    LC_ALL: 'C.UTF-8',
  };
  const { stdout, stderr, status } = spawnSync(shell, shell === 'fish' ? ['--private', '-c', script] : ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env,
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .sort();
}

/** What masq's own table offers behind this, in every shell. */
const RULES: readonly [string, readonly string[]][] = [
  ['masq rules MQ90', ['MQ901', 'MQ902', 'MQ903', 'MQ904', 'MQ905', 'MQ906', 'MQ907']],
  ['masq help v', ['validate', 'verify']],
  ['masq rules MQ301 MQ90', ['MQ901', 'MQ902', 'MQ903', 'MQ904', 'MQ905', 'MQ906', 'MQ907']],
];

const OPTIONS = ['--config', '--depth', '--format', '--help', '--ignore', '--out', '--quiet', '--strict'];
const FORMATS = ['github', 'json', 'junit', 'sarif', 'text'];

describe.skipIf(isMissing('bash'))('bash', () => {
  /** Words as readline parts them: an equals sign is a word of its own. The last one is being typed. */
  const complete = (...words: string[]): string[] => completeBy('./masq.bash', words);
  const completeBy = (script: string, words: readonly string[]): string[] =>
    run(
      'bash',
      `set -u; . ${script}; COMP_WORDS=(masq ${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
      _masq masq "" ""; ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"; complete -p masq >/dev/null`,
    );

  test.each<[string[], string[]]>([
    [[''], ['--help', '--version', 'check', 'completion', 'help', 'version']],
    [['c'], ['check', 'completion']],
    [['check', '--'], OPTIONS],
    [['check', '-'], OPTIONS],
    [['check', '--st'], ['--strict']],
    [['check', '--format', ''], FORMATS],
    [
      ['check', '-f', 'j'],
      ['json', 'junit'],
    ],
    [['check', '--format', '='], FORMATS],
    [['check', '--format', '=', 's'], ['sarif']],
    [['check', '--format', '=', 'json', 'b'], ['b.yaml']],
    [['check', ''], ['a file.yaml', 'a folder', ...SHELLS.map(shell => `masq.${shell}`), 'b.yaml'].sort()],
    [
      ['check', 'a'],
      ['a file.yaml', 'a folder'],
    ],
    [['check', '--config', 'b'], ['b.yaml']],
    [['check', '--out', ''], ['a folder']],
    [['check', '--depth', ''], []],
    [['check', '--', '-'], []],
    [
      ['completion', ''],
      ['bash', 'fish', 'zsh'],
    ],
    [['completion', '--'], ['--help']],
    [['version', ''], []],
    [['nonsense', ''], []],
  ])('masq %j', (words, wanted) => expect(complete(...words)).toEqual(wanted));

  test.each(RULES)('%s', (line, wanted) => {
    expect(completeBy('../real.bash', line.split(' ').slice(1))).toEqual(wanted);
  });
});

describe.skipIf(isMissing('fish'))('fish', () => {
  const complete = (line: string, script = 'masq.fish'): string[] =>
    run('fish', `source ${script}; complete -C ${JSON.stringify(line)}`).map(entry =>
      entry.replace(/\t.*/, '').replace(/=$/, '').replaceAll('\\ ', ' '),
    );

  test.each<[string, string[]]>([
    ['masq ', ['check', 'completion', 'help', 'version']],
    ['masq --', ['--help', '--version']],
    ['masq check --', OPTIONS],
    ['masq check --st', ['--strict']],
    ['masq check --format ', FORMATS],
    ['masq check --format=s', ['--format=sarif']],
    ['masq check b', ['b.yaml']],
    ['masq check --config b', ['b.yaml']],
    ['masq check --out a', ['a folder/']],
    ['masq completion ', ['bash', 'fish', 'zsh']],
    ['masq version ', []],
  ])('%s', (line, wanted) => expect(complete(line)).toEqual(wanted));

  test.each(RULES)('%s', (line, wanted) => expect(complete(line, '../real.fish')).toEqual(wanted));
});

describe.skipIf(isMissing('zsh'))('zsh', () => {
  /** A shell of its own in a pseudo terminal: what it would offer is written to a file instead of shown. */
  const SCRIPT = `
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z 'PS1=; PS2=; autoload -Uz compinit; compinit -D -u; source $SCRIPT_TO_LOAD; source ./capture.zsh'
    while [[ ! -e ready ]]; do sleep 0.05; done
    zpty -w -n z "$LINE_TO_COMPLETE"$'\\t'
    while [[ ! -e hits.done ]]; do sleep 0.05; done
    [[ ! -e hits ]] || cat hits
    zpty -d z
    rm -f ready hits hits.done`;
  const CAPTURE = `
    bindkey '^I' complete-word
    compadd() {
      if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
      local -a found
      builtin compadd -A found "$@"
      (($#found)) && print -rl -- $found >> hits
      builtin compadd "$@"
    }
    comppostfuncs=(after)
    after() { : > hits.done; }
    : > ready
  `;

  const complete = (line: string, script = './masq.zsh'): string[] => {
    writeFileSync(join(folder, 'capture.zsh'), CAPTURE);
    const found = run('zsh', `LINE_TO_COMPLETE='${line}'\nexport SCRIPT_TO_LOAD=${script}\n${SCRIPT}`);
    rmSync(join(folder, 'capture.zsh'));
    return [...new Set(found.map(word => word.replaceAll('\\ ', ' ')))];
  };

  test.each<[string, string[]]>([
    ['masq ', ['--help', '--version', 'check', 'completion', 'help', 'version']],
    ['masq --', ['--help', '--version']],
    ['masq check --', OPTIONS],
    ['masq check --st', ['--strict']],
    ['masq check --format ', FORMATS],
    ['masq check --format=s', ['sarif']],
    ['masq check -fj', ['json', 'junit']],
    ['masq check b', ['b.yaml']],
    ['masq check b.yaml a', ['a file.yaml', 'a folder']],
    ['masq check --out ', ['a folder']],
    ['masq completion ', ['bash', 'fish', 'zsh']],
    ['masq completion bash ', ['--help', '-h']],
    ['masq version ', ['--help', '-h']],
  ])('%s', (line, wanted) => expect(complete(line)).toEqual(wanted));

  test.each(RULES)('%s', (line, wanted) => expect(complete(line, '../real.zsh')).toEqual(wanted));
});

test.each(SHELLS)('%s: the script names every command and every option of the table', shell => {
  const script = renderCompletion(shell, COMMANDS);
  for (const { name, options } of COMMANDS) {
    expect(script).toContain(name);
    for (const option of options) expect(script).toMatch(new RegExp(`(--|-l )${option.name}\\b`));
  }
  expect(script).toMatch(/[^\n]\n$/);
});
