import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { intent, ROOT, sandbox } from './sandbox';

const box = sandbox();
const wide = intent('wide', '[10.0.0.0/8, 172.16.0.0/12]').replace('name: wide', 'name: one');

describe('masq report', () => {
  test('writes a page for what is named, and says so', () => {
    box.write('one.yaml', intent('one'));
    const { status, stdout, stderr } = box.masq('report', 'one.yaml');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^wrote masq-report\.html: 1 cluster, \d+ KiB; open it in a browser\n$/);
    expect(box.read('masq-report.html')).toMatch(/^<!doctype html>\n<!-- masq report -->\n<html lang="en">/);
    expect(box.list()).toEqual(['masq-report.html', 'one.yaml']);
  });

  test('takes what the settings name', () => {
    box.write('.masq.yaml', 'intents: [intents]\n');
    box.write('intents/a.yaml', intent('a'));
    box.write('intents/b.yaml', intent('b'));
    expect(box.masq('report').stdout).toContain('2 clusters');
  });

  test('is the same for the same files, and needs no network', () => {
    box.write('one.yaml', intent('one'));
    const page = box.masq('report', 'one.yaml', '-o', '-').stdout;
    expect(box.masq('report', 'one.yaml', '-o', '-').stdout).toBe(page);
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/\b(?:https?|wss?):\/\//);
  });

  test('writes over a report, and over nothing else', () => {
    box.write('one.yaml', intent('one'));
    box.write('notes.html', '<p>mine</p>');
    expect(box.masq('report', 'one.yaml', '-o', 'notes.html')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'masq: "notes.html" is no report of masq and is left as it is; name another file with -o\n',
    });
    expect(box.read('notes.html')).toBe('<p>mine</p>');
    expect(box.masq('report', 'one.yaml', '-o', 'out/r.html')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'masq: "out/r.html" cannot be written: there is no folder "out"; make it first\n',
    });
    box.write('out/.keep', '');
    expect(box.masq('report', 'one.yaml', '-o', 'out/r.html').status).toBe(0);
    box.write('one.yaml', wide);
    expect(box.masq('report', 'one.yaml', '-o', 'out/r.html').status).toBe(0);
    expect(box.read('out/r.html')).toContain('172.16.0.0/12');
    expect(box.masq('report', 'one.yaml', '-o', 'out').stderr).toBe(
      'masq: "out" is a folder; name a file in it with -o\n',
    );
  });

  test('is not called like a picture, nor a picture like it', () => {
    box.write('one.yaml', intent('one'));
    expect(box.masq('report', 'one.yaml', '-o', 'x.svg').stderr).toBe(
      'masq: "x.svg" is called like a picture, and a page is written; say --svg for the picture, or name a file such as masq-report.html\n',
    );
    expect(box.masq('report', '--svg', 'one.yaml', '-o', 'x.html').stderr).toBe(
      'masq: "x.html" is called like a page, and --svg writes a picture; name a file such as masq-report.svg, or leave --svg out\n',
    );
    expect(box.list()).toEqual(['one.yaml']);
  });

  test('shows what changes', () => {
    box.write('old.yaml', intent('one'));
    box.write('one.yaml', wide);
    expect(box.masq('report', '--before', 'old.yaml', 'one.yaml').status).toBe(0);
    const page = box.read('masq-report.html');
    expect(page).toContain('<h1>What changes for one</h1>');
    expect(page).toContain('masq explain one.yaml --to 172.16.0.1');
  });

  test('of many changes shows the first ones, folds others below a line, and names the clusters of the rest', () => {
    const names = Array.from({ length: 30 }, (_, i) => `cluster-${String(i).padStart(2, '0')}`);
    for (const [i, name] of names.entries()) {
      box.write(`before/${name}.yaml`, intent(name));
      box.write(`after/${name}.yaml`, intent(name, `[10.0.0.0/8, 172.16.${i}.0/24]`));
    }
    expect(box.masq('report', '--before', 'before', 'after').stderr).not.toContain('error');
    const changes = /<section id="changes">.*?<div id="controls"/s.exec(box.read('masq-report.html'))![0];
    expect(changes.split('<section class="changed">').length - 1).toBe(1);
    expect(
      changes.match(/<details class="changed"><summary><h3>cluster-\d\d<\/h3> <small>masqueraded → preserved</g),
    ).toHaveLength(19);
    for (const name of names) expect(changes).toContain(`>${name}</span>`);
    expect(changes).toMatch(
      /^<section id="changes"><h2>What changes<\/h2>\s*<ul class="index"><li><strong>masqueraded → preserved<\/strong> in 30 clusters: <span data-go="[^"]*">cluster-00</,
    );
  });

  test('says that nothing changes only where all of it is known', () => {
    box.write('a.save', '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n');
    box.write('one.yaml', intent('one'));
    const told = (side: string) => {
      const page = box.masq('report', '--before', side, side, '-o', '-').stdout;
      return /<h2>What changes<\/h2>\s*<p>(.*?)<\/p>/.exec(page)?.[1];
    };
    expect(told('one.yaml')).toBe('Nothing: every packet is treated as before.');
    expect(told('a.save')).toBe('Nothing that is known.');
  });

  test('is what masq diff --format html writes, whose exit code tells of changes', () => {
    box.write('old.yaml', intent('one'));
    box.write('one.yaml', wide);
    box.masq('report', '--before', 'old.yaml', 'one.yaml');
    const { status, stdout } = box.masq('diff', 'old.yaml', 'one.yaml', '--format', 'html');
    expect(status).toBe(1);
    expect(stdout).toBe(box.read('masq-report.html'));
    expect(box.masq('diff', 'old.yaml', 'old.yaml', '--format', 'html').status).toBe(0);
  });

  test('refuses what it cannot show', () => {
    box.write('one.yaml', intent('one'));
    box.write('two.yaml', intent('two'));
    const said = (...args: string[]) => box.masq('report', ...args);
    expect(said('one.yaml', '--cluster', 'onne').stderr).toBe(
      'masq: --cluster "onne" is none of the clusters; did you mean "one"?\n',
    );
    expect(said('one.yaml', 'two.yaml', '--svg').stderr).toBe(
      'masq: --svg is a picture of one cluster; name it with --cluster: there are one, two\n',
    );
    expect(said('one.yaml', '--from', 'app=web').stderr).toBe(
      'masq: --from and --namespace go with --svg; the page shows every kind of pods\n',
    );
    expect(said('nowhere.yaml').status).toBe(2);
    expect(said().status).toBe(2);
    expect(box.list()).toEqual(['one.yaml', 'two.yaml']);
  });
});

describe('masq report --svg', () => {
  test('writes a picture that says in words what it shows', () => {
    box.write('one.yaml', intent('one'));
    const { stdout } = box.masq('report', '--svg', 'one.yaml');
    expect(stdout).toMatch(/^wrote masq-report\.svg: 1 cluster, \d+ KiB; open it in a browser\n$/);
    const svg = box.read('masq-report.svg');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).toContain('<title id="masq-map-title">IPv4: one</title>');
    expect(svg).toContain('16,842,752 preserved');
    expect(svg.length).toBeLessThan(20_000);
  });

  test('gives numbers to outlines that have no room for a name, and tells them in the key', () => {
    box.write('one.yaml', intent('one'));
    const { stdout } = box.masq('report', '--svg', 'one.yaml', '-o', '-');
    const shown = [...stdout.matchAll(/<text class="label(?: before)?" [^>]*>(\d+)</g)].map(([, number]) => number);
    const told = [...stdout.matchAll(/<text class="number" [^>]*>(\d+)<\/text><text [^>]*>([^<]*)</g)];
    expect(new Set(shown)).toEqual(new Set(told.map(([, number]) => number)));
    expect(told.map(([, , text]) => text)).toContain('loopback 127.0.0.0/8');
    expect(told.map(([, , text]) => text)).not.toContain('class-e 240.0.0.0/4');
    expect(stdout).toContain('>class-e 240.0.0.0/4</text>');
    const height = Number(/ height="(\d+)"/.exec(stdout)![1]);
    const lines = [...stdout.matchAll(/<text class="number" x="7" y="(\d+)"/g)].map(([, y]) => Number(y));
    const [, top] = /<g transform="translate\(\d+ (\d+)\)">/.exec(stdout)!;
    expect(Number(top) + Math.max(...lines)).toBeLessThan(height);
  });

  test('shows the packets of a pod', () => {
    const args = ['--svg', '--from', 'role=crawler', '-n', 'team=search', '-o', '-'];
    const { stdout, stderr } = box.masq('report', join(ROOT, 'examples/kubernetes-egress-gateway'), ...args);
    expect(stderr).toBe('');
    expect(stdout).toContain('SNAT to 192.168.1.101 <tspan class="dim">128 addresses</tspan>');
  });

  test('of a comparison shows the first cluster and pods for which something changes', () => {
    const example = readFileSync(join(ROOT, 'examples/kubernetes-egress-gateway/intent.yaml'), 'utf8');
    for (const name of ['a', 'b']) {
      const named = example.replace('name: kubernetes-egress-gateway', `name: ${name}`);
      box.write(`old/${name}.yaml`, named);
      box.write(`new/${name}.yaml`, name === 'b' ? named.replace('[203.0.113.0/24]', '[192.0.2.0/24]') : named);
    }
    const { stdout } = box.masq('report', '--svg', '--before', 'old', 'new', '-o', '-');
    expect(stdout).toContain('What changes in IPv4: b</text>');
    expect(stdout).toContain('packets from a pod in a namespace labelled {team: payments}</text>');
    expect(stdout).toContain('masqueraded → SNAT to 192.168.1.100 <tspan class="dim">256 addresses</tspan>');
    expect(box.masq('report', '--svg', '--before', 'old', 'old', '-o', '-').stderr).toContain(
      '--svg is a picture of one cluster; name it with --cluster: there are a, b',
    );
  });

  test('is titled with what a dump is called, not where it lies', () => {
    box.write(
      'dumps/node.save',
      '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n',
    );
    expect(box.masq('report', '--svg', 'dumps/node.save', '-o', '-').stdout).toContain('IPv4: node.save</title>');
    expect(box.masq('report', 'dumps/node.save', '-o', '-').stdout).toContain('<h1>node.save</h1>');
  });

  test('of a comparison colours what changes', () => {
    box.write('old.yaml', intent('one'));
    box.write('one.yaml', wide);
    const { stdout } = box.masq('report', '--svg', '--before', 'old.yaml', 'one.yaml', '-o', '-');
    expect(stdout).toContain('What changes in IPv4: one');
    expect(stdout).toContain('masqueraded → preserved <tspan class="dim">1,048,576 addresses</tspan>');
  });

  test('the picture of what a pull request changes is what masq draws today', () => {
    const example = readFileSync(join(ROOT, 'examples/pull-request/intent.yaml'), 'utf8');
    box.write('before/shop.yaml', example);
    box.write('intents/shop.yaml', example);
    const patched = box.bash(`git init --quiet && git apply '${join(ROOT, 'examples/pull-request/change.patch')}'`);
    expect(patched).toEqual({ status: 0, stdout: '', stderr: '' });
    const { stdout } = box.masq('report', '--svg', '--before', 'before', 'intents', '-o', '-');
    isInDocs('diff.svg', stdout);
  });

  test('the page of what a pull request changes is what masq writes today', () => {
    box.write('intents/shop.yaml', readFileSync(join(ROOT, 'examples/pull-request/intent.yaml'), 'utf8'));
    box.write('.masq.yaml', 'intents: [intents]\n');
    const who = 'git -c user.name=a -c user.email=a@example.com';
    const steps = `git init -q -b main && git add -A && ${who} commit -qm one`;
    const patched = box.bash(`${steps} && git apply '${join(ROOT, 'examples/pull-request/change.patch')}'`);
    expect(patched).toEqual({ status: 0, stdout: '', stderr: '' });
    const { stdout } = box.masq('diff', 'git:main', '--format', 'html');
    isInDocs('diff-report.html', stdout);
  });

  test('the picture of the documentation is what masq draws today', () => {
    const { stdout } = box.masq('report', '--svg', join(ROOT, 'examples/kubernetes-egress-gateway'), '-o', '-');
    isInDocs('report.svg', stdout);
  });

  function isInDocs(name: string, text: string): void {
    const file = join(ROOT, 'docs', name);
    if (process.env.MASQ_UPDATE_DOCS === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8') === text, `docs/${name}; MASQ_UPDATE_DOCS=1 writes it`).toBe(true);
  }
});
