import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json';
import { type Architecture, executable, ownArchitecture } from '../../tools/agent/executable';
import { isBuildable } from './runtimes';

/** What a build reads. */
const SOURCES = ['agent', 'core', 'image', 'schemas', 'tools', 'package.json', 'tsconfig.json'];
/** The machine's number in an ELF header, and qemu's name of it. */
const MACHINES: Readonly<Record<Architecture, readonly [elf: number, qemu: string]>> = {
  amd64: [62, 'x86_64'],
  arm64: [183, 'aarch64'],
};
const BUILD = ['--import', 'tsx', 'tools/build-agent.ts'];

const root = mkdtempSync(join(tmpdir(), 'masq-build-agent-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(isBuildable('quickjs'))('npm run build:agent', () => {
  const own = ownArchitecture();
  const other = own === 'amd64' ? 'arm64' : 'amd64';
  const folders = ['a', 'somewhere/else'].map(name => join(root, name));
  const built = (n: number, name: string): string => join(folders[n]!, 'build', name);

  beforeAll(async () => {
    await executable('agent/entry-quickjs.ts', own);
    for (const folder of folders) {
      mkdirSync(join(folder, 'build'), { recursive: true });
      for (const name of SOURCES) cpSync(name, join(folder, name), { recursive: true });
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
      // Debian systems take long to make.
      for (const name of readdirSync('build').filter(name => name.startsWith('trixie-'))) {
        symlinkSync(resolve('build', name), join(folder, 'build', name));
      }
      const { status, stderr } = spawnSync(process.execPath, BUILD, { cwd: folder, encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
  });

  test('gives the same bytes in every folder', () => {
    for (const name of ['masq-agent', 'masq-agent.cjs']) {
      expect(readFileSync(built(0, name)).equals(readFileSync(built(1, name))), name).toBe(true);
    }
  });

  test('gives a small executable that needs nothing else', () => {
    const file = built(0, 'masq-agent');
    expect(statSync(file).size).toBeLessThanOrEqual(3_000_000);
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(elf(readFileSync(file))).toEqual({ machine: MACHINES[own][0], isDynamic: false });
  });

  test.each([
    ['the executable', 'masq-agent'],
    ['the bundle for Node', 'masq-agent.cjs'],
  ])('%s runs', (_, name) => {
    const { stdout, status } = spawnSync(built(0, name), ['version'], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    expect({ stdout, status }).toEqual({ stdout: `masq-agent ${manifest.version}\n`, status: 0 });
    const wrong = spawnSync(built(0, name), ['verison'], { encoding: 'utf8' });
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('"verison"');
  });

  test('builds for another machine, which qemu is', async ({ skip }) => {
    const file = join(root, `masq-agent-${other}`);
    writeFileSync(file, await executable('agent/entry-quickjs.ts', other), { mode: 0o755 });
    expect(elf(readFileSync(file))).toEqual({ machine: MACHINES[other][0], isDynamic: false });
    const { stdout, error } = spawnSync(`qemu-${MACHINES[other][1]}`, [file, 'version'], { encoding: 'utf8' });
    if (error && process.env.CI) throw new Error(`qemu-user is missing: the executable for ${other} is not tested`);
    if (error) console.warn(`SKIPPED: qemu-user is missing, the executable for ${other} is not run`);
    skip(error !== undefined);
    expect(stdout).toBe(`masq-agent ${manifest.version}\n`);
  });

  test('refuses machines that it knows nothing of', () => {
    const { status, stderr } = spawnSync(process.execPath, [...BUILD, '--arch', 'riscv'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: '"riscv" is no architecture of the agent; write amd64 or arm64\n',
    });
  });
});

/** What an executable's header says. */
function elf(bytes: Buffer): { machine: number; isDynamic: boolean } {
  expect(bytes.subarray(0, 6).toString('latin1')).toBe('\x7fELF\x02\x01');
  const [table, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  const types = Array.from({ length: count }, (_, n) => bytes.readUInt32LE(table + n * size));
  const PT_INTERP = 3;
  return { machine: bytes.readUInt16LE(18), isDynamic: types.includes(PT_INTERP) };
}
