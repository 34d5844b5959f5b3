import type { Diagnostic } from '../core/diagnostics';
import { DEFAULT_OUTPUT } from './choices';
import type { Invocation } from './masq';
import type { Project } from './settings';
import { commandLine } from './shells';
import { TARGET_OPTIONS } from './target/command';
import { readTargetEntries } from './target/entries';
import { isOptions, readTarget, type TargetOptions } from './target/options';

/** What is to be rendered and where: as the arguments say, and the settings where they say nothing. */
export interface Job extends Invocation {
  readonly intents: readonly string[];
  /** Whether that is all that the settings name, since no argument says what. */
  readonly isAll: boolean;
  readonly apps: readonly string[];
  /** Where apps run. */
  readonly cwd: string;
  readonly output: string;
  readonly kustomization: boolean;
  readonly prune: boolean;
  /** Whether what Argo CD and Flux need is rendered too, as the settings say. */
  readonly gitops: boolean;
  /** Whether the manifests of masq's own agents and gateways are rendered, and not a target's alone. */
  readonly isOrdinary: boolean;
  /** The other data planes that are rendered for: the one that the arguments name, else those that the settings do. */
  readonly targets: readonly TargetOptions[];
  /** What is wrong with those of the settings. */
  readonly faults: readonly Diagnostic[];
}

/**
 * Pruning, GitOps files and targets are for runs that render everything: what the settings say of them counts for no
 * others. Returns why there is nothing to be done where the arguments contradict each other, each in a line.
 */
export function jobOf(
  values: Invocation['values'],
  positionals: readonly string[],
  project: Project,
): Job | readonly string[] {
  const { settings, here, root } = project;
  const named = (values.app as string[] | undefined) ?? [];
  const target = targetOf(values, named);
  if (target && !isOptions(target)) return target;
  const isAll = positionals.length + named.length === 0;
  const { intents = [], apps = [], output = DEFAULT_OUTPUT } = settings;
  const given = values.output as string | undefined;
  const isWhole = isAll && !target && given === undefined;
  const folder = given ?? here(output);
  const entries = isWhole ? readTargetEntries(project, folder) : { targets: [], faults: [] };
  return {
    values,
    positionals,
    isAll,
    intents: isAll ? intents.map(here) : positionals,
    apps: target ? [] : isAll ? apps : named,
    cwd: isAll ? root : '.',
    output: folder,
    kustomization: values.kustomization === true || settings.kustomization === true,
    prune: values.prune === true || (isAll && settings.prune === true),
    gitops: isWhole && (settings.gitops ?? []).length > 0,
    isOrdinary: !target,
    targets: target ? [target] : entries.targets,
    faults: entries.faults,
  };
}

/** The target that the arguments name; undefined where they name none. */
function targetOf(
  values: Invocation['values'],
  apps: readonly string[],
): TargetOptions | readonly string[] | undefined {
  if (values.target !== undefined) {
    if (apps.length > 0) return ['--target is for intents: what an app renders is its own; leave --app out'];
    return readTarget(String(values.target), values);
  }
  const idle = TARGET_OPTIONS.filter(({ name }) => ((values[name] as string[] | undefined) ?? []).length > 0);
  return idle.length > 0 ? idle.map(({ name }) => `--${name} is for --target; name one, or leave it out`) : undefined;
}

/** The command that writes what `--check` has missed: the same one, but for how it reports. */
export function remedyOf({ values, positionals, targets, isOrdinary }: Job): string {
  const apps = (values.app as string[]).flatMap(app => ['--app', app]);
  const output = values.output === undefined ? [] : ['-o', String(values.output)];
  const config = values.config === undefined ? [] : ['--config', String(values.config)];
  const flags = ['prune', 'kustomization'].filter(flag => values[flag]).map(flag => `--${flag}`);
  const files = positionals.some(file => /^-./.test(file)) ? ['--', ...positionals] : positionals;
  const target = isOrdinary ? [] : targets.flatMap(({ words }) => words);
  return commandLine(['masq', 'synth', ...target, ...apps, ...config, ...output, ...flags, ...files]);
}
