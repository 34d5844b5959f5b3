import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ruleAddress, ruleAnchor } from '../../cli/site';
import { RULE_CODES } from '../../core/diagnostics';
import { addressOf, linkInSite } from '../../tools/site/address';
import { CONTENTS } from '../../tools/site/contents';
import { isMissing } from '../cli/sandbox';
import { pages, ROOT } from '../docs/documents';
import { addresses, isBrowserMissing, Site, type Visit } from './browser';

const PHONE = 360;
const SHOTS = join(ROOT, 'build/site-shots');

const noBrowser = isBrowserMissing('the site');

describe('the contents', () => {
  const listed = CONTENTS.flatMap(({ entries }) => entries);

  test('name every page once', () => {
    const files = listed.map(({ file }) => file);
    expect(new Set(files).size).toBe(files.length);
    const reference = ['docs/reference/constructs.md', 'docs/reference/core.md'];
    const plugin = 'docs/reference/constructs/validation-plugin.md';
    const wanted = [...pages(), ...reference, plugin, 'README.md', 'examples/README.md'];
    expect(wanted.filter(page => !files.includes(page))).toEqual([]);
  });

  test('name no page that is not there', () => {
    expect(listed.filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

describe('a link in the site', () => {
  test.each([
    ['docs/platforms/kubernetes.md', '../codes.md#mq101', '/codes.md#mq101'],
    ['docs/README.md', '../CONTRIBUTING.md', '/CONTRIBUTING.md'],
    ['README.md', 'docs/README.md', '/index.md'],
    ['README.md', 'examples/README.md', '/examples/index.md'],
    ['docs/README.md', '../examples', '/examples/index.md'],
    ['docs/agent.md', '#verdicts', '#verdicts'],
    ['docs/agent.md', 'https://example.com/a', 'https://example.com/a'],
    ['README.md', 'dist', undefined],
    ['README.md', 'LICENSE', undefined],
    ['README.md', 'docs/monitoring', undefined],
    ['README.md', 'docs/nowhere.md', 'docs/nowhere.md'],
  ])('%s: %s', (from, link, wanted) => expect(linkInSite(ROOT, from, link)).toBe(wanted));
});

describe.skipIf(noBrowser || isMissing('unshare', '-Urn', 'true'))(
  'the built site in a browser',
  { timeout: 300_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'masq-site-'));
    let site: Site;
    const visits = new Map<string, Visit>();

    beforeAll(async () => {
      const build = ['node_modules/vitepress/bin/vitepress.js', 'build', 'docs', '--outDir', folder];
      const offline = ['--user', '--map-root-user', '--net', process.execPath, ...build];
      const { status, stdout, stderr } = spawnSync('unshare', offline, { cwd: ROOT, encoding: 'utf8' });
      expect(status, stdout + stderr).toBe(0);
      site = await Site.open(folder);
      const page = await site.page(PHONE);
      for (const path of addresses(folder)) visits.set(path, await site.visit(page, path));
    }, 600_000);
    afterAll(async () => {
      await site?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const failing = (wrong: (visit: Visit, path: string) => readonly unknown[]) =>
      [...visits].flatMap(([path, visit]) => wrong(visit, path).map(what => `${path}: ${String(what)}`));

    test('has a page for each one of the contents', () => {
      const wanted = CONTENTS.flatMap(({ entries }) => entries).map(
        ({ file }) => `/${addressOf(file).replace(/\.md$/, '.html')}`,
      );
      expect([...visits.keys()]).toEqual(expect.arrayContaining(wanted));
    });

    test('no error is said, and no other host is asked', () => {
      expect(failing(({ errors }) => errors)).toEqual([]);
      expect(failing(({ foreign }) => foreign)).toEqual([]);
    });

    test('every link leads to a page of the site, and to an anchor of it', () => {
      const broken = failing(({ links }) => links.filter(link => !leads(link)));
      expect(broken).toEqual([]);
      expect([...visits.values()].flatMap(({ links }) => links).length).toBeGreaterThan(1000);
    });

    function leads(link: string): boolean {
      const url = new URL(link);
      if (url.origin !== site.origin) return url.protocol === 'https:';
      const target = visits.get(url.pathname.endsWith('/') ? `${url.pathname}index.html` : url.pathname);
      return (
        target !== undefined && (url.hash === '' || target.anchors.includes(decodeURIComponent(url.hash.slice(1))))
      );
    }

    test('every code has its anchor', () => {
      const page = new URL(ruleAddress('MQ101', site.origin)!).pathname;
      const { anchors } = visits.get(page)!;
      expect(RULE_CODES.filter(code => !anchors.includes(ruleAnchor(code)))).toEqual([]);
    });

    test('headings are in order: one of the first level, and none is left out', () => {
      const wrong = ({ levels }: Visit) =>
        levels.filter((level, at) => (at === 0 ? level !== 1 : level === 1 || level > levels[at - 1]! + 1));
      expect(failing(wrong)).toEqual([]);
      expect(failing(({ levels }) => (levels.length === 0 ? ['no heading'] : []))).toEqual([]);
    });

    test('a phone shows it without scrolling sideways', () => {
      expect(failing(({ overflow, wide }) => (overflow > 0 || wide.length > 0 ? [overflow, ...wide] : []))).toEqual([]);
    });

    test('every text stands out from its ground, light and dark', async () => {
      expect(failing(({ faint }) => faint)).toEqual([]);
      const page = await site.page(1200, 'dark');
      for (const path of ['/index.html', '/tutorial.html', '/intent.html', '/agent.html', '/reference/core.html'])
        expect((await site.visit(page, path)).faint, path).toEqual([]);
    });

    test('it is light or dark, as the reader’s system is', async () => {
      const background = async (scheme: 'light' | 'dark') => {
        const page = await site.page(1200, scheme);
        await site.visit(page, '/index.html');
        return page.evaluate('getComputedStyle(document.body).backgroundColor');
      };
      expect(await background('light')).toBe('rgb(255, 255, 255)');
      expect(await background('dark')).toBe('rgb(27, 27, 31)');
    });

    test('its search finds a code, offline', async () => {
      const page = await site.page(1200);
      const { foreign } = await site.visit(page, '/index.html');
      await page.keyboard.press('Control+k');
      await page.locator('#localsearch-input').fill('MQ303');
      const found = page.locator('.VPLocalSearchBox .result[href="/codes.html#mq303"]');
      await found.filter({ hasText: 'internet-without-route' }).waitFor();
      expect(foreign).toEqual([]);
    });

    test('screenshots are taken for a person to look at', async () => {
      mkdirSync(SHOTS, { recursive: true });
      for (const [width, scheme, path] of [
        [PHONE, 'light', '/tutorial.html'],
        [PHONE, 'dark', '/codes.html'],
        [PHONE, 'light', '/settings.html'],
        [1280, 'light', '/index.html'],
        [1280, 'dark', '/platforms/kubernetes.html'],
        [1280, 'light', '/reference/core.html'],
      ] as const) {
        const page = await site.page(width, scheme);
        await site.visit(page, path);
        await page.screenshot({ path: join(SHOTS, `${path.slice(1).replaceAll('/', '-')}-${width}-${scheme}.png`) });
      }
      expect(existsSync(join(SHOTS, 'index.html-1280-light.png'))).toBe(true);
    });
  },
);
