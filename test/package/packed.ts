import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The repository's root. */
export const ROOT = join(__dirname, '../..');

/** The packages that one who installs masq has beside it; taken from here, so that no network is needed. */
const PEERS = ['cdk8s', 'cdk8s-plus-27', 'constructs', 'yaml'];

/** Runs a program of node; a failure shows all that it said. */
export function run(cwd: string, program: string, ...args: string[]): string {
  return said(program, args, spawnSync(process.execPath, [program, ...args], options(cwd)));
}

function options(cwd: string) {
  const { NODE_OPTIONS: _, NODE_PATH: __, ...env } = process.env;
  return { cwd, encoding: 'utf8', env: { ...env, NO_COLOR: '1' }, timeout: 110_000, maxBuffer: 2 ** 26 } as const;
}

function said(program: string, args: readonly string[], { status, stdout, stderr, error }: SpawnSyncReturns<string>) {
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** The package as npm packs it, and an empty project that it is installed in. */
export class Packed {
  private readonly folder = mkdtempSync(join(tmpdir(), 'masq-package-'));
  /** The tarball. */
  readonly tarball: string;
  /** The project's folder. */
  readonly project = join(this.folder, 'project');

  constructor() {
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', this.folder];
    said('npm', pack, spawnSync('npm', pack, options(ROOT)));
    this.tarball = join(this.folder, readdirSync(this.folder).find(name => name.endsWith('.tgz'))!);
  }

  /** Installs the tarball as npm would, but for the network: unpacked, with its peers and its command beside it. */
  install(): void {
    const modules = join(this.project, 'node_modules');
    const own = join(modules, 'cdk8s-masq');
    mkdirSync(own, { recursive: true });
    const tar = ['-xzf', this.tarball, '-C', own, '--strip-components=1'];
    said('tar', tar, spawnSync('tar', tar, options(this.folder)));
    for (const peer of PEERS) symlinkSync(join(ROOT, 'node_modules', peer), join(modules, peer));
    mkdirSync(join(modules, '.bin'));
    symlinkSync('../cdk8s-masq/lib/cli/masq.js', join(modules, '.bin/masq'));
    this.write('package.json', JSON.stringify({ name: 'project', private: true }));
  }

  /** Writes a file of the project. */
  write(name: string, text: string): string {
    const path = join(this.project, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs a program of the project with node. */
  run(program: string, ...args: string[]): string {
    return run(this.project, program, ...args);
  }

  /** Runs the installed command as a shell does, by its link. */
  masq(...args: string[]): string {
    const link = join(this.project, 'node_modules/.bin/masq');
    return said(link, args, spawnSync(link, args, options(this.project)));
  }

  /** Every file of the tarball, below `package/`. */
  files(): string[] {
    const tar = ['-tzf', this.tarball];
    const names = said('tar', tar, spawnSync('tar', tar, options(this.folder)))
      .trimEnd()
      .split('\n');
    return names.map(name => name.replace(/^package\//, '')).sort();
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
