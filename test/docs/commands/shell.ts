import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { bundle } from '../../../tools/agent/bundle';
import { MASQ } from '../../cli/sandbox';
import { ROOT } from '../documents';
import type { Commands, StandIn } from './page';

/** What a block's commands came to. */
export interface Outcome {
  readonly exitCode: number | null;
  /** All that was said, on both outputs. */
  readonly said: string;
  /** The commands that a stand-in took, with the reason. */
  readonly replaced: readonly (readonly [command: string, reason: string])[];
}

/** Where the pages say that this repository is. */
const REPOSITORY = 'https://github.com/OWNER/masq';

/** What is there while a block runs: stand-ins write down what they were asked for, and refuse files that are not there. */
const PRELUDE = String.raw`
stand_in() {
  local reason=$1 prints=$2 before='' argument
  shift 2
  printf '%s\t%s\n' "$*" "$reason" >> "$STATE/replaced"
  for argument; do
    case "$before" in
      -f | -k) [ "$argument" = - ] || [ -e "$argument" ] || { echo "$argument: there is no such file" >&2; return 1; } ;;
    esac
    if [ "$argument" = - ]; then cat > "$STATE/stdin"; fi
    before=$argument
  done
  if [ -n "$prints" ]; then eval "$prints"; fi
}
cd "$(cat "$STATE/folder")"
if [ -e "$STATE/environment" ]; then source "$STATE/environment"; fi
trap 'code=$?; pwd > "$STATE/folder"; export -p > "$STATE/environment"; exit $code' EXIT
set -eo pipefail
exec >> "$STATE/said" 2>&1 < /dev/null
`;

/** A folder in which a page's blocks are run one after the other, as a reader would: without a network, in bash. */
export class Shell {
  private readonly folder = mkdtempSync(join(tmpdir(), 'masq-page-'));
  private readonly state = join(this.folder, 'state');

  constructor() {
    for (const name of ['state', 'home', 'bin', 'work']) mkdirSync(join(this.folder, name));
    this.program('masq', `exec node ${MASQ} "$@"`);
    // Root is who runs a page, in a network of its own.
    this.program('sudo', 'exec "$@"');
    this.program('install-packages', `exec node --import ${tsx()} ${join(__dirname, 'install.ts')} "$@"`);
    writeFileSync(join(this.state, 'folder'), join(this.folder, 'work'));
    writeFileSync(join(this.folder, 'home/.gitconfig'), this.gitConfig());
  }

  /** Makes masq's repository reachable where pages say that it is, as of its tag. */
  publish(tag: string): void {
    const hooks = join(this.folder, 'masq');
    for (const name of ['.pre-commit-hooks.yaml', 'bundle']) {
      cpSync(join(ROOT, name), join(hooks, name), { recursive: true });
    }
    const git = `cd ${hooks} && git init -q && git add -A && git commit -qm masq && git tag ${tag}`;
    const { status, stderr } = spawnSync('bash', ['-c', git], { encoding: 'utf8', env: this.environment() });
    if (status !== 0) throw new Error(stderr);
  }

  /** Makes masq-agent a command, as it runs under Node. */
  async provideAgent(): Promise<void> {
    const file = join(this.folder, 'masq-agent.cjs');
    writeFileSync(file, await bundle('agent/entry-node.ts'));
    this.program('masq-agent', `exec node ${file} "$@"`);
  }

  /** Makes a program of the reader's. */
  private program(name: string, script: string): void {
    const file = join(this.folder, 'bin', name);
    writeFileSync(file, `#!/bin/bash\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Writes a file, as somebody does who takes it from the page. */
  write(name: string, text: string): void {
    const file = join(readFileSync(join(this.state, 'folder'), 'utf8').trim(), name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs a block. */
  run({ text, before, standIns }: Commands): Outcome {
    const said = join(this.state, 'said');
    const replaced = join(this.state, 'replaced');
    writeFileSync(replaced, '');
    writeFileSync(said, '');
    const hidden = before.length > 0 ? `${before.join('\n')}\n: > "$STATE/said"\n` : '';
    const script = `${PRELUDE}${hidden}${standIns.length > 0 ? functions(standIns) : ''}${text}`;
    const bash = ['--user', '--map-root-user', '--net', 'bash', '--norc', '-c', script];
    const { status, stderr, error } = spawnSync('unshare', bash, {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.environment(),
      timeout: 110_000,
    });
    if (error) throw error;
    return {
      exitCode: status,
      said: (readFileSync(said, 'utf8') + stderr).replaceAll(join(this.folder, 'work'), '.'),
      replaced: readFileSync(replaced, 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .map(line => line.split('\t') as [string, string]),
    };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    const path = [join(this.folder, 'bin'), dirname(process.execPath), process.env.PATH, '/usr/sbin'];
    return {
      PATH: path.join(delimiter),
      STATE: this.state,
      HOME: join(this.folder, 'home'),
      LC_ALL: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      REPO: ROOT,
      REPOSITORY: 'https://git.example/network/clusters.git',
      PRE_COMMIT_HOME: join(this.folder, 'home/pre-commit'),
      NO_UPDATE_NOTIFIER: '1',
      XTABLES_LOCKFILE: join(this.state, 'xtables.lock'),
      NO_COLOR: '1',
      COLUMNS: '80',
    };
  }

  private gitConfig(): string {
    const who = '[user]\n\tname = somebody\n\temail = somebody@example.com\n';
    const there = `[url "${join(this.folder, 'masq')}"]\n\tinsteadOf = ${REPOSITORY}\n`;
    return `${who}[init]\n\tdefaultBranch = main\n${there}`;
  }
}

function tsx(): string {
  return require.resolve('tsx');
}

/** Functions of bash that take the commands of stand-ins, and leave the other calls of the same programs alone. */
function functions(standIns: readonly StandIn[]): string {
  const programs = new Map<string, string[]>();
  for (const { commands, prints = '', reason } of standIns) {
    for (const command of commands) {
      const [program] = command.split(' ') as [string];
      const cases = programs.get(program) ?? [];
      const pattern = command === program ? `"${command}"*` : `"${command}" | "${command} "*`;
      cases.push(`${pattern}) stand_in ${quote(reason)} ${quote(prints)} ${program} "$@" ;;`);
      programs.set(program, cases);
    }
  }
  return [...programs]
    .map(([program, cases]) => {
      const all = [...cases, `*) command ${program} "$@" ;;`].join('\n');
      return `${program}() {\ncase "${program} $*" in\n${all}\nesac\n}\n`;
    })
    .join('');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
