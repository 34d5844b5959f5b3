import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** A browser's name on this machine. */
export const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(name =>
  (process.env.PATH ?? '').split(':').some(folder => existsSync(join(folder, name))),
);

/** What a browser found on a page. */
export interface Visit {
  /** What went wrong: errors of the console, of scripts and of requests. */
  readonly errors: readonly string[];
  /** Requests to other hosts. */
  readonly foreign: readonly string[];
  /** Where its links lead, whole. */
  readonly links: readonly string[];
  /** What a link can name in it. */
  readonly anchors: readonly string[];
  /** The levels of its headings, in order. */
  readonly levels: readonly number[];
  /** By how many pixels it is wider than the window, and the elements that make it so. */
  readonly overflow: number;
  readonly wide: readonly string[];
  /** Texts that stand out from their ground less than WCAG 2 asks for at level AA, 4.5 to 1. */
  readonly faint: readonly string[];
}

/** A folder served by HTTP on this machine, and a browser that looks at it. */
export class Site {
  private constructor(
    readonly origin: string,
    private readonly server: ReturnType<typeof createServer>,
    private readonly browser: Browser,
  ) {}

  static async open(folder: string): Promise<Site> {
    const server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url!, 'http://site').pathname);
      const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
      if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
      return createReadStream(file).pipe(response);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const browser = await startBrowser();
    return new Site(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, browser);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }

  /** An empty page of a window of some width. */
  async page(width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    return context.newPage();
  }

  /** Opens a page of the site and tells what is there. */
  async visit(page: Page, path: string): Promise<Visit> {
    const errors: string[] = [];
    const foreign: string[] = [];
    const { origin } = this;
    page.removeAllListeners();
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) errors.push(message.text());
    });
    page.on('pageerror', error => errors.push(String(error)));
    page.on('requestfailed', request => {
      const why = request.failure()?.errorText;
      // What the page before had begun to fetch ahead ends with that page.
      if (why !== 'net::ERR_ABORTED') errors.push(`${request.url()}: ${why}`);
    });
    page.on('response', response => {
      if (response.status() >= 400) errors.push(`${response.url()}: ${response.status()}`);
    });
    page.on('request', request => {
      if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin)
        foreign.push(request.url());
    });
    await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
    return { errors, foreign, ...(await page.evaluate(LOOK)) };
  }
}

/** Every page of a built site, as paths of its addresses. */
export function addresses(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.html') && name !== '404.html')
    .map(name => `/${name}`)
    .sort();
}

/** Starts the browser. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: which(CHROMIUM!), args: ['--no-sandbox'] });
}

/** Says loudly, and fails where tests count, that there is no browser for something. */
export function isBrowserMissing(what: string): boolean {
  if (CHROMIUM !== undefined) return false;
  if (process.env.CI) throw new Error(`chromium is not installed: ${what} is not tested`);
  console.warn(`\n*** chromium is not installed: ${what} is NOT tested here ***\n`);
  return true;
}

function which(name: string): string {
  const folder = process.env.PATH!.split(':').find(folder => existsSync(join(folder, name)));
  return join(folder!, name);
}

/** Runs in the page; text, since this program has no types of a browser. */
const LOOK = `(() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const width = document.documentElement.clientWidth;
  const inScroller = element => {
    for (let at = element.parentElement; at; at = at.parentElement)
      if (getComputedStyle(at).overflowX !== 'visible') return true;
    return false;
  };
  const rgba = colour => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return { rgb: [r, g, b], a }; };
  const over = (top, ground) => top.rgb.map((part, at) => part * top.a + ground[at] * (1 - top.a));
  const groundOf = element => {
    const own = rgba(getComputedStyle(element).backgroundColor);
    if (own.a === 1 || !element.parentElement) return own.a === 0 ? [255, 255, 255] : own.rgb;
    return over(own, groundOf(element.parentElement));
  };
  const luminance = rgb => rgb
    .map(part => part / 255)
    .map(part => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const contrast = element => {
    const ground = groundOf(element);
    const [less, more] = [luminance(over(rgba(getComputedStyle(element).color), ground)), luminance(ground)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  const isText = element =>
    [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '') &&
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  return {
    links: all('a[href]').map(a => a.href),
    anchors: all('[id]').map(e => e.id),
    levels: all('.vp-doc :is(h1, h2, h3, h4, h5, h6)').map(h => Number(h.tagName[1])),
    overflow: document.documentElement.scrollWidth - width,
    wide: all('.vp-doc *')
      .filter(e => e.getBoundingClientRect().right > width && !inScroller(e))
      .map(e => e.tagName + ' ' + (e.textContent ?? '').slice(0, 60)),
    faint: all('body *')
      .filter(e => isText(e) && contrast(e) < 4.5)
      .map(e => e.tagName + ' ' + (e.textContent ?? '').slice(0, 60) + ' ' + contrast(e).toFixed(2)),
  };
})()` as unknown as () => Pick<Visit, 'links' | 'anchors' | 'levels' | 'overflow' | 'wide' | 'faint'>;
