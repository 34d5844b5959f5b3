import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a folder with a Debian system in it is made of. */
export interface DebianRecipe {
  readonly suite: string;
  /** The machine's own architecture first. */
  readonly architectures: readonly string[];
  readonly packages: readonly string[];
}

/** Names the folder of a Debian system that has all packages already, such as `/` where a container is built. */
const GIVEN = 'MASQ_DEBIAN';

const IS_ROOT = process.getuid?.() === 0;

/** The command, if one is needed, behind which a command may do what root may in a Debian system that was made here. */
const ENTER: readonly string[] = IS_ROOT ? [] : ['mmdebstrap', '--unshare-helper'];

/** Programs that make a Debian system, and the packages of Debian that have them. */
const TOOLS: Readonly<Record<string, string>> = { mmdebstrap: 'mmdebstrap', flock: 'util-linux' };

/** What those who are not root need besides. */
const TOOLS_OF_USERS: Readonly<Record<string, string>> = { newuidmap: 'uidmap' };

/** Why no Debian system can be made here, and what to install; undefined when one can. */
export function whyNoDebian(): string | undefined {
  if (process.env[GIVEN] !== undefined) return undefined;
  const tools = { ...TOOLS, ...(IS_ROOT ? {} : TOOLS_OF_USERS) };
  const missing = Object.keys(tools).filter(name => !isOnPath(name));
  if (missing.length === 0) return undefined;
  const packages = missing.map(name => tools[name]).join(' ');
  return `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing; run "apt-get install ${packages}"`;
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some(folder => folder !== '' && existsSync(`${folder}/${program}`));
}

/** A Debian system for building in, made by mmdebstrap on first use and kept in build/. */
export class DebianRoot {
  private constructor(readonly folder: string) {}

  /** The system of a recipe. It takes a minute or so the first time. */
  static make(recipe: DebianRecipe): DebianRoot {
    const given = process.env[GIVEN];
    if (given !== undefined) {
      if (existsSync(`${given}/var/lib/dpkg/status`)) return new DebianRoot(given);
      throw new Error(`${GIVEN} is "${given}", which is no Debian; name one with all of image/packages`);
    }
    const id = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
    const folder = `build/${recipe.suite}-${id}`;
    if (!existsSync(folder)) bootstrap(recipe, folder);
    return new DebianRoot(folder);
  }

  /** Runs a shell script inside, and gives back what it writes. */
  run(script: string, input: Buffer = Buffer.alloc(0)): Buffer {
    const [program, ...args] = [...ENTER, '/usr/sbin/chroot', this.folder, '/bin/sh', '-ec', script] as const;
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
    const { status, stdout, stderr, error } = spawnSync(program!, args, { input, env, maxBuffer: 2 ** 26 });
    if (status !== 0) {
      const said = stderr?.toString().trim() || error?.message;
      const hint = process.env[GIVEN] === undefined ? '' : `; ${GIVEN} has to name a Debian with all of image/packages`;
      throw new Error(`the build inside ${this.folder} failed: ${said}${hint}`);
    }
    return stdout;
  }
}

/**
 * Makes a system aside, so that nobody finds half of one; others who want the same one wait for it. What lies aside
 * already is of a build that was killed.
 */
const MAKE = `
  folder=$1 aside=$2
  shift 2
  test -e "$folder" && exit
  ${ENTER.join(' ')} rm -rf "$folder".[0-9]*
  mmdebstrap "$@" || { ${ENTER.join(' ')} rm -rf "$aside"; exit 1; }
  mv "$aside" "$folder"`;

function bootstrap({ suite, architectures, packages }: DebianRecipe, folder: string): void {
  const why = whyNoDebian();
  if (why !== undefined) throw new Error(why);
  const aside = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  const options = [
    `--mode=${IS_ROOT ? 'root' : 'unshare'}`,
    '--variant=essential',
    `--architectures=${architectures.join(',')}`,
    `--include=${packages.join(',')}`,
  ];
  const script = ['sh', '-ec', MAKE, 'sh', folder, aside, ...options, suite, aside, ...mirrors(suite)];
  const { status, stderr, error } = spawnSync('flock', [`${folder}.lock`, ...script]);
  if (status === 0) return;
  const said = error?.message ?? stderr.toString();
  // It tells of each step, and of an error with this letter.
  const errors = said.split('\n').filter(line => line.startsWith('E: '));
  throw new Error(`mmdebstrap cannot make ${folder}: ${errors.length > 0 ? errors.join(' ') : said}`);
}

/** Where packages come from: where this machine has its own from, or a place that mmdebstrap knows. */
function mirrors(suite: string): string[] {
  const format = ['indextargets', '--format', '$(ORIGIN)/$(LABEL) $(REPO_URI)', 'Created-By: Packages'];
  const { stdout } = spawnSync('apt-get', format, { encoding: 'utf8' });
  const of = (label: string): string | undefined => new RegExp(`^Debian/${label} (.+)$`, 'm').exec(stdout ?? '')?.[1];
  const [main, security] = [of('Debian'), of('Debian-Security')];
  return [
    ...(main === undefined ? [] : [`deb ${main} ${suite} main`, `deb ${main} ${suite}-updates main`]),
    ...(security === undefined ? [] : [`deb ${security} ${suite}-security main`]),
  ];
}
