import { isAbsolute, posix, resolve, sep } from 'node:path';
import { argoCdFaults } from '../../constructs/gitops/argocd-fleet';
import type { FleetFault } from '../../constructs/gitops/fleet';
import { fluxFaults } from '../../constructs/gitops/flux-fleet';
import {
  type RenderedCluster,
  type RenderedFolders,
  renderedClusters,
} from '../../constructs/gitops/rendered-clusters';
import {
  DURATION,
  FOLDER,
  GIT_REPO,
  GIT_REVISION,
  LABEL_NAME,
  OBJECT_NAME,
  textFault,
} from '../../constructs/gitops/shapes';
import { orList, suggest } from '../../core/diagnostics';
import { GITOPS_TOOLS } from '../choices';
import { kindOf } from '../files';
import type { Invocation } from '../masq';

/** A tool that syncs what is rendered. */
export type Tool = (typeof GITOPS_TOOLS)[number];

/** What is wrong with a word that is no tool. */
export function toolFault(word: string): string {
  const near = suggest(word, GITOPS_TOOLS);
  const advice = near ? `did you mean "${near}"?` : `write ${orList(GITOPS_TOOLS)}`;
  return `"${word}" is no tool that masq renders for; ${advice}`;
}

/** In which form the tool is told. */
export type Style = 'applications' | 'applicationset' | 'per-cluster' | 'hub';

/** What `masq gitops` was told, checked. */
export interface GitOpsOptions {
  readonly tool: Tool;
  readonly style: Style;
  readonly repo: string;
  readonly revision?: string;
  /** The folder in the repository. */
  readonly path: string;
  readonly clusters: readonly RenderedCluster[];
  /** Folders beside those of clusters. */
  readonly exclude: readonly string[];
  readonly canaries: readonly string[];
  readonly destinations: Readonly<Record<string, string>>;
  readonly maxUpdate?: number | string;
  readonly source: 'git' | 'oci';
  readonly name: string;
  readonly project: string;
  readonly namespace?: string;
  readonly secret?: string;
  readonly serviceAccountName?: string;
  readonly timeout?: string;
  readonly output: string;
  /** The arguments that say all of this again, in a fixed order. */
  readonly words: readonly string[];
}

/** Why nothing can be rendered, each in one line. */
export class GitOpsFault extends Error {
  override readonly name = 'GitOpsFault';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** The styles of each tool: the one without canaries, and the one with stages. */
const STYLES: Readonly<Record<Tool, readonly [plain: Style, staged: Style]>> = {
  argocd: ['applications', 'applicationset'],
  flux: ['per-cluster', 'hub'],
};

/** Options that mean nothing to the other tool. */
const ONLY: Readonly<Record<string, Tool>> = {
  'max-update': 'argocd',
  project: 'argocd',
  source: 'flux',
  secret: 'flux',
  'service-account': 'flux',
  timeout: 'flux',
};

/** The option of each prop, for messages. */
const OPTIONS: Readonly<Record<string, string>> = {
  canaries: '--canary',
  destinations: '--destination',
  maxUpdate: '--max-update',
  name: '--name',
  project: '--project',
  repo: '--repo',
  revision: '--revision',
};

/** What a folder of rendered manifests has in it, or what is wrong with the folder, to be said behind its name. */
export type FolderReader = (dist: string) => RenderedFolders | string;

/**
 * Checks what was asked for, and reads which clusters are rendered.
 * @throws GitOpsFault with everything that is wrong
 */
export function readOptions(
  tool: Tool,
  values: Invocation['values'],
  read: FolderReader = readRendered,
): GitOpsOptions {
  const faults: string[] = [];
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const check = (name: string, shape: object, value = text(name)): void => {
    const fault = value === undefined ? undefined : textFault(value, { ...shape });
    if (fault !== undefined) faults.push(`--${name} ${fault}`);
  };
  for (const [name, owner] of Object.entries(ONLY))
    if (owner !== tool && text(name) !== undefined) faults.push(`--${name} is for ${owner}; leave it out`);
  for (const name of ['name', 'project', 'namespace']) check(name, LABEL_NAME);
  for (const name of ['secret', 'service-account']) check(name, OBJECT_NAME);
  const timeout = text('timeout') === undefined ? undefined : canonicalSpan(text('timeout')!);
  if (timeout !== undefined && tool === 'flux') check('timeout', DURATION, timeout);
  if (tool === 'argocd') {
    check('repo', GIT_REPO);
    check('revision', GIT_REVISION);
  }
  const canaries = [...new Set(values.canary as string[])];
  const style = styleOf(tool, text('style'), canaries, faults);
  const destinations = destinationsOf(values.destination as string[], style, faults);
  const path = pathOf(values, faults);
  const rendered = clustersOf(text('dist')!, read, faults);
  const repo = text('repo');
  const output = withoutSlash(text('output') ?? `gitops/${tool}`);
  if (`${resolve(output)}${sep}`.startsWith(`${resolve(text('dist')!)}${sep}`))
    faults.push(`--output "${output}" is in the folder that is synced; write one beside it`);
  if (repo === undefined) faults.push('--repo is missing: the URL of the repository that holds the rendered folders');
  const maxUpdate = text('max-update');
  const options = {
    tool,
    style,
    repo: repo ?? '',
    path,
    ...rendered,
    canaries,
    destinations,
    source: (text('source') ?? 'git') as 'git' | 'oci',
    name: text('name')!,
    project: text('project') ?? text('name')!,
    output,
    words: wordsOf(tool, values),
    ...(maxUpdate !== undefined && { maxUpdate: /^\d+$/.test(maxUpdate) ? Number(maxUpdate) : maxUpdate }),
    ...given('revision', text('revision')),
    ...given('namespace', text('namespace')),
    ...given('secret', text('secret')),
    ...given('serviceAccountName', text('service-account')),
    ...given('timeout', timeout),
  };
  faults.push(...fleetFaults(options, repo).map(faultLine));
  if (faults.length > 0) throw new GitOpsFault(faults);
  return options;
}

/** A span as Go writes it back: `5m` is `5m0s`. What is none stays as it is. */
function canonicalSpan(span: string): string {
  const [, h = '0', m = '0', s = '0'] = /^(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(span) ?? ['', 'no'];
  const seconds = Number(h) * 3600 + Number(m) * 60 + Number(s);
  if (!(seconds > 0)) return span;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}

function faultLine({ path, message }: FleetFault): string {
  const option = OPTIONS[String(path[0])] ?? '--dist';
  return `${option}${/^(?:"|is )/.test(message) ? '' : ':'} ${message}`;
}

/** What does not fit the clusters, or each other. */
function fleetFaults(options: Omit<GitOpsOptions, 'output' | 'words'>, repo: string | undefined): FleetFault[] {
  const { style, destinations, ...rest } = options;
  if (options.tool === 'argocd') {
    return argoCdFaults({ ...rest, destinations, style: style === 'applicationset' ? style : 'applications' });
  }
  const { repo: _, ...told } = rest;
  return fluxFaults({ ...told, destinations, ...given('repo', repo) });
}

function given<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: string });
}

function styleOf(tool: Tool, asked: string | undefined, canaries: readonly string[], faults: string[]): Style {
  const [plain, staged] = STYLES[tool];
  const style = (asked ?? (canaries.length > 0 ? staged : plain)) as Style;
  if (!STYLES[tool].includes(style)) {
    faults.push(`--style ${style} is not for ${tool}; write ${orList(STYLES[tool])}`);
    return plain;
  }
  if (style === 'per-cluster' && canaries.length > 0)
    faults.push('--canary: a Flux in each cluster knows nothing of the others; write --style hub, or no canaries');
  return style;
}

function destinationsOf(given: readonly string[], style: Style, faults: string[]): Record<string, string> {
  const destinations: Record<string, string> = {};
  for (const pair of given) {
    const at = pair.indexOf('=');
    const [cluster, where] = [pair.slice(0, at), pair.slice(at + 1)];
    if (at < 1 || where === '') faults.push(`--destination "${pair}" is not allowed; write CLUSTER=WHERE`);
    else if (destinations[cluster] !== undefined && destinations[cluster] !== where)
      faults.push(`--destination names two places for "${cluster}": "${destinations[cluster]}" and "${where}"`);
    else destinations[cluster] = where;
  }
  if (style === 'per-cluster' && given.length > 0)
    faults.push('--destination: a Flux in each cluster writes to its own; write --style hub, or no destinations');
  return destinations;
}

/** The folder in the repository: the one here, unless it is told or this one cannot be in it. */
function pathOf(values: Invocation['values'], faults: string[]): string {
  const told = values.path as string | undefined;
  const dist = String(values.dist);
  const path = withoutSlash(posix.normalize((told ?? dist).replaceAll('\\', '/')));
  if (told === undefined && (isAbsolute(dist) || path.startsWith('..')))
    faults.push(`--dist "${dist}" does not say where it is in the repository; add --path`);
  else {
    const fault = textFault(path, FOLDER);
    if (fault !== undefined) faults.push(`--${told === undefined ? 'dist' : 'path'} ${fault}`);
  }
  return path;
}

function withoutSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function readRendered(dist: string): RenderedFolders | string {
  const kind = kindOf(dist);
  if (kind?.isDirectory()) return renderedClusters(dist);
  const what = kind ? 'is no folder' : 'does not exist';
  return `${what}; render intents with "masq synth" first, or name the folder they were rendered to`;
}

function clustersOf(
  dist: string,
  read: FolderReader,
  faults: string[],
): { clusters: readonly RenderedCluster[]; exclude: readonly string[] } {
  const folders = read(dist);
  if (typeof folders === 'string') {
    faults.push(`--dist "${dist}" ${folders}`);
    return { clusters: [], exclude: [] };
  }
  const { clusters, others, faults: found } = folders;
  faults.push(...found);
  if (clusters.length === 0)
    faults.push(`--dist "${dist}" has no folder with a file that masq rendered; run "masq synth" first`);
  return { clusters, exclude: others };
}

/** The options that were given, without how findings are shown and with what `--check` would have to be without. */
function wordsOf(tool: Tool, values: Invocation['values']): string[] {
  const defaults: Readonly<Record<string, string>> = { dist: 'dist', name: 'masq' };
  const names = ['repo', 'revision', 'dist', 'path', 'canary', 'destination', 'style', 'max-update', 'source', 'name'];
  const all = [...names, 'project', 'namespace', 'secret', 'service-account', 'timeout', 'output'];
  const words = all.flatMap(name => {
    const value = values[name] ?? [];
    const said = (Array.isArray(value) ? value : [String(value)]).filter(one => one !== defaults[name]);
    return said.flatMap(one => (one.startsWith('-') ? [`--${name}=${one}`] : [`--${name}`, one]));
  });
  return [tool, ...words];
}
