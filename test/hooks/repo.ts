import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT, type Run } from '../cli/sandbox';

/** What of masq's repo pre-commit's hooks need. */
const HOOK_FILES = ['.pre-commit-hooks.yaml', 'bundle'];

/** The tag of the repo of hooks. */
export const TAG = 'v0.1.0';

/** A folder with repos in it, and pre-commit's home: nothing of this machine's set-up reaches it, and no network does. */
export class Repos {
  private readonly folder = mkdtempSync(join(tmpdir(), 'masq-hooks-'));
  private readonly env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: join(this.folder, 'home'),
    PRE_COMMIT_HOME: join(this.folder, 'pre-commit'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'somebody',
    GIT_AUTHOR_EMAIL: 'somebody@example.com',
    GIT_COMMITTER_NAME: 'somebody',
    GIT_COMMITTER_EMAIL: 'somebody@example.com',
    NO_COLOR: '1',
  };

  constructor() {
    mkdirSync(join(this.folder, 'home'));
  }

  /** A repo with masq's hooks, as of a tag; its path. */
  hooks(): string {
    const hooks = this.create('hooks');
    for (const name of HOOK_FILES) cpSync(join(ROOT, name), hooks.path(name), { recursive: true });
    hooks.ok('git', 'add', '--all');
    hooks.ok('git', 'commit', '--quiet', '--message', 'masq');
    hooks.ok('git', 'tag', TAG);
    return hooks.path('.');
  }

  /** An empty repo. */
  create(name: string): Repo {
    const repo = new Repo(join(this.folder, name), this.env);
    mkdirSync(repo.path('.'));
    repo.ok('git', 'init', '--quiet', '--initial-branch', 'main');
    return repo;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A repo, and programs run in it where no network is. */
export class Repo {
  constructor(
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes files. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  /** Runs a program. */
  run(program: string, ...args: string[]): Run {
    const offline = ['--user', '--map-root-user', '--net', program, ...args];
    const { error, status, stdout, stderr } = spawnSync('unshare', offline, {
      cwd: this.folder,
      env: this.env,
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (error) throw error;
    return { status, stdout, stderr };
  }

  /** Runs a program that has to succeed, and returns all that it says. */
  ok(program: string, ...args: string[]): string {
    const { status, stdout, stderr } = this.run(program, ...args);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  /** Stages everything and commits. */
  commit(message: string): Run {
    this.ok('git', 'add', '--all');
    return this.run('git', 'commit', '--message', message);
  }

  /** The subjects of the commits, newest first. */
  subjects(): string[] {
    return this.run('git', 'log', '--format=%s')
      .stdout.split('\n')
      .filter(line => line !== '');
  }
}
