import { relative, sep } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { linkInSite } from './address';

type Tokens = ReturnType<MarkdownRenderer['parse']>;

/** Makes the links that pages have to files of the repository those of the site; links to what it lacks become plain text. */
export function useSiteLinks(markdown: MarkdownRenderer, root: string): void {
  markdown.core.ruler.push('site-links', ({ tokens, env }) => {
    // What VitePress calls the path is the page's address.
    const { realPath, path } = env as { realPath?: string; path: string };
    const from = relative(root, realPath ?? path)
      .split(sep)
      .join('/');
    for (const token of tokens) if (token.children) rewrite(token.children, link => linkInSite(root, from, link));
  });
}

function rewrite(tokens: Tokens, inSite: (link: string) => string | undefined): void {
  let dropped = false;
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const link = inSite(token.attrGet('href')!);
      dropped = link === undefined;
      if (link !== undefined) token.attrSet('href', link);
    }
    if (!dropped || !/^link_(?:open|close)$/.test(token.type)) continue;
    dropped = token.type === 'link_open';
    token.type = 'text';
    token.tag = '';
    token.nesting = 0;
    token.content = '';
  }
}
