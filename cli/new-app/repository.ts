import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FLUX_GIT_REPO, GIT_REPO, textFault } from '../../constructs/gitops/shapes';
import type { GITOPS_TOOLS } from '../choices';

type Tool = (typeof GITOPS_TOOLS)[number];

/** The URLs that each tool takes. */
const URLS = { argocd: GIT_REPO, flux: FLUX_GIT_REPO };

/** What is wrong with a URL for a tool; undefined when nothing is. */
export function wrongRepo(tool: Tool, url: string): string | undefined {
  const fault = textFault(url, URLS[tool]);
  return fault === undefined ? undefined : `--repo ${fault}`;
}

/**
 * The URL that a folder's repository is cloned from, as far as git knows one that the tool takes. A name before an
 * HTTPS host is left out: it may be a token.
 */
export function originOf(folder: string, tool: Tool): string | undefined {
  const url = git(folder, 'remote', 'get-url', 'origin')?.replace(/^(https?:\/\/)[^@/]*@/, '$1');
  if (url === undefined) return undefined;
  const spelled = tool === 'flux' ? url.replace(/^([\w.-]+@[\w.-]+):(?!\/)/, 'ssh://$1/') : url;
  return wrongRepo(tool, spelled) === undefined ? spelled : undefined;
}

/** A folder's path in the repository that it is in, empty at its top; undefined where there is none. */
export function pathInRepository(folder: string): string | undefined {
  const there = nearest(folder);
  const prefix = git(folder, 'rev-parse', '--show-prefix');
  if (prefix === undefined) return undefined;
  const below = resolve(folder).slice(there.length).split(/[\\/]/).filter(Boolean);
  return [...prefix.split('/').filter(Boolean), ...below].join('/');
}

/** What git answers in a folder, or in the nearest one above that is there. */
function git(folder: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: nearest(folder), encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function nearest(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) ? path : nearest(dirname(path));
}
