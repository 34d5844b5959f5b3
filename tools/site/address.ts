import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What of the repository is no page of the site, as patterns. */
export const NO_PAGES = [
  ...['.*', 'agent', 'bench', 'build', 'bundle', 'ci', 'cli', 'constructs', 'core', 'dist', 'image', 'lib'],
  ...['node_modules', 'schemas', 'test', 'tools'],
].map(folder => `${folder}/**`);

/** The address of a page in the site, of its file in the repository: docs/ is the site's top, a README its folder's page. */
export function addressOf(file: string): string {
  if (file === 'README.md') return 'readme.md';
  return file.replace(/^docs\//, '').replace(/(^|\/)README\.md$/, '$1index.md');
}

/** Whether a file of the repository is a page of the site. */
export function isPage(root: string, file: string): boolean {
  const folders = NO_PAGES.map(pattern => pattern.slice(0, -'/**'.length));
  return file.endsWith('.md') && !folders.includes(file.split('/')[0]!) && existsSync(join(root, file));
}

/**
 * Where a link of a page leads in the site: to a page, or out of the site. What is in the repository only has no address
 * there, since nobody knows where the repository is published: undefined. What is nowhere stays, for the build to refuse.
 */
export function linkInSite(root: string, from: string, link: string): string | undefined {
  if (/^(?:[a-z]+:|#)/.test(link)) return link;
  const [path = '', fragment] = decodeURI(link).split('#');
  const target = posix.join(posix.dirname(from), path);
  const file = isFolder(join(root, target)) ? posix.join(target, 'README.md') : target;
  if (!existsSync(join(root, file))) return isFolder(join(root, target)) ? undefined : link;
  if (!isPage(root, file)) return undefined;
  return `/${addressOf(file)}${fragment === undefined ? '' : `#${fragment}`}`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
