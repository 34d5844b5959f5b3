import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { anchor } from '../../tools/docs/markdown.js';
import { addressOf, NO_PAGES } from '../../tools/site/address.js';
import { sidebar } from '../../tools/site/contents.js';
import { useSiteLinks } from '../../tools/site/links.js';

/** The letter m on a ground that is seen in light and dark: without an icon, browsers ask for one that is not there. */
const ICON = [
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#3451b2"/>',
  '<path d="M7 24V9l9 9 9-9v15" fill="none" stroke="#fff" stroke-width="3.5"/></svg>',
].join('');
const ROOT = join(import.meta.dirname, '../..');

// biome-ignore lint/style/noDefaultExport: VitePress reads its configuration from the default export
export default defineConfig({
  title: 'masq',
  description: 'Policy as code for Kubernetes IP masquerading and egress NAT',
  lang: 'en',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  srcDir: ROOT,
  srcExclude: NO_PAGES,
  outDir: join(ROOT, 'build/site'),
  cacheDir: join(ROOT, 'build/site-cache'),
  rewrites: addressOf,
  vite: { build: { chunkSizeWarningLimit: 2000 } }, // kB: docs/codes.md is one page
  markdown: {
    anchor: { slugify: anchor },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: markdown => useSiteLinks(markdown, ROOT),
  },
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/tutorial.md' },
      { text: 'Intent', link: '/intent.md' },
      { text: 'Codes', link: '/codes.md' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local', options: { detailedView: true } },
    notFound: {
      title: 'No such page',
      quote: 'There is nothing at this address. The search finds codes, keys and commands.',
      linkText: 'Overview',
      linkLabel: 'Go to the overview',
    },
  },
});
