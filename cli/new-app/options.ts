import { posix } from 'node:path';
import { suggest } from '../../core/diagnostics/suggest';
import { CI_SYSTEMS, DEFAULT_OUTPUT, GITOPS_OF_APPS, type GITOPS_TOOLS, LANGUAGES, PLATFORMS } from '../choices';
import type { Invocation } from '../masq';
import { originOf, pathInRepository, wrongRepo } from './repository';

/** The name of a platform. */
export type Platform = (typeof PLATFORMS)[number];

/** The language of a new app. */
export type Language = (typeof LANGUAGES)[number];

/** Where a new app's checks run. */
export type CiSystem = (typeof CI_SYSTEMS)[number];

/** What syncs a new app's output, and from where. */
export interface Syncing {
  readonly tool: (typeof GITOPS_TOOLS)[number];
  /** The repository's URL. */
  readonly repo: string;
  /** Whether nobody has said which one it is. */
  readonly isExample: boolean;
  /** The folder in it that holds what is rendered. */
  readonly path: string;
}

/** A cluster of a new app: its name, and its intent's file's. */
export interface Cluster {
  readonly name: string;
  readonly platform: Platform;
}

/** What is asked of a new app. */
export interface AppOptions {
  /** The folder that it goes into. */
  readonly folder: string;
  readonly clusters: readonly Cluster[];
  readonly language: Language;
  readonly ci: CiSystem;
  /** The folder's path in the repository that it is in; absent where there is none yet. */
  readonly inRepository?: string;
  /** Absent where nothing syncs it. */
  readonly syncing?: Syncing;
  /** Whether files that are there may be overwritten. */
  readonly force: boolean;
}

/** Why a word is no platform; undefined for one that is. */
export function wrongPlatform(word: string): string | undefined {
  if (PLATFORMS.some(platform => platform === word)) return undefined;
  const near = suggest(word, PLATFORMS);
  return `"${word}" is no platform; ${near ? `did you mean "${near}"?` : `there are ${PLATFORMS.join(', ')}`}`;
}

/** Why a word is no cluster's name; undefined for one that is. */
export function wrongName(name: string): string | undefined {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return undefined;
  return `"${name}" is no name for a cluster; write lower-case letters, digits and dashes between them, at most 63`;
}

/** Reads the options of `masq init --app`, or says what is wrong with them, a line each. */
export function readAppOptions({ values, positionals }: Invocation): AppOptions | readonly string[] {
  const faults = positionals.map(wrongPlatform).filter(fault => fault !== undefined);
  const twice = positionals.find((platform, at) => positionals.indexOf(platform) < at);
  if (twice !== undefined) faults.push(`"${twice}" is named twice; add more clusters as files in intents/ afterwards`);
  const folder = (values.output as string | undefined) ?? '.';
  if (folder === '-') faults.push('"-" is no folder; with --app, -o takes the folder of the repository');
  const platforms = positionals.length === 0 ? [PLATFORMS[0]] : (positionals as readonly Platform[]);
  const name = String(values.name);
  const clusters = platforms.map(platform => ({
    name: platforms.length === 1 ? name : `${name}-${platform}`,
    platform,
  }));
  if (faults.length === 0) {
    const wrong = clusters.map(cluster => wrongName(cluster.name)).find(fault => fault !== undefined);
    if (wrong !== undefined) faults.push(wrong);
  }
  const inRepository = pathInRepository(folder);
  const syncing = syncingOf(folder, inRepository, values, faults);
  if (faults.length > 0) return faults;
  const language = (values.language as Language | undefined) ?? LANGUAGES[0];
  const ci = (values.ci as CiSystem | undefined) ?? CI_SYSTEMS[0];
  return {
    ...{ folder, clusters, language, ci, force: values.force === true },
    ...(inRepository !== undefined && { inRepository }),
    ...(syncing && { syncing }),
  };
}

/** A host that is nobody's. Source: RFC 2606, section 3. */
const EXAMPLE = 'https://git.example.com/network/clusters.git';

function syncingOf(
  folder: string,
  inRepository: string | undefined,
  values: Invocation['values'],
  faults: string[],
): Syncing | undefined {
  const tool = (values.gitops as (typeof GITOPS_OF_APPS)[number] | undefined) ?? GITOPS_OF_APPS[0];
  const told = values.repo as string | undefined;
  if (tool === 'none') {
    if (told !== undefined) faults.push('--repo says what is synced from where; leave it or "--gitops none" out');
    return undefined;
  }
  const wrong = told === undefined ? undefined : wrongRepo(tool, told);
  if (wrong !== undefined) faults.push(wrong);
  const repo = told ?? originOf(folder, tool);
  return {
    tool,
    repo: repo ?? EXAMPLE,
    isExample: repo === undefined,
    path: posix.join(inRepository ?? '', DEFAULT_OUTPUT),
  };
}

/** What syncing an app asks of `masq gitops`, in its own words. */
export function gitOpsWords({ tool, repo, path }: Syncing): string[] {
  return [tool, '--repo', repo, ...(path === DEFAULT_OUTPUT ? [] : ['--path', path])];
}
