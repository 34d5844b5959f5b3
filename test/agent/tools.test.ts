import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ENDING = /\n$/;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'masq-tools-'));
  for (const name of ['agent', 'core', 'image', 'schemas', 'tools', 'package.json', 'tsconfig.json']) {
    cpSync(name, join(root, name), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  mkdirSync(join(root, 'bin'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs one of the programs that build in a copy of the repository, with the programs of its folder bin/ alone. */
function build(name: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', `tools/build-${name}.ts`, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: join(root, 'bin'), ...env },
  });
  return { status, said: stderr.replace(ENDING, '') };
}

function program(name: string, script: string): void {
  writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(root, 'bin', name), 0o755);
}

/** What lies in build/, but for locks. */
function built(): string[] {
  const folder = join(root, 'build');
  return existsSync(folder) ? readdirSync(folder).filter(name => !name.endsWith('.lock')) : [];
}

describe.each(['agent', 'image'])('npm run build of the %s', name => {
  test('says which packages to install', () => {
    // Those who are not root need one more.
    const user = process.getuid?.() === 0 ? '' : ' uidmap';
    const { status, said } = build(name);
    expect(status).toBe(1);
    expect(said).toMatch(/^mmdebstrap and flock.* are missing; run "apt-get install mmdebstrap util-linux/);
    expect(said.endsWith(`util-linux${user}"`)).toBe(true);
    expect(built()).toEqual([]);
  });

  test('says why no Debian can be made, leaves nothing, and removes what a killed one left', () => {
    program('flock', 'shift; exec "$@"');
    program('newuidmap', '');
    for (const tool of ['sh', 'rm']) symlinkSync(`/bin/${tool}`, join(root, 'bin', tool));
    program(
      'mmdebstrap',
      'test "$1" = --unshare-helper && { shift; exec "$@"; }; : >build/made; echo I: first >&2; echo E: no mirror >&2; exit 7',
    );
    expect(build(name)).toEqual({
      status: 1,
      said: expect.stringMatching(/^mmdebstrap cannot make build\/trixie-\w+: E: no mirror$/),
    });
    expect(built()).toEqual(['made']);
    const [, system] = /(build\/trixie-\w+):/.exec(build(name).said)!;
    mkdirSync(join(root, `${system}.123/usr`), { recursive: true });
    build(name);
    expect(built()).toEqual(['made']);
  });

  test('says what the Debian has to have that is named to it', () => {
    const system = join(root, 'debian');
    expect(build(name, [], { MASQ_DEBIAN: system })).toEqual({
      status: 1,
      said: `MASQ_DEBIAN is "${system}", which is no Debian; name one with all of image/packages`,
    });
    mkdirSync(join(system, 'var/lib/dpkg/info'), { recursive: true });
    writeFileSync(join(system, 'var/lib/dpkg/status'), '');
    expect(build(name, [], { MASQ_DEBIAN: system })).toEqual({
      status: 1,
      said: expect.stringMatching(/ failed: [^\n]*; MASQ_DEBIAN has to name a Debian with all of image\/packages$/),
    });
  });

  test('refuses a wrong call', () => {
    const options = name === 'agent' ? '--arch' : '--arch, --revision, --source, --tree';
    expect(build(name, ['--fast'])).toEqual({
      status: 2,
      said: `Unknown option '--fast'; the options are ${options}`,
    });
    expect(build(name, ['arm64'])).toEqual({
      status: 2,
      said: `Unexpected argument 'arm64'; the options are ${options}`,
    });
    expect(build(name, ['--arch'])).toEqual({
      status: 2,
      said: `Option '--arch <value>' argument missing; the options are ${options}`,
    });
  });
});

describe('npm run image', () => {
  test('writes a tree into no folder that has something already', () => {
    mkdirSync(join(root, 'full/x'), { recursive: true });
    expect(build('image', ['--tree', 'full'])).toEqual({
      status: 2,
      said: '"full" is not empty; remove it, or name another folder',
    });
    expect(build('image', ['--tree=package.json'])).toEqual({
      status: 2,
      said: '"package.json" is no folder to write to (ENOTDIR)',
    });
  });

  test('refuses a date that is none', () => {
    for (const date of ['yesterday', '-1', '1e3', '8640000000001']) {
      const said = `SOURCE_DATE_EPOCH is "${date}"; write seconds since 1970, such as 1767225600`;
      expect(build('image', [], { SOURCE_DATE_EPOCH: date })).toEqual({ status: 2, said });
    }
  });
});
