import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Contexts, evaluate, fill } from './expression';

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly shell?: string;
  readonly 'working-directory'?: string;
}

interface Action {
  readonly inputs?: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly if?: string; readonly steps: readonly Step[] }>>;
}

/** How a step ended: skipped, or with an exit code and what it said. */
export interface StepResult {
  readonly name: string;
  readonly status: number | 'skipped';
  readonly output: string;
}

/** What a job runs in. */
export interface Surroundings {
  /** The repository's folder. */
  readonly folder: string;
  /** The contexts beside `inputs`, such as `github`. */
  readonly contexts?: Contexts;
  /** Folders of the actions that run for real, by what `uses` says before the `@`; others are taken note of. */
  readonly actions?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
}

/** What "shell: bash" adds; a step that names no shell goes on when the left side of a pipe fails. */
const PIPEFAIL = ['--noprofile', '--norc', '-eo', 'pipefail'];

/** Runs a workflow's job as GitHub's runner does, without a container: steps in bash, composite actions step by step. */
export function runJob(file: string, job: string, surroundings: Surroundings): StepResult[] {
  const workflow = parse(readFileSync(file, 'utf8')) as Workflow;
  const found = workflow.jobs[job];
  if (!found) throw new Error(`${file} has no job "${job}"`);
  const contexts = surroundings.contexts ?? {};
  if (!holds(found.if, contexts)) return [];
  return new Runner(surroundings).steps(found.steps, contexts, '');
}

/** Whether a condition holds; one that says nothing of failures holds only where nothing failed, which the caller knows. */
function holds(condition: string | undefined, contexts: Contexts): boolean {
  return condition === undefined || Boolean(evaluate(condition.replace(/^\s*\$\{\{|\}\}\s*$/g, ''), contexts));
}

class Runner {
  constructor(private readonly surroundings: Surroundings) {}

  steps(steps: readonly Step[], contexts: Contexts, actionPath: string): StepResult[] {
    const results: StepResult[] = [];
    for (const step of steps) {
      const isDespite = /\b(?:cancelled|always|failure)\(\)/.test(step.if ?? '');
      const isDue = (isDespite || !results.some(failed)) && holds(step.if, contexts);
      if (isDue) results.push(...this.step(step, contexts, actionPath));
      else results.push({ name: nameOf(step), status: 'skipped', output: '' });
    }
    return results;
  }

  private step(step: Step, contexts: Contexts, actionPath: string): StepResult[] {
    if (step.uses === undefined) return [this.run(step, contexts, actionPath)];
    const folder = this.surroundings.actions?.[step.uses.split('@')[0]!];
    if (folder === undefined) return [{ name: step.uses, status: 0, output: JSON.stringify(step.with ?? {}) }];
    const { inputs = {}, runs } = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as Action;
    const unknown = Object.keys(step.with ?? {}).filter(name => !(name in inputs));
    if (unknown.length > 0) throw new Error(`${step.uses} has no input ${unknown.join(', ')}`);
    const given = Object.entries(inputs).map(([name, input]) => [
      name,
      fill(String(step.with?.[name] ?? input.default ?? ''), contexts),
    ]);
    return this.steps(runs.steps, { ...contexts, inputs: Object.fromEntries(given) }, folder);
  }

  private run(step: Step, contexts: Contexts, actionPath: string): StepResult {
    if (actionPath !== '' && step.shell !== 'bash') throw new Error(`a step of an action needs "shell: bash"`);
    const temporary = mkdtempSync(join(tmpdir(), 'masq-runner-'));
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(String(value), contexts)]);
    const { status, stdout, stderr } = spawnSync(
      'bash',
      [...(step.shell === 'bash' ? PIPEFAIL : ['-e']), '-c', fill(step.run!, contexts)],
      {
        cwd: join(this.surroundings.folder, fill(step['working-directory'] ?? '.', contexts)),
        env: {
          ...(this.surroundings.env ?? process.env),
          ...Object.fromEntries(env),
          CI: 'true',
          GITHUB_ACTIONS: 'true',
          GITHUB_WORKSPACE: this.surroundings.folder,
          GITHUB_ACTION_PATH: actionPath,
          RUNNER_TEMP: temporary,
        },
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    rmSync(temporary, { recursive: true });
    return { name: nameOf(step), status: status ?? -1, output: stdout + stderr };
  }
}

function failed({ status }: StepResult): boolean {
  return status !== 0 && status !== 'skipped';
}

function nameOf({ name, uses, run }: Step): string {
  return name ?? uses ?? run!.split('\n')[0]!;
}
