import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { longIntent } from '../../bench/intents';
import { ruleText, treatmentWord } from '../../cli/ask/words';
import { address, formatAddress, IntervalSet, parseCidr } from '../../core/address';
import { explain } from '../../core/analysis/explain';
import { pointOf, SIDE } from '../../core/analysis/report/hilbert';
import { podKinds } from '../../core/analysis/report/pods';
import { readSubjects, type Subject } from '../../core/analysis/subject';
import { MASQ, ROOT } from '../cli/sandbox';
import { isBrowserMissing, startBrowser } from '../site/browser';
import { axe, openFile, overflow } from './page';

const EXAMPLE = join(ROOT, 'examples/kubernetes-egress-gateway/intent.yaml');
const SHOTS = join(ROOT, 'build/report-shots');
/** What would run, or break a page, if it were not escaped. */
const NASTY = '</script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>"\'`&amp;<!--';

/** The pods of the example that its first policy is for, as the page calls them. */
const BANKER = 'A pod in a namespace labelled {team: payments}';

describe.skipIf(isBrowserMissing('the report'))('a report in a browser', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'masq-report-'));
  const file = (name: string) => join(folder, name);
  const before = readFileSync(EXAMPLE, 'utf8');
  const after = before
    .replace('except: [10.200.0.0/16]', 'except: [10.200.0.0/15]')
    .replace('to: [203.0.113.0/24]', 'to: [203.0.113.0/24, 192.0.2.0/24]');
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
    writeFileSync(file('before.yaml'), before);
    writeFileSync(file('after.yaml'), after);
    mkdirSync(file('fleet'));
    for (let i = 1; i <= 70; i++)
      writeFileSync(file(`fleet/c-${i}.yaml`), longIntent(`c-${i}`, i === 70 ? 1000 : 20, i));
    const nasty = before.replace("reason: the company's network", `reason: ${JSON.stringify(NASTY)}`);
    writeFileSync(file(`<img src=x onerror=pwned=3>.yaml`), nasty);
    report('one', 'before.yaml');
    report('fleet', 'fleet');
    report('diff', 'after.yaml', '--before', 'before.yaml');
    for (const [name, text] of [
      ['alpha', before],
      ['beta', before.replace('to: [203.0.113.0/24]', 'to: [203.0.113.0/24, 192.0.2.9/32]')],
      ['gamma', before.replace('unique-local', '"fd00:7::/48"')],
    ] as const) {
      mkdirSync(file('three/before'), { recursive: true });
      mkdirSync(file('three/after'), { recursive: true });
      const named = (intent: string) => intent.replace('name: kubernetes-egress-gateway', `name: ${name}`);
      writeFileSync(file(`three/before/${name}.yaml`), named(before));
      writeFileSync(file(`three/after/${name}.yaml`), named(text));
    }
    report('three', 'three/after', '--before', 'three/before');
    report('nasty', '<img src=x onerror=pwned=3>.yaml');
    mkdirSync(SHOTS, { recursive: true });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function report(name: string, ...args: string[]): void {
    const { status, stderr } = spawnSync(process.execPath, [MASQ, 'report', ...args, '-o', `${name}.html`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  }

  const open = (name: string, hash = '', options = {}) => openFile(browser, file(`${name}.html`), hash, options);
  const subjectOf = (name: string): Subject =>
    readSubjects([{ file: name, text: readFileSync(file(name), 'utf8') }]).subjects[0]!;

  describe.each(['one', 'fleet', 'diff', 'three', 'nasty'])('%s', name => {
    test.each([
      [360, 'light'],
      [360, 'dark'],
      [1280, 'light'],
      [1280, 'dark'],
    ] as const)('%i pixels, %s: whole, still, and accessible', async (width, colorScheme) => {
      const options = { viewport: { width, height: 800 }, colorScheme };
      const { page, wrong } = await open(name, '#ask=10.200.0.0/14', options);
      await page.locator('#answer h2').waitFor();
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(await axe(page)).toEqual([]);
      await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true");
      expect(await axe(page)).toEqual([]);
      await page.screenshot({ path: join(SHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      expect(wrong).toEqual([]);
    });
  });

  test('nothing in names, reasons and files runs', async () => {
    const { page, wrong } = await open('nasty', `#ask=${encodeURIComponent(`no ${NASTY}`)}`);
    await page.locator('#ask-error', { hasText: 'is no address' }).waitFor();
    await ask(page, '10.0.0.1');
    await page.locator('#filter').fill(NASTY);
    await page.locator('#pods').selectOption({ index: 1 });
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('#tables').textContent()).toContain(NASTY);
    expect(await page.locator('#tables').textContent()).toContain('<img src=x onerror=pwned=3>.yaml:');
    expect(wrong).toEqual([]);
  });

  test('what it says of thousands of addresses is what the intent says, read naively', async () => {
    const { page } = await open('fleet', '#cluster=c-70');
    const random = fc.sample(fc.integer({ min: 0, max: 0xffffffff }), { numRuns: 3000, seed: 7 });
    const listed = rulesIn(readFileSync(file('fleet/c-70.yaml'), 'utf8'));
    const edges = listed.flatMap(({ first, size }) => [first - 1, first, first + size - 1, first + size]);
    const words = [...random, ...edges];
    const said = await explained(page, words);
    for (const [i, word] of words.entries()) {
      const rule = listed.find(({ first, size }) => word >= first && word < first + size)?.rule;
      expect(said[i]).toContain(
        rule === undefined ? ': masqueraded, leaves with the address of its node' : ': preserved, ',
      );
      expect(said[i]).toContain(`decided by ${rule ?? 'everything that is not preserved'}`);
    }
  });

  /** The ranges of an intent in the order in which they are asked, each with how its rule begins. */
  function rulesIn(text: string): { rule: string; first: number; size: number }[] {
    const range = (cidr: string, rule: string) => {
      const [a, b, c, d, prefix] = cidr.split(/[./]/).map(Number) as [number, number, number, number, number];
      return { rule, first: ((a * 256 + b) * 256 + c) * 256 + d, size: 2 ** (32 - prefix) };
    };
    const facts = ['node', 'pod', 'service'].map(name => {
      const [, cidr] = new RegExp(`${name}CIDRs: \\[(.*)\\]`).exec(text)!;
      return range(cidr!, `spec.network.${name}CIDRs[0] "${cidr}" (`);
    });
    const preserved = [...text.matchAll(/^ {6}- (.*)$/gm)].map(([, cidr], i) =>
      range(cidr!, `spec.masquerade.preserve[${i}] "${cidr}" (`),
    );
    expect(preserved).toHaveLength(1000);
    return [...facts, range('169.254.0.0/16', 'link-local'), ...preserved];
  }

  const explained = (page: Page, words: readonly number[]) => {
    const texts = words.map(word => formatAddress({ family: 4, words: Uint32Array.of(word) }));
    return page.evaluate(`${JSON.stringify(texts)}.map(text => masq.explain(text))`) as Promise<string[]>;
  };

  test('what it says is so for each kind of pods', async () => {
    const { page } = await open('one');
    const subject = subjectOf('before.yaml');
    const kinds = podKinds([subject.map]);
    expect(kinds).toHaveLength(3);
    for (const index of kinds.keys()) {
      await page.locator('#pods').selectOption({ index });
      await same(page, subject, index, bounds(subject));
    }
  });

  /** The first and the last addresses of everything that rules are about, and those beside them. */
  function bounds({ map }: Subject): number[] {
    const sets = [...map.asked[4].layers.map(({ set }) => set), ...map.egress.map(({ destinations }) => destinations)];
    const edges = sets.flatMap(set => [...set.bounds]);
    return edges.flatMap(word => [word, (word - 1) >>> 0]);
  }

  async function same(page: Page, { map }: Subject, kind: number, words: readonly number[]): Promise<void> {
    const texts = words.map(word => formatAddress({ family: 4, words: Uint32Array.of(word) }));
    const said = await explained(page, words);
    const pod = podKinds([map])[kind];
    for (const [i, text] of texts.entries()) {
      const at = address(text);
      const { decision } = explain(map, pod, IntervalSet.fromRange(at, at))[0]!;
      expect(said[i]).toContain(`${text}: ${treatmentWord(decision.treatment)}, leaves with `);
      expect(said[i]).toContain(`, decided by ${ruleText(decision)}`);
    }
  }

  test('the mouse tells about the address below it', async () => {
    const { page } = await open('one', '', { viewport: { width: 1280, height: 1600 } });
    const box = (await page.locator('#map-canvas').boundingBox())!;
    for (const text of ['10.128.0.0', '172.20.1.1', '10.96.128.0', '203.0.113.7', '250.1.2.3']) {
      const { x, y } = pointOf(address(text).words[0]!);
      await page.mouse.move(box.x + ((x + 0.5) / SIDE) * box.width, box.y + ((y + 0.5) / SIDE) * box.height);
      const where = page.locator('#detail .where');
      const away = async () => {
        const near = pointOf(address((await where.textContent())!).words[0]!);
        return Math.hypot(near.x - x, near.y - y);
      };
      await expect.poll(away, PATIENCE).toBeLessThan((2 * SIDE) / box.width);
      const shown = (await where.textContent())!;
      const at = address(shown);
      const { decision } = explain(subjectOf('before.yaml').map, undefined, IntervalSet.fromRange(at, at))[0]!;
      expect(await page.locator('#detail').textContent()).toContain(decision.rule);
    }
  });

  test.each(['#rules', '#nothing-there'])('the map is there too where a link leads to %s', async hash => {
    const { page } = await open('one', hash);
    await expect.poll(() => page.locator('#detail').textContent(), PATIENCE).toContain('decided by');
    await page.locator('#ask-input').fill('10.0.0.1');
    await page.locator('#ask-input').press('Enter');
    await expect.poll(() => page.locator('#answer').textContent(), PATIENCE).toContain('10.0.0.1');
  });

  test('the map is painted as packets are treated', async () => {
    const { page } = await open('one', '#at=10.0.0.0/8', { deviceScaleFactor: 2 });
    const [corner, side] = [pointOf(address('10.0.0.0').words[0]!), SIDE / 16];
    const places = ['10.3.128.0', '10.200.128.0'].map(text => {
      const { x, y } = pointOf(address(text).words[0]!);
      return [(x - corner.x + (corner.x % side)) / side, (y - corner.y + (corner.y % side)) / side];
    });
    const found = (await page.evaluate(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
      const canvas = document.getElementById('map-canvas');
      const context = canvas.getContext('2d');
      const at = ([x, y]) => [...context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data];
      done({ sharp: canvas.width / canvas.clientWidth, colours: ${JSON.stringify(places)}.map(at) });
    })))`)) as { sharp: number; colours: number[][] };
    expect(found.sharp).toBeCloseTo(2, 2);
    const [kept, masqueraded] = found.colours as [number[], number[]];
    expect(kept[2]! - kept[0]!).toBeGreaterThan(40);
    expect(masqueraded[0]! - masqueraded[2]!).toBeGreaterThan(40);
  });

  test('keys move, zoom in and out, and say where', async () => {
    const { page, wrong } = await open('one');
    await page.locator('#map-frame').focus();
    const crumb = page.locator('#crumbs [aria-current]');
    await expectText(crumb, 'All of IPv4');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await expectText(
      page.locator('#map-live'),
      /^33\.0\.0\.0: masqueraded, leaves with the address of its node, decided by/,
    );
    await page.keyboard.press('Enter');
    await expectText(crumb, '33.0.0.0/8');
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await expectText(crumb, /^33\..*\/12$/);
    await expect.poll(() => page.evaluate('location.hash'), PATIENCE).toMatch(/^#at=33\./);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await expectText(crumb, 'All of IPv4');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Home');
    await expectText(crumb, 'All of IPv4');
    expect(wrong).toEqual([]);
  });

  test('the wheel, a double click, a drag and the buttons move the map', async () => {
    const { page } = await open('one', '', { viewport: { width: 1280, height: 1600 } });
    const crumb = page.locator('#crumbs [aria-current]');
    const box = (await page.locator('#map-canvas').boundingBox())!;
    await page.mouse.dblclick(box.x + box.width * 0.22, box.y + box.height * 0.22);
    await expectText(crumb, '10.0.0.0/8');
    await page.mouse.wheel(0, -500);
    await expectText(crumb, /\/10$/);
    const { x, y } = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const shown = await page.locator('#detail .where').textContent();
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 200, y + 100, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(x, y);
    await expect.poll(() => page.locator('#detail .where').textContent(), PATIENCE).not.toBe(shown);
    await page.locator('#zoom-out').click();
    await page.locator('#zoom-out').click();
    await page.locator('#zoom-out').click();
    await expectText(crumb, /\/[246]$/);
    await page.locator('#zoom-all').click();
    await expectText(crumb, 'All of IPv4');
    await page.locator('#looks button', { hasText: '10.192.0.0/12' }).click();
    await expectText(crumb, '10.192.0.0/12');
    await page.locator('#crumbs button', { hasText: '10.0.0.0/8' }).click();
    await expectText(crumb, '10.0.0.0/8');
  });

  test('a search for an address and for a block tells what explain tells', async () => {
    const { page } = await open('one');
    const subject = subjectOf('before.yaml');
    for (const text of ['10.200.3.4', '10.192.0.0/10', 'fd00:10:244::1', 'fd00::/8', '203.0.113.0/24']) {
      await ask(page, text);
      await expectText(page.locator('#answer h2'), `Packets to ${text}`);
      const to = text.includes('/') ? blockOf(text) : IntervalSet.fromRange(address(text), address(text));
      const told = (await page.locator('#answer').textContent())!;
      for (const pod of podKinds([subject.map])) {
        for (const { decision } of explain(subject.map, pod, to)) expect(told).toContain(decision.rule);
      }
    }
    await expectText(page.locator('#crumbs [aria-current]'), '203.0.113.0/24');
  });

  function blockOf(text: string): IntervalSet {
    const parsed = parseCidr(text);
    if (!parsed.ok) throw new Error(parsed.fault.message);
    return IntervalSet.ofCidr(parsed.value);
  }

  test.each(['10.0.0.1/8', '256.0.0.1', '010.0.0.0/8', '10.0.0.0/33', 'fd00::g', '::1::'])(
    'a search for %s says what masq says of it',
    async text => {
      const { page } = await open('one');
      await ask(page, text);
      const parsed = parseCidr(text.includes('/') ? text : `${text}/32`);
      expect(parsed.ok).toBe(false);
      await expect.poll(() => page.locator('#ask-error').textContent(), PATIENCE).toContain(`"${text}"`);
      expect(await page.locator('#answer').isVisible()).toBe(false);
      expect(await page.locator('#ask-input').getAttribute('aria-invalid')).toBe('true');
    },
  );

  test('a search finds places, rules and clusters, and says what it does not find', async () => {
    const { page } = await open('fleet');
    await ask(page, 'services');
    await expectText(page.locator('#crumbs [aria-current]'), '10.120.0.0/22');
    await ask(page, 'C-17');
    await expectSoon(() => page.locator('#cluster').inputValue(), 'c-17');
    await ask(page, 'preserve[3]');
    await expectText(page.locator('#answer h2'), /preserve\[3\]/);
    await ask(page, 'servces');
    await expectText(page.locator('#ask-error'), /Did you mean "services"\?$/);
  });

  test('a search asks every cluster, and tells in which ones it is otherwise', async () => {
    const { page, wrong } = await open('three');
    await ask(page, '192.0.2.9');
    const said = page.locator('#answer .everywhere');
    await expectText(said, /^As below in 1 of 3 clusters\. Otherwise in 2:\s*masqueraded: alpha, gamma$/);
    await said.locator('a', { hasText: 'alpha' }).click();
    await expectSoon(() => page.locator('#cluster').inputValue(), 'alpha');
    await expectText(
      said,
      /^As below in 2 of 3 clusters: alpha, gamma\. Otherwise in 1:\s*masqueraded → masqueraded, but of some pods SNAT to 192\.168\.1\.100: beta$/,
    );
    await ask(page, '10.1.2.3');
    await expectText(said, 'The same in all 3 clusters.');
    await ask(page, 'fd00:8::1');
    await expectText(said, /Otherwise in 1:\s*preserved → masqueraded: gamma$/);
    expect(await axe(page)).toEqual([]);
    expect(wrong).toEqual([]);
  });

  test('a search lets the page do other things, tells how far it is, and ends when another one begins', async () => {
    const { page, wrong } = await open('fleet');
    const text = (selector: string) => page.locator(selector).textContent();
    // A clock that runs so fast that there is a pause before each cluster, and pauses that end when the test says.
    await page.evaluate(`(() => {
      let time = 0;
      performance.now = () => (time += 100);
      window.due = [];
      window.setTimeout = then => window.due.push(then);
      window.goOn = () => { for (const then of window.due.splice(0)) then(); };
    })()`);
    await ask(page, '10.120.0.1');
    expect(await text('#ask-progress')).toBe('Searched 1 of 70 clusters…');
    expect(await text('#answer h2')).toBe('Packets to 10.120.0.1');
    expect(await page.locator('#answer').getAttribute('aria-busy')).toBe('true');
    for (let i = 0; i < 3; i++) await page.evaluate('goOn()');
    expect(await text('#ask-progress')).toBe('Searched 4 of 70 clusters…');
    expect(await text('#answer .everywhere')).toMatch(/^The same in all \d clusters that were asked so far\.$/);
    await ask(page, 'no such thing');
    expect(await page.locator('#answer').isVisible()).toBe(false);
    await ask(page, '10.128.0.1');
    for (let i = 0; i < 100; i++) await page.evaluate('goOn()');
    expect(await text('#answer h2')).toBe('Packets to 10.128.0.1');
    expect(await text('#answer .everywhere')).toBe('The same in all 70 clusters.');
    expect(await text('#ask-error')).toBe('');
    expect(await text('#ask-progress')).toBe('');
    expect(await page.locator('#answer').getAttribute('aria-busy')).toBeNull();
    expect(wrong).toEqual([]);
  });

  test.each([
    ['payments-to-bank', /payments-to-bank/, '203.0.113.0'],
    ['"payments-to-bank"', /payments-to-bank/, '203.0.113.0'],
    ['egress.policies[1]', /crawler-to-partner/, '198.51.100.0'],
    ["the company's network", /preserve\[0\]/, '10.0.0.0'],
    ['before.yaml:', /^Packets to the destinations of \d+ rules with "before\.yaml:"$/, undefined],
    ['10.200.0.1, 8.8.8.8;fd00::1', /^Packets to 10\.200\.0\.1, 8\.8\.8\.8 and fd00::1$/, '8.8.8.8'],
    ['10.200.0.1 8.8.8.8', /^Packets to 10\.200\.0\.1 and 8\.8\.8\.8$/, '8.8.8.8'],
    ['10.200.0.0 - 10.200.0.7', /^Packets to 10\.200\.0\.0 - 10\.200\.0\.7$/, '10.200.0.0'],
    ['public', /^Packets to public$/, undefined],
    ['Public, pods', /^Packets to public and pods$/, undefined],
    ['team=payments', /payments-to-bank/, '203.0.113.0'],
    ['team: payments', /payments-to-bank/, '203.0.113.0'],
    ['payments', /payments-to-bank/, '203.0.113.0'],
    ['Services', /services/, '10.96.0.0'],
  ] as const)('a search finds %s', async (text, title, first) => {
    const { page } = await open('one');
    await ask(page, text);
    await expectText(page.locator('#answer h2'), title);
    if (first !== undefined) await expectText(page.locator('#detail .where'), first);
  });

  test('a name that another cluster has leads there', async () => {
    const { page } = await open('three', '#cluster=alpha');
    await ask(page, 'fd00:7');
    await expectText(page.locator('#ask-error'), /^(?!$)/);
    await ask(page, 'gamma.yaml');
    await expectSoon(() => page.locator('#cluster').inputValue(), 'gamma');
    await expectText(page.locator('#answer .everywhere'), /Otherwise in 2:\s*no rule is about it: alpha, beta$/);
  });

  test('a link leads to the same again', async () => {
    const { page } = await open('fleet', '#cluster=c-9&at=10.0.0.0/8&ask=10.120.0.1');
    await expectSoon(() => page.locator('#cluster').inputValue(), 'c-9');
    await expectText(page.locator('#crumbs [aria-current]'), '10.0.0.0/8');
    await expectText(page.locator('#answer h2'), 'Packets to 10.120.0.1');
    await page.evaluate("location.hash = '#cluster=c-10&at=11.0.0.0/8'");
    await expectText(page.locator('#crumbs [aria-current]'), '11.0.0.0/8');
    await expectSoon(() => page.locator('#cluster').inputValue(), 'c-10');
    expect(await page.locator('#answer').isVisible()).toBe(false);
    expect(await page.locator('#ask-input').inputValue()).toBe('');
    await page.goBack();
    await expectText(page.locator('#answer h2'), 'Packets to 10.120.0.1');
    await expectSoon(() => page.locator('#cluster').inputValue(), 'c-9');
  });

  test('what was looked at is not written over the address that somebody goes to', async () => {
    const { page } = await open('fleet', '#cluster=c-9&at=10.0.0.0/8');
    const link = '#cluster=c-10&at=11.0.0.0/8';
    // The page's timers fire between the change of the address and the event that tells of it.
    const address = await page.evaluate(`(() => {
      const due = [];
      const { setTimeout } = window;
      window.setTimeout = then => due.push(then);
      document.getElementById('zoom-out').click();
      const isPending = due.length > 0;
      location.hash = '${link}';
      for (const then of due) then();
      window.setTimeout = setTimeout;
      return { isPending, hash: location.hash };
    })()`);
    expect(address).toEqual({ isPending: true, hash: link });
    await expectText(page.locator('#crumbs [aria-current]'), '11.0.0.0/8');
    await expectSoon(() => page.locator('#cluster').inputValue(), 'c-10');
    await page.locator('#zoom-out').click();
    await expect.poll(() => page.evaluate('location.hash'), PATIENCE).toMatch(/^#cluster=c-10&at=(?!11\.0\.0\.0\/8$)/);
  });

  test('a link to a part of the page leaves alone what is looked at', async () => {
    const { page } = await open('fleet', '#cluster=c-9&at=10.0.0.0/8');
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('location.hash'), PATIENCE).toBe('#cluster=c-9&at=10.0.0.0/8');
    await expectText(page.locator('#crumbs [aria-current]'), '10.0.0.0/8');
    await expectSoon(() => page.locator('#cluster').inputValue(), 'c-9');
    const parts = page.locator('.contents a');
    await expectSoon(() => parts.allTextContents(), ['IPv4', 'IPv6', 'Rules', 'All clusters']);
    for (const [i, id] of ['map', 'ipv6', 'rules', 'fleet'].entries()) {
      await parts.nth(i).click();
      await expectSoon(() => isSeen(page, `#${id}`), true);
    }
    await expect.poll(() => page.evaluate('location.hash'), PATIENCE).toBe('#cluster=c-9&at=10.0.0.0/8');
  });

  test('a link that means nothing does no harm', async () => {
    const { page, wrong } = await open('diff', '#cluster=no&at=10.0.0.1/8&from=99&show=else&%E0%A4%A');
    await expectText(page.locator('#crumbs [aria-current]'), 'All of IPv4');
    expect(wrong).toEqual([]);
  });

  test('one of many clusters is found by keys', async () => {
    const { page } = await open('fleet');
    const field = page.locator('#cluster');
    await field.focus();
    await page.keyboard.press('ArrowDown');
    await expectSoon(() => field.getAttribute('aria-expanded'), 'true');
    await expectText(page.locator('#cluster-left'), '70 clusters, of which 60 are listed: type a part of the name.');
    expect(await axe(page)).toEqual([]);
    await field.fill('c-6');
    const options = page.locator('#cluster-list [role=option]');
    await expectSoon(() => options.allTextContents(), ['c-6', ...Array.from({ length: 10 }, (_, i) => `c-6${i}`)]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expectSoon(() => field.inputValue(), 'c-60');
    await expectText(page.locator('#rules-of'), 'c-60, by the intent.');
    await field.fill('nothing');
    await expectText(page.locator('#cluster-left'), 'No cluster is called anything like "nothing".');
    await page.keyboard.press('Tab');
    await expectSoon(() => field.inputValue(), 'c-60');
  });

  test('the tree of IPv6 is driven by keys, and opened by a search', async () => {
    const { page } = await open('one');
    const tree = page.locator('#tree [role=tree]');
    const focused = () => page.evaluate('document.activeElement.dataset.block');
    await tree.locator('[tabindex="0"]').focus();
    await expectSoon(() => focused(), '::/0');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expectSoon(() => focused(), 'fc00::/7');
    await page.keyboard.press('ArrowLeft');
    await expectSoon(() => tree.locator('[data-block="fc00::/7"]').getAttribute('aria-expanded'), 'false');
    await expectSoon(() => tree.locator('[data-block="fd00:10:244::/56"]').isVisible(), false);
    await page.keyboard.press('End');
    await expectSoon(() => focused(), 'fe80::/10');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await expectSoon(() => tree.locator('[role=treeitem]:visible').count(), 1);
    await ask(page, 'fd00:10:244::7');
    await expectSoon(() => tree.locator('[aria-current]').getAttribute('data-block'), 'fd00:10:244::/56');
    await expectSoon(() => tree.locator('[data-block="fd00:10:244::/56"]').isVisible(), true);
    await expectSoon(() => tree.locator('[tabindex="0"]').count(), 1);
  });

  test('tables are filtered and sorted', async () => {
    const { page } = await open('one');
    const table = page.locator('table.rules').first();
    const first = () => table.locator('tbody tr:visible td').first().textContent();
    await page.locator('#filter').fill('podCIDRs');
    await expectText(page.locator('#filter-count'), /^6 of \d+ rules$/);
    await expectSoon(() => first(), '10.244.0.0/16');
    await page.locator('#filter').fill('');
    await table.locator('th button', { hasText: 'addresses' }).click();
    await expectSoon(() => table.locator('th[aria-sort]').textContent(), 'addresses');
    await expectSoon(() => first(), '192.168.1.0/24');
    await table.locator('th button', { hasText: 'addresses' }).click();
    await expect.poll(first, PATIENCE).toContain('::/0 minus');
    expect(await axe(page)).toEqual([]);
  });

  test('a filter unfolds the tables that have rows, hides those that have none, and then leaves them as they were', async () => {
    const { page } = await open('one');
    const tables = () =>
      page.evaluate(
        "[...document.querySelectorAll('details.pods')].map(one => (one.hidden ? 'away' : one.open ? 'open' : 'folded'))",
      );
    const before = (await tables()) as string[];
    expect(before[0]).toBe('open');
    expect(before.slice(1)).toContain('folded');
    await page.locator('#filter').fill('egress.policies[0]');
    await expectText(page.locator('#filter-count'), /^[1-9]\d* of \d+ rules$/);
    expect((await tables()) as string[]).toContain('open');
    expect((await tables()) as string[]).not.toContain('folded');
    expect(await page.locator('details.pods:visible:not(:has(tbody tr:visible))').count()).toBe(0);
    await page.locator('#filter').fill('');
    await expectSoon(tables, before);
  });

  test('a diff shows what changes, and both sides', async () => {
    const { page, wrong } = await open('diff');
    await expectText(page.locator('.lede').first(), '1 cluster changed; 1 cluster compared.');
    const changes = (await page.locator('#changes').textContent())!;
    for (const part of ['10.201.0.0/16', 'preserved → masqueraded', '192.0.2.0/24', 'SNAT to 192.168.1.100'])
      expect(changes).toContain(part);
    expect(changes).toContain('masq explain after.yaml --to 10.201.0.1');
    await expectText(page.locator('#detail .where'), '10.201.0.0');
    await expectText(page.locator('#legend'), /no change.*preserved → masqueraded/s);
    await page.locator('#look label', { hasText: 'Before' }).click();
    await expectText(page.locator('#detail'), /^10\.201\.0\.0\s*preserved/);
    await expectText(page.locator('#rules-of'), 'kubernetes-egress-gateway, by the intent, before.');
    await page.locator('#look label', { hasText: 'After' }).click();
    await expectText(page.locator('#detail'), /^10\.201\.0\.0\s*masqueraded/);
    await expect.poll(() => page.evaluate('location.hash'), PATIENCE).toContain('show=after');
    await ask(page, '10.201.0.1');
    await expectSoon(() => page.locator('#answer .side').count(), 2);
    await page.locator('#pods').selectOption({ index: 1 });
    await page.locator('#look label', { hasText: 'What changes' }).click();
    await expectText(page.locator('#legend'), /masqueraded → SNAT to 192\.168\.1\.100/);
    expect(wrong).toEqual([]);
  });

  test('a comparison opens on the first cluster and the first pods for which something changes', async () => {
    const { page } = await open('three');
    await expectSoon(() => page.locator('#cluster').inputValue(), 'beta');
    await expectSoon(() => page.locator('#pods option:checked').textContent(), BANKER);
    await expectText(page.locator('#detail .where'), '192.0.2.9');
    await expectText(page.locator('#legend'), /masqueraded → SNAT to 192\.168\.1\.100\s*1 IPv4/);
    await expectSoon(() => page.evaluate('location.hash'), '');
    await expectText(page.locator('details.pods[open] h3'), BANKER);
  });

  test('a change, and the name of a cluster, lead to where it is to be seen', async () => {
    const { page, wrong } = await open('three', '#cluster=alpha');
    const cluster = () => page.locator('#cluster').inputValue();
    await expectSoon(cluster, 'alpha');
    await page.locator('#changes a', { hasText: '192.0.2.9' }).click();
    await expectSoon(cluster, 'beta');
    await expectSoon(() => page.locator('#pods option:checked').textContent(), BANKER);
    await expectText(page.locator('#detail .where'), '192.0.2.9');
    await expectText(page.locator('#crumbs [aria-current]'), '192.0.2.0/24');
    await expectSoon(() => page.evaluate('document.activeElement.id'), 'map');
    await expectSoon(() => isSeen(page, '#map-frame'), true);
    await page.locator('#changes a', { hasText: 'gamma' }).click();
    await expectSoon(cluster, 'gamma');
    await page.locator('#changes a', { hasText: 'fc00::/7' }).focus();
    await page.keyboard.press('Enter');
    await expectText(page.locator('#answer h2'), 'Packets to fc00::/8');
    await expectSoon(() => page.evaluate('document.activeElement.id'), 'answer');
    await expectText(page.locator('#tree [aria-current] code').first(), 'fc00::/7');
    await page.goBack();
    await page.goBack();
    await expectSoon(cluster, 'beta');
    expect(wrong).toEqual([]);
  });

  /** Whether the top of something is within the window. */
  async function isSeen(page: Page, selector: string): Promise<boolean> {
    const top = (await page.locator(selector).boundingBox())!.y;
    return top >= 0 && top < page.viewportSize()!.height;
  }

  test.each([400, 320])('at %i pixels what happens to packets is seen without scrolling sideways', async width => {
    const { page } = await open('three', '', { viewport: { width, height: 800 } });
    await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true");
    for (const selector of [
      '#changes .verdict',
      '#changes .command',
      'table.rules .treatment',
      'table.rules td:last-child',
    ]) {
      const [any, ...others] = await page.locator(selector).all();
      for (const one of [any!, ...others]) {
        const box = (await one.boundingBox())!;
        expect(box.x, selector).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width, selector).toBeLessThanOrEqual(width);
      }
    }
    const wide = `[...document.querySelectorAll('.scroller, .tree')].filter(one => one.scrollWidth > one.clientWidth).length`;
    expect(await page.evaluate(wide)).toBe(0);
  });

  test('what is drawn apart is pointed at first', async () => {
    const { page } = await open('one');
    await expectText(page.locator('#detail .where'), '10.0.0.0');
  });

  test('one address is told as one, and a huge number as a power of two that tells its digits', async () => {
    const { page } = await open('three');
    await expectText(page.locator('#changes a', { hasText: '192.0.2.9' }), '192.0.2.9');
    await expectText(page.locator('#detail dl').last(), /^alike around it\s*192\.0\.2\.9 one address/);
    await page.locator('#look label', { hasText: 'After' }).click();
    const count = page.locator('#legend [title]').first();
    const [shown, digits] = [(await count.textContent())!, (await count.getAttribute('title'))!];
    const subject = readSubjects([{ file: 'b', text: readFileSync(file('three/after/beta.yaml'), 'utf8') }])
      .subjects[0]!;
    const masqueraded = subject.map.base[6].where(({ treatment }) => treatment.kind === 'masquerade').count();
    expect(digits).toBe(String(masqueraded));
    expect(shown).toMatch(/2[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+$/);
    await expectText(
      page.locator('#changes .hint').last(),
      'about 2\u00b9\u00b2\u00b9 IPv6 addresses; in unique-local',
    );
    const exact = (await page.locator('#changes .hint [title]').last().getAttribute('title'))!;
    expect(2n ** 121n - BigInt(exact)).toBe(2n ** 80n + 2n ** 72n + 2n ** 16n);
  });

  test('colours are chosen by the reader', async () => {
    const { page } = await open('one', '', { colorScheme: 'light' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    await expectSoon(() => ground(), 'rgb(247, 246, 243)');
    await page.locator('#theme label', { hasText: 'Dark' }).click();
    await expectSoon(() => ground(), 'rgb(19, 22, 26)');
    expect(await axe(page)).toEqual([]);
    await page.locator('#theme label', { hasText: 'Light' }).click();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectSoon(() => ground(), 'rgb(247, 246, 243)');
    await page.locator('#theme label', { hasText: 'System' }).click();
    await expectSoon(() => ground(), 'rgb(19, 22, 26)');
  });

  test('on paper everything is unfolded, and nothing is to be clicked', async () => {
    const { page } = await open('one');
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    for (const id of ['ask', 'theme', 'filter-field', 'zoom-in'])
      expect(await page.locator(`#${id}`).isVisible(), id).toBe(false);
    expect(await page.locator('table.rules').count()).toBe(3);
    for (const table of await page.locator('table.rules').all()) expect(await table.isVisible()).toBe(true);
    expect(await page.locator('#map-canvas').isVisible()).toBe(true);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(31, 36, 44)');
    await page.screenshot({ path: join(SHOTS, 'one-print.png'), fullPage: true });
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000);
  });

  test('without scripts there is the picture of what changes first', async () => {
    const { page } = await open('three', '', { javaScriptEnabled: false });
    expect(await page.locator('noscript').textContent()).toContain(
      'beta; what changes is shown for packets from a pod',
    );
    expect(await page.locator('svg.masq-map > title').textContent()).toMatch(
      /^IPv4, beta, packets from a pod in a namespace labelled/,
    );
    expect(await page.locator('svg.masq-map').textContent()).toContain(
      'masqueraded → SNAT to 192.168.1.100 1 addresses',
    );
    expect(await page.locator('#changes a').count()).toBe(0);
  });

  test('without scripts there are the picture, the tree and the tables', async () => {
    const { page } = await open('diff', '', { javaScriptEnabled: false });
    expect(await page.locator('svg.masq-map').isVisible()).toBe(true);
    expect(await page.locator('#ask').isVisible()).toBe(false);
    expect(await page.locator('noscript').textContent()).toContain('Scripts are off');
    for (const id of ['changes', 'tree', 'tables']) expect(await page.locator(`#${id}`).isVisible(), id).toBe(true);
    await page.screenshot({ path: join(SHOTS, 'diff-no-script.png'), fullPage: true });
  });

  async function ask(page: Page, text: string): Promise<void> {
    await page.locator('#ask-input').fill(text);
    await page.locator('#ask-input').press('Enter');
  }
});

/** A machine with much else to do may take so long; one that has not takes no time. */
const PATIENCE = { timeout: 30_000 };

async function expectText(locator: ReturnType<Page['locator']>, wanted: string | RegExp): Promise<void> {
  await expect
    .poll(async () => (await locator.textContent())?.trim(), PATIENCE)
    .toEqual(typeof wanted === 'string' ? wanted : expect.stringMatching(wanted));
}

/** Waits until something is so: a page may need a moment to come to it. */
async function expectSoon<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  await expect.poll(read, PATIENCE).toEqual(wanted);
}
