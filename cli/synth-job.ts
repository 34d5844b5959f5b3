import { DEFAULT_OUTPUT } from './choices';
import type { Invocation } from './masq';
import type { Project } from './settings';
import { commandLine } from './shells';

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
}

/** Pruning and GitOps files are for runs that render everything: what the settings say of them counts for no others. */
export function jobOf(
  values: Invocation['values'],
  positionals: readonly string[],
  { settings, here, root }: Project,
): Job {
  const named = (values.app as string[] | undefined) ?? [];
  const isAll = positionals.length + named.length === 0;
  const { intents = [], apps = [], output = DEFAULT_OUTPUT } = settings;
  return {
    values,
    positionals,
    isAll,
    intents: isAll ? intents.map(here) : positionals,
    apps: isAll ? apps : named,
    cwd: isAll ? root : '.',
    output: (values.output as string | undefined) ?? here(output),
    kustomization: values.kustomization === true || settings.kustomization === true,
    prune: values.prune === true || (isAll && settings.prune === true),
    gitops: isAll && values.output === undefined && (settings.gitops ?? []).length > 0,
  };
}

/** The command that writes what `--check` has missed: the same one, but for how it reports. */
export function remedyOf({ values, positionals }: Job): string {
  const apps = (values.app as string[]).flatMap(app => ['--app', app]);
  const output = values.output === undefined ? [] : ['-o', String(values.output)];
  const config = values.config === undefined ? [] : ['--config', String(values.config)];
  const flags = ['prune', 'kustomization'].filter(flag => values[flag]).map(flag => `--${flag}`);
  const files = positionals.some(file => /^-./.test(file)) ? ['--', ...positionals] : positionals;
  return commandLine(['masq', 'synth', ...apps, ...config, ...output, ...flags, ...files]);
}
