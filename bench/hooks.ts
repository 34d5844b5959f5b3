import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, table } from './child';
import { typicalIntent } from './intents';

const ROOT = join(__dirname, '..');
const INTENTS = 1000;
const TAG = 'v0.0.0';

/** What is measured: a command in the repository, how often, and what is done before each time. */
interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly rounds: number;
  readonly before?: () => void;
}

/** A folder with a repository of many intents, what they render to, and a clone of the hooks. */
class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'masq-bench-'));
  readonly repo = join(this.folder, 'repo');
  readonly masq = join(this.folder, 'hooks/bundle/masq.js');
  private readonly env = {
    ...process.env,
    HOME: this.folder,
    XDG_CACHE_HOME: join(this.folder, 'cache'),
    PRE_COMMIT_HOME: join(this.folder, 'pre-commit'),
    GIT_CONFIG_NOSYSTEM: '1',
    NO_COLOR: '1',
  };

  constructor() {
    for (const name of ['bundle', '.pre-commit-hooks.yaml'])
      cpSync(join(ROOT, name), join(this.folder, 'hooks', name), { recursive: true });
    this.commit(join(this.folder, 'hooks'));
    this.run(['git', 'tag', TAG], join(this.folder, 'hooks'));
    mkdirSync(join(this.repo, 'intents'), { recursive: true });
    for (let i = 0; i < INTENTS; i++) writeFileSync(join(this.repo, this.intent(i)), typicalIntent(`c-${i}`));
    writeFileSync(join(this.repo, '.masq.yaml'), 'intents: [intents]\n');
    const hooks = ['masq-validate', 'masq-synth-check'].map(id => ({ id }));
    const config = { repos: [{ repo: join(this.folder, 'hooks'), rev: TAG, hooks }] };
    writeFileSync(join(this.repo, '.pre-commit-config.yaml'), JSON.stringify(config));
    this.run([process.execPath, this.masq, 'synth', '--quiet']);
    this.commit(this.repo);
  }

  intent(i: number): string {
    return `intents/c-${i}.yaml`;
  }

  /** As on a machine where no hook of masq ran before. */
  forget(): void {
    for (const name of ['cache', 'pre-commit']) rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  private commit(cwd: string): void {
    const who = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
    this.run(['git', 'init', '--quiet'], cwd);
    this.run(['git', 'add', '--all'], cwd);
    this.run(['git', ...who, 'commit', '--quiet', '--message', 'bench'], cwd);
  }

  /** Runs a command to its end, which has to be a good one, and says how many milliseconds it took. */
  run([program, ...args]: readonly string[], cwd = this.repo): number {
    const before = process.hrtime.bigint();
    const { error, status, stdout, stderr } = spawnSync(program!, args, { cwd, env: this.env, encoding: 'utf8' });
    const wall = Number(process.hrtime.bigint() - before) / 1e6;
    if (error) throw error;
    if (status !== 0)
      throw new Error(`${program} ${args.slice(0, 5).join(' ')} ended with ${status}: ${stdout}${stderr}`);
    return wall;
  }
}

/** The hooks in a repository of 1,000 intents against `node -e 0`, each beside it so that noise is for both. */
function main(): void {
  const bench = new Bench();
  try {
    const node = [process.execPath, '-e', '0'];
    const rows = subjects(bench).map(({ name, command, rounds, before }) => {
      const walls: number[] = [];
      const bases: number[] = [];
      for (let round = 0; round < rounds; round++) {
        before?.();
        bases.push(bench.run(node));
        walls.push(bench.run(command));
      }
      const ratio = median(walls) / median(bases);
      return [name, median(walls).toFixed(0), median(bases).toFixed(0), ratio.toFixed(ratio < 10 ? 2 : 0)];
    });
    console.log(table([['', 'median ms', 'node -e 0', 'ratio'], ...rows]));
  } finally {
    rmSync(bench.folder, { recursive: true, force: true });
  }
}

function subjects(bench: Bench): Subject[] {
  const masq = (...args: string[]) => [process.execPath, bench.masq, ...args];
  const all = Array.from({ length: INTENTS }, (_, i) => bench.intent(i));
  const validate = ['validate', '--quiet', '--changed'];
  const forget = () => bench.forget();
  const own: Subject[] = [
    { name: 'masq-validate, first run, all files', command: masq(...validate, ...all), rounds: 5, before: forget },
    { name: 'masq-validate, one file', command: masq(...validate, all[500]!), rounds: 15 },
    { name: 'masq-synth-check, first run', command: masq('synth', '--check', '--quiet'), rounds: 3, before: forget },
    { name: 'masq-synth-check, one file', command: masq('synth', '--check', '--quiet'), rounds: 5 },
  ];
  if (spawnSync('pre-commit', ['--version']).status !== 0) {
    console.log('pre-commit is not installed: the hooks are measured without it');
    return own;
  }
  const hook = (...args: string[]) => ['pre-commit', 'run', ...args];
  return [
    ...own,
    { name: 'pre-commit, first run, both hooks, all files', command: hook('--all-files'), rounds: 3, before: forget },
    { name: 'pre-commit, masq-validate, one file', command: hook('masq-validate', '--files', all[500]!), rounds: 7 },
    { name: 'pre-commit, both hooks, one file', command: hook('--files', all[500]!), rounds: 5 },
  ];
}

main();
