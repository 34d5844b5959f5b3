import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PLACES, versionsIn } from '../../tools/release/places';
import { runJob } from '../ci/runner';
import { ROOT } from './packed';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'masq-release-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const name of [...PLACES.map(({ file }) => file), 'CHANGELOG.md']) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(ROOT, name), join(folder, name));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const edit = (name: string, from: string | RegExp, to: string) => {
  const text = read(name);
  expect(text).toMatch(from);
  writeFileSync(join(folder, name), text.replace(from, to));
};
const release = (...args: string[]) => {
  const program = ['--import', 'tsx', join(ROOT, 'tools/release.ts'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
};

test('what is committed names one version, and the changelog says something of it', () => {
  expect(release('--check')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('every place that names another version is told', () => {
  edit('README.md', `version: ${version}`, 'version: 9.9.9');
  edit('ci/gitlab.yml', `cdk8s-masq@${version}`, 'cdk8s-masq@9.9.8');
  edit('image/Dockerfile', /image\.version=.*/, 'image.other="1" \\');
  const { status, stderr } = release('--check');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^README\.md:\d+ says 9\.9\.9, package\.json \d/);
  expect(stderr).toMatch(/^ci\/gitlab\.yml:\d+ says 9\.9\.8, /m);
  expect(stderr).toMatch(/^image\/Dockerfile names no version any more: /m);
});

test('a tag has to be of the version, and the version of a day', () => {
  writeFileSync(join(folder, 'CHANGELOG.md'), '## [Unreleased]\n\n- news\n');
  const { status, stderr } = release('--check', '--tag', 'v9.9.9');
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `the tag is v9.9.9, package.json says ${version}\nCHANGELOG.md has no day for ${version}: run "npm run release -- ${version}"\n`,
  });
});

describe('a release', () => {
  beforeEach(() => edit('CHANGELOG.md', /^## \[Unreleased\]\n(\nTo be .*\n)?/m, '$&\n### Added\n\n- news\n'));

  test('writes its version everywhere, and its day; then it can be tagged', () => {
    const notes = release('--notes').stdout.replace(/^To be .*\n+/, '');
    expect(release('9.8.7')).toMatchObject({ status: 0, stderr: '' });
    for (const place of PLACES) {
      const found = versionsIn(read(place.file), place).map(other => other.version);
      expect(new Set(found), place.file).toEqual(new Set(['9.8.7']));
    }
    expect(JSON.parse(read('package-lock.json'))).toMatchObject({
      version: '9.8.7',
      packages: { '': { version: '9.8.7' } },
    });
    expect(read('CHANGELOG.md')).toMatch(/^## \[Unreleased\]\n\n## \[9\.8\.7\] - \d{4}-\d{2}-\d{2}\n\n### Added\n/m);
    expect(release('--check', '--tag', 'v9.8.7')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(release('--notes').stdout).toBe(notes);
  });

  test('is refused without news, twice, and under no version', () => {
    expect(release('1').stderr).toContain('usage: npm run release -- VERSION');
    release('9.8.7');
    expect(release('9.8.7')).toMatchObject({ status: 2, stderr: expect.stringMatching(/^9\.8\.7 was released on \d/) });
    const { status, stderr } = release('9.8.8');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'CHANGELOG.md says nothing of what is new: write it below "Unreleased"\n',
    });
  });
});

test('the workflow publishes after everything that has to hold, by identity and not by a secret of npm’s', () => {
  const text = readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8');
  const { jobs } = parse(text) as { jobs: Record<string, { needs?: string | string[]; steps: { run?: string }[] }> };
  const runs = (job: string) => jobs[job]!.steps.map(step => step.run ?? '').join('\n');
  expect(runs('test')).toContain('.ci/run');
  for (const job of ['package', 'image']) expect(jobs[job]!.needs).toBe('test');
  expect(runs('package')).toMatch(/^npm publish --provenance /m);
  expect(text).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
  expect(runs('image')).toMatch(
    /npm run image[\s\S]*skopeo copy[\s\S]*--preserve-digests[\s\S]*cosign sign --yes "\$IMAGE@/,
  );
  expect(runs('image')).toContain(
    'cosign attest --yes --type cyclonedx --predicate build/masq-agent.cdx.json "$IMAGE@',
  );
});

test.each([
  ['v0.2.0', 'latest', ''],
  ['v0.2.0-rc.1', 'next', ' --prerelease'],
])('%s is published as %s', (tag, channel, kind) => {
  for (const program of ['npm', 'gh']) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho ${program} "$@"\n`, { mode: 0o755 });
  }
  writeFileSync(join(folder, 'cdk8s-masq-0.2.0.tgz'), '');
  const said = (job: string) =>
    runJob(join(ROOT, '.github/workflows/release.yml'), job, {
      folder,
      contexts: { github: { ref_name: tag, token: '', repository: 'we/masq' } },
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    }).at(-1)!.output;
  expect(said('package')).toBe(`npm publish --provenance --access public --tag ${channel} ./cdk8s-masq-0.2.0.tgz\n`);
  expect(said('notes')).toBe(`gh release create ${tag} --verify-tag --title ${tag} --notes-file notes.md${kind}\n`);
});
