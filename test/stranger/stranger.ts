import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Run } from '../cli/sandbox';

const REGISTRY = join(__dirname, 'registry.ts');
/** Where nobody listens: what would go to the network fails. */
const NOWHERE = 'http://127.0.0.1:9';

/** Somebody with Node, npm, git and pre-commit, an empty folder, and no network but a registry that has the packages. */
export class Stranger {
  /** Where there is nothing at first. */
  readonly home = mkdtempSync(join(tmpdir(), 'masq-stranger-'));
  /** The repository's folder. */
  readonly folder = join(this.home, 'clusters');

  private constructor(
    private readonly registry: ChildProcess,
    private readonly address: string,
  ) {}

  static async arrive(): Promise<Stranger> {
    const registry = spawn(process.execPath, ['--import', 'tsx', REGISTRY], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(registry.stdout, 'data')) as [Buffer];
    return new Stranger(registry, line.toString().trim());
  }

  /** The environment of every program: nothing of this machine's set-up. */
  get env(): NodeJS.ProcessEnv {
    return {
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: this.home,
      PRE_COMMIT_HOME: join(this.home, 'pre-commit'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'stranger',
      GIT_AUTHOR_EMAIL: 'stranger@example.com',
      GIT_COMMITTER_NAME: 'stranger',
      GIT_COMMITTER_EMAIL: 'stranger@example.com',
      NO_COLOR: '1',
      http_proxy: NOWHERE,
      https_proxy: NOWHERE,
      no_proxy: '127.0.0.1',
      npm_config_registry: this.address,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '0',
    };
  }

  /** Runs a line in a shell. */
  run(line: string, cwd = this.folder): Run {
    const options = { cwd, env: this.env, encoding: 'utf8', timeout: 110_000 } as const;
    const { error, status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', line], options);
    if (error) throw error;
    return { status, stdout, stderr };
  }

  /** Runs a line that has to succeed, and returns all that it says. */
  ok(line: string, cwd = this.folder): string {
    const { status, stdout, stderr } = this.run(line, cwd);
    if (status !== 0) throw new Error(`${line}: exit code ${status}\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  /** Stages everything and commits. */
  commit(message: string): Run {
    this.ok('git add --all');
    return this.run(`git commit --quiet --message ${message}`);
  }

  /** A file's text. */
  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Changes a file; what is to be replaced has to be there. */
  edit(name: string, from: string, to: string): void {
    const text = this.read(name);
    if (!text.includes(from)) throw new Error(`${name} does not say ${from}`);
    writeFileSync(join(this.folder, name), text.replace(from, to));
  }

  /** What a CI job begins with: a clone of what is committed. */
  clone(name: string): string {
    const clone = join(this.home, name);
    this.ok(`git clone --quiet ${this.folder} ${clone}`, this.home);
    return clone;
  }

  leave(): void {
    this.registry.stdin?.end();
    rmSync(this.home, { recursive: true, force: true });
  }
}
