import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** The repository's root. */
export const ROOT = join(__dirname, '../..');

/** The built command. */
export const MASQ = join(ROOT, 'lib/cli/masq.js');

/** How a run ended. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given besides its arguments. */
export interface RunOptions {
  /** The standard input. @default nothing */
  readonly input?: string | Buffer;
  /** A folder below the sandbox. @default the sandbox */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node itself. */
  readonly node?: readonly string[];
  /** Whether to run as somebody who may not read everything, even where the tests run as root. */
  readonly unprivileged?: boolean;
}

/** What tells masq how to draw is taken from no machine. */
const DROPPED = ['NO_COLOR', 'FORCE_COLOR', 'TERM', 'COLUMNS', 'NODE_OPTIONS', 'NODE_DISABLE_COMPILE_CACHE'];
const NOBODY = 65534;

/** A folder of its own for each test, and masq run in it. */
export class Sandbox {
  folder = '';

  open(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'masq-cli-'));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A path in the sandbox. */
  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Writes a file, the folders above it included, and returns its name as given. */
  write(name: string, content: string | Buffer): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    return name;
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  stat(name: string): Stats {
    return statSync(this.path(name));
  }

  /** Every file below a folder with its text, sorted by path. */
  files(folder = '.'): Record<string, string> {
    return Object.fromEntries(this.list(folder).map(name => [name, this.read(join(folder, name))]));
  }

  /** Every file below a folder. */
  list(folder = '.'): string[] {
    return readdirSync(this.path(folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => relative(this.path(folder), join(entry.parentPath, entry.name)))
      .sort();
  }

  /** Runs masq with arguments. */
  masq(...args: readonly string[]): Run {
    return this.masqWith({}, ...args);
  }

  /** Runs masq with arguments and with more that it is given. */
  masqWith({ input = '', cwd = '.', env = {}, node = [], unprivileged = false }: RunOptions, ...args: string[]): Run {
    const asNobody = unprivileged && process.getuid?.() === 0;
    if (asNobody) chmodSync(this.folder, 0o755);
    return finished(
      spawnSync(process.execPath, [...node, MASQ, ...args], {
        cwd: this.path(cwd),
        encoding: 'utf8',
        input,
        timeout: 60_000,
        maxBuffer: 2 ** 28,
        env: environment(env),
        ...(asNobody && { uid: NOBODY, gid: NOBODY }),
      }),
    );
  }

  /** Runs a script in bash, where `masq` is the built command. */
  bash(script: string, env: Readonly<Record<string, string>> = {}): Run {
    const prelude = `masq() { "${process.execPath}" "${MASQ}" "$@"; }\n`;
    const options = {
      cwd: this.folder,
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 2 ** 28,
      env: environment(env),
    } as const;
    return finished(spawnSync('bash', ['--norc', '-c', prelude + script], options));
  }
}

/** A sandbox that is new for each test of the file. */
export function sandbox(): Sandbox {
  const box = new Sandbox();
  beforeEach(() => box.open());
  afterEach(() => box.close());
  return box;
}

/** A test that needs a tool: fails where tests count when the tool is missing, elsewhere says so and is skipped. */
export function isMissing(tool: string, ...args: string[]): boolean {
  if (spawnSync(tool, args).status === 0) return false;
  if (process.env.CI) throw new Error(`${tool} is not installed: tests need it`);
  console.warn(`\n*** ${tool} is not installed: what needs it is NOT tested here ***\n`);
  return true;
}

/** This process's environment without what would change how masq draws; compiled code is kept with the build. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !DROPPED.includes(name)));
  return { ...kept, XDG_CACHE_HOME: join(ROOT, 'build/test-cache'), ...extra };
}

function finished({ error, status, stdout, stderr }: SpawnSyncReturns<string>): Run {
  if (error) throw error;
  return { status, stdout, stderr };
}

/** A cluster's intent; whatever is given as the list of preserved ranges, the rest of it is sound. */
export function intent(name: string, preserve = '[10.0.0.0/8]'): string {
  return `apiVersion: masq/v1alpha1
kind: ClusterIntent
metadata:
  name: ${name}
spec:
  platform: kubernetes
  network:
    nodeCIDRs: [10.128.0.0/20]
    podCIDRs: [10.119.128.0/17]
    serviceCIDRs: [10.120.0.0/22]
  masquerade:
    preserve: ${preserve}
`;
}

/** A list with an error in it: MQ101 at 12:16. */
export const HOST_BITS = '[10.0.0.1/8]';
/** A list with a warning in it: MQ121 at 12:28. */
export const CONTAINED = '[10.0.0.0/8, 10.1.0.0/16]';

/** What an app of cdk8s writes: a file of masq in a cluster's folder. */
export const RENDERED = '# Rendered by masq: change the intent and render again, do not edit.\n';
