import { spawnSync } from 'node:child_process';
import {
  cpSync,
  lstatSync,
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
import { basename, dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json';
import { GNU, ownArchitecture } from '../../tools/agent/executable';
import { wordsOf } from '../../tools/agent/words';
import { imageConfig, imageFiles } from '../../tools/image/image';
import { loadedName, ociArchive, sha256 } from '../../tools/image/oci';
import type { Tree } from '../../tools/image/tree';
import { isBuildable } from '../agent/runtimes';
import { hasContainers } from './tools';

/** What a build reads. */
const SOURCES = ['agent', 'core', 'image', 'schemas', 'tools', 'package.json', 'tsconfig.json', 'LICENSE'];
const BUILD = ['--import', 'tsx', 'tools/build-image.ts'];
/** No more than this in all, with whatever an archive of it adds. */
const MOST_BYTES = 10_000_000;

/** The programs, which are links but for four files. */
const PROGRAMS = [
  ...['', '-nft', '-legacy'].flatMap(flavour =>
    ['iptables', 'ip6tables'].flatMap(name => ['', '-save', '-restore'].map(what => `${name}${flavour}${what}`)),
  ),
  ...['nft', 'xtables-nft-multi', 'xtables-legacy-multi'],
].sort();

interface Layout {
  readonly index: {
    readonly manifests: readonly { readonly digest: string; readonly annotations: object; readonly platform: object }[];
  };
  readonly config: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly architecture: string;
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
  readonly layer: Buffer;
}

describe.runIf(isBuildable('quickjs'))('the image', () => {
  const own = ownArchitecture();
  const root = mkdtempSync(join(tmpdir(), 'masq-image-'));
  const archive = join(root, 'image.tar');
  const config = imageConfig({ architecture: own });
  const files = join(root, 'files');
  let tree: Tree;
  let bill: string;
  let layout: Layout;

  beforeAll(async () => {
    ({ tree, bill } = await imageFiles(own));
    writeFileSync(archive, ociArchive(tree, config));
    layout = layoutOf(archive, join(root, 'layout'));
    mkdirSync(files);
    untar(layout.layer, files);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  describe('is small:', () => {
    test('the archive, with all that is in it', () => {
      expect(statSync(archive).size).toBeLessThanOrEqual(MOST_BYTES);
    });

    test('the files, as they are on a disk', () => {
      const { stdout } = spawnSync('du', ['-s', '--apparent-size', '--block-size=1', files], { encoding: 'utf8' });
      expect(Number.parseInt(stdout, 10)).toBeGreaterThan(5_000_000);
      expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(MOST_BYTES);
    });
  });

  describe('has only what is needed:', () => {
    test('programs', () => {
      expect(readdirSync(join(files, 'usr/sbin')).sort()).toEqual(PROGRAMS);
      expect(readdirSync(join(files, 'usr/bin'))).toEqual(['masq-agent']);
      const executables = tree.entries.filter(([, entry]) => entry.kind === 'file' && (entry.mode & 0o111) !== 0);
      const folders = new Set(executables.map(([path]) => dirname(path)));
      expect([...folders].filter(folder => !folder.startsWith('/lib64') && !folder.startsWith('/usr/lib/'))).toEqual([
        '/usr/bin',
        '/usr/sbin',
      ]);
    });

    test('nothing runs as somebody else, and nothing can be changed by others', () => {
      const { stdout } = spawnSync('tar', ['-tv', '--numeric-owner'], { input: layout.layer, encoding: 'utf8' });
      const lines = stdout.trim().split('\n');
      expect(lines.length).toBeGreaterThan(150);
      for (const line of lines) {
        expect(line).toMatch(/^(?:l|[d-](?:rwx|rw-)r[x-]{2}r[x-]{2}|[d-]rw[x-]r-[x-]r-[x-]).* 0\/0 .*1970-01-01/);
      }
      for (const [path, entry] of tree.entries) {
        if (entry.kind !== 'link') expect(entry.mode & 0o7022, path).toBe(0);
      }
    });

    test('links lead to what is there', () => {
      for (const [path, entry] of tree.entries) {
        if (entry.kind === 'link') expect(tree.at(resolve(dirname(path), entry.target)), path).toBeDefined();
      }
    });

    test('every program and library finds all that it calls, and every library is called', () => {
      const folder = `/usr/lib/${GNU[own]}`;
      const elves = tree.entries
        .filter(([path, entry]) => entry.kind === 'file' && entry.bytes.subarray(1, 4).toString() === 'ELF' && path)
        .map(([path]) => path);
      const loader = elves.find(path => basename(path).startsWith('ld-linux'))!;
      const found = new Set<string>();
      for (const path of elves.filter(path => path !== loader && path !== '/usr/bin/masq-agent')) {
        // Modules are loaded by programs that have the library of all modules already.
        const preload = path.includes('/xtables/') ? ['--preload', join(files, folder, 'libxtables.so.12')] : [];
        const { stdout, stderr, status } = spawnSync(
          join(files, loader),
          ['--inhibit-cache', '--library-path', join(files, folder), ...preload, '--list', join(files, path)],
          { encoding: 'utf8', env: { LD_BIND_NOW: '1', LD_WARN: '1' } },
        );
        expect({ path, stderr, status }).toEqual({ path, stderr: '', status: 0 });
        expect(stdout).not.toMatch(/not found|undefined symbol/);
        for (const [, library] of stdout.matchAll(/=> (\S+) \(/g)) {
          expect(library).toContain(files);
          if (basename(library!) !== basename(path)) found.add(basename(library!));
        }
      }
      const libraries = elves.filter(path => dirname(path) === folder).map(path => basename(path));
      expect([...found].filter(name => !name.startsWith('ld-linux')).sort()).toEqual(libraries.sort());
    });
  });

  describe('says what it is:', () => {
    test('in its configuration', () => {
      expect(layout.config.architecture).toBe(own);
      expect(layout.config.rootfs.diff_ids).toEqual([`sha256:${sha256(layout.layer)}`]);
      expect(layout.config.config).toEqual({
        Entrypoint: ['/usr/bin/masq-agent'],
        Env: ['PATH=/usr/sbin:/usr/bin'],
        WorkingDir: '/',
        Labels: {
          'org.opencontainers.image.title': 'masq-agent',
          'org.opencontainers.image.description': expect.any(String),
          'org.opencontainers.image.version': manifest.version,
          'org.opencontainers.image.licenses': manifest.license,
        },
      });
    });

    test('under one name, wherever the archive is loaded', () => {
      expect(loadedName(config)).toBe(`localhost/masq-agent:${manifest.version}`);
      const [image] = layout.index.manifests;
      expect(image).toMatchObject({
        annotations: {
          'io.containerd.image.name': loadedName(config),
          'org.opencontainers.image.ref.name': config.name,
        },
        platform: { os: 'linux', architecture: own },
      });
      // The other form of archive, which docker asks for: tools that know both prefer the first one.
      const { stdout, stderr } = spawnSync('tar', ['-xOf', archive, 'manifest.json'], { encoding: 'utf8' });
      expect({ stdout: JSON.parse(stdout || '""'), stderr }).toEqual({
        stdout: [
          {
            Config: expect.stringMatching(/^blobs\/sha256\/[0-9a-f]{64}$/),
            RepoTags: [loadedName(config)],
            Layers: [`blobs/sha256/${sha256(layout.layer)}`],
          },
        ],
        stderr: '',
      });
    });

    test('in the same words as the Dockerfile, which has the same packages and files', () => {
      const dockerfile = readFileSync('image/Dockerfile', 'utf8');
      const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
      const labels = Object.fromEntries(
        [...last.matchAll(/([\w.]+)="([^"]*)"/g)].map(([, name, text]) => [name, text]),
      );
      expect(labels).toEqual(config.labels);
      expect(last).toContain(`ENTRYPOINT ${JSON.stringify(config.entrypoint)}`);
      expect(last).toContain(`ENV PATH=${config.environment.PATH}`);
      expect(dockerfile).toContain("$(sed 's/#.*//' image/packages)");
      expect(dockerfile).toContain('MASQ_DEBIAN=/ npm run image -- --tree=/image');
      expect(dockerfile).not.toContain('mmdebstrap --');
    });

    test('with the licences of all that is in it', () => {
      const packages = readdirSync(join(files, 'var/lib/dpkg/status.d'));
      expect(packages).toEqual(expect.arrayContaining(['iptables', 'nftables', 'libc6']));
      for (const name of [...packages, 'libquickjs', 'libc6-dev', 'masq-agent']) {
        expect(readFileSync(join(files, 'usr/share/doc', name, 'copyright'), 'utf8').length, name).toBeGreaterThan(500);
      }
      const bundled = readFileSync(join(files, 'usr/share/doc/masq-agent/THIRD-PARTY-LICENSES.md'), 'utf8');
      expect([...bundled.matchAll(/^## (\S+)/gm)].map(([, name]) => name)).toEqual(['yaml']);
      expect(readdirSync(join(files, 'usr/share/common-licenses'))).toEqual(
        expect.arrayContaining(['GPL-2', 'LGPL-2.1', 'LGPL-3']),
      );
    });
  });

  describe('has a bill of materials', () => {
    const all = (components: readonly Component[] = []): Component[] =>
      components.flatMap(component => [component, ...all(component.components)]);

    test('in the image and beside it, as CycloneDX demands', () => {
      expect(readFileSync(join(files, 'usr/share/sbom/masq-agent.cdx.json'), 'utf8')).toBe(bill);
      const schemas = 'node_modules/@cyclonedx/cyclonedx-library/res/schema';
      const schema = (name: string): object =>
        JSON.parse(readFileSync(`${schemas}/${name}.SNAPSHOT.schema.json`, 'utf8')) as object;
      const ajv = new Ajv({ strict: false, validateFormats: false });
      for (const name of ['spdx', 'jsf-0.82']) {
        ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
      }
      const validate = ajv.compile(schema('bom-1.6'));
      expect(validate(JSON.parse(bill)), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...(JSON.parse(bill) as object), components: [{ name: 'x' }] })).toBe(false);
    });

    test('with every package and every file of code, and what they are made of', () => {
      const components = all((JSON.parse(bill) as { components: Component[] }).components);
      const names = components.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['libc6', 'libquickjs', 'libc6-dev', 'yaml', 'masq-agent']));
      for (const { type, name, version, purl, licenses } of components.filter(({ type }) => type === 'library')) {
        expect({ name, version, purl }).toEqual({
          name,
          version: expect.stringMatching(/^\d/),
          purl: expect.stringMatching(new RegExp(`^pkg:(?:deb/debian|npm)/${type && name}@`)),
        });
        expect(licenses!.length, name).toBeGreaterThan(0);
      }
      const hashes = new Map(components.map(({ name, hashes }) => [name, hashes?.[0]?.content]));
      for (const [path, entry] of tree.entries) {
        if (entry.kind !== 'file' || entry.bytes.subarray(1, 4).toString() !== 'ELF') continue;
        expect(hashes.get(path), path).toBe(sha256(entry.bytes));
      }
      const refs = components.map(component => component['bom-ref']);
      expect(new Set(refs).size).toBe(refs.length);
    });
  });

  test('is the same, byte for byte, wherever and whenever it is built', () => {
    const folders = ['a', 'somewhere/else'].map(name => join(root, name));
    const built = folders.map(folder => {
      mkdirSync(join(folder, 'build'), { recursive: true });
      for (const name of SOURCES) cpSync(name, join(folder, name), { recursive: true });
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
      for (const name of readdirSync('build').filter(name => name.startsWith('trixie-'))) {
        symlinkSync(resolve('build', name), join(folder, 'build', name));
      }
      const { status, stderr } = spawnSync(process.execPath, BUILD, { cwd: folder, encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(
        readdirSync(join(folder, 'build'))
          .filter(name => name.startsWith('masq-agent'))
          .sort(),
      ).toEqual(['masq-agent.cdx.json', 'masq-agent.oci.tar']);
      return readFileSync(join(folder, 'build/masq-agent.oci.tar'));
    });
    for (const bytes of built) expect(sha256(bytes)).toBe(sha256(readFileSync(archive)));
  });

  test('takes a revision, a source and a date, and no other architecture', () => {
    const told = { architecture: own, revision: 'abc123', source: 'https://git.example/masq', created: 1_700_000_000 };
    writeFileSync(join(root, 'told.tar'), ociArchive(tree, imageConfig(told)));
    const { config } = layoutOf(join(root, 'told.tar'), join(root, 'told'));
    expect(config).toMatchObject({ created: '2023-11-14T22:13:20.000Z' });
    expect(config.config.Labels).toMatchObject({
      'org.opencontainers.image.revision': 'abc123',
      'org.opencontainers.image.source': 'https://git.example/masq',
    });
    const { status, stderr } = spawnSync(process.execPath, [...BUILD, '--arch', 'riscv'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: '"riscv" is no architecture of the agent; write amd64 or arm64\n',
    });
  });

  test('gives its files alone, whole and once', () => {
    const folder = join(root, 'new/tree');
    const unpack = (): { status: number | null; stderr: string } => {
      const { status, stderr } = spawnSync(process.execPath, [...BUILD, '--tree', folder], { encoding: 'utf8' });
      return { status, stderr };
    };
    expect(unpack()).toEqual({ status: 0, stderr: '' });
    expect(readdirSync(join(root, 'new'))).toEqual(['tree']);
    for (const [path, entry] of tree.entries) {
      const found = lstatSync(join(folder, path));
      expect(found.isSymbolicLink() ? 'link' : found.isFile() ? 'file' : 'folder', path).toBe(entry.kind);
      if (entry.kind === 'file') expect(found.size, path).toBe(entry.bytes.length);
    }
    expect(unpack()).toEqual({ status: 2, stderr: `"${folder}" is not empty; remove it, or name another folder\n` });
  });

  test('is made for the other architecture too', async () => {
    const other = own === 'amd64' ? 'arm64' : 'amd64';
    const { tree: foreign } = await imageFiles(other);
    const machine = other === 'amd64' ? 62 : 183;
    const paths = (of: Tree, lib: string): string[] =>
      of.entries
        .map(([path]) => path.replace(lib, 'LIB'))
        .filter(path => !/ld-linux|\/lib(?:64)?$|\/libc6-dev/.test(path));
    expect(paths(foreign, GNU[other])).toEqual(expect.arrayContaining(paths(tree, GNU[own])));
    for (const [path, entry] of foreign.entries) {
      if (entry.kind === 'file' && entry.bytes.subarray(1, 4).toString() === 'ELF')
        expect(entry.bytes.readUInt16LE(18), path).toBe(machine);
    }
  });

  test('needs every package that it names', () => {
    const names = wordsOf('image/packages').map(([name]) => name);
    expect(names).toEqual(['gcc', 'libc6-dev', 'quickjs', 'libquickjs', 'iptables', 'nftables']);
  });

  describe.runIf(hasContainers())('is taken by', () => {
    const storage = ['--root', join(root, 'store'), '--runroot', join(root, 'run'), '--tmpdir', join(root, 'tmp')];
    // Mounts of its own end with it.
    const podman = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
      spawnSync('unshare', ['-m', 'podman', ...storage, '--runtime', 'runc', ...args], {
        encoding: 'utf8',
        env: podmanEnv,
      });
    const podmanEnv = { PATH: process.env.PATH, HOME: root, CONTAINERS_CONF: join(root, 'containers.conf') };
    const run = (...args: string[]): ReturnType<typeof podman> =>
      podman('run', '--rm', '--read-only', '--network=none', '--cap-drop=ALL', ...args);

    beforeAll(() => {
      const limits = '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=8192:8192"]\n';
      writeFileSync(join(root, 'containers.conf'), limits);
      expect(podman('load', '-q', '-i', archive)).toMatchObject({ status: 0 });
    });
    test('skopeo', () => {
      const copied = spawnSync('skopeo', ['copy', '-q', `oci-archive:${archive}`, `dir:${join(root, 'copied')}`]);
      expect(copied.status, String(copied.stderr)).toBe(0);
      const { stdout } = spawnSync('skopeo', ['inspect', `oci-archive:${archive}`], { encoding: 'utf8' });
      expect(JSON.parse(stdout)).toMatchObject({
        Digest: layout.index.manifests[0]!.digest,
        Architecture: own,
        Os: 'linux',
        Labels: config.labels,
      });
    });

    test('skopeo, as an archive of docker', () => {
      const reference = `docker-archive:${archive}:${loadedName(config)}`;
      const { stdout, stderr } = spawnSync('skopeo', ['inspect', '--config', '--raw', reference], { encoding: 'utf8' });
      expect({ config: JSON.parse(stdout || '""'), stderr }).toEqual({ config: layout.config, stderr: '' });
    });

    test('podman, under its name', () => {
      expect(podman('image', 'exists', loadedName(config)).status).toBe(0);
      const version = { status: 0, stdout: `masq-agent ${manifest.version}\n`, stderr: '' };
      expect(run(config.name, 'version')).toMatchObject(version);
      expect(run('--user=65532:65532', config.name, 'version')).toMatchObject(version);
    });

    test.each(PROGRAMS.filter(name => !name.startsWith('xtables-')))('who runs %s', name => {
      const { status, stdout, stderr } = run(`--entrypoint=${name}`, config.name, '--version');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const flavour = name.includes('legacy') ? 'legacy' : 'nf_tables';
      expect(stdout).toMatch(
        name === 'nft' ? /^nftables v1\./ : new RegExp(`^ip6?tables.* v1\\.8\\.\\d+ \\(${flavour}\\)`),
      );
    });

    test('nobody who wants a shell', () => {
      for (const name of ['sh', '/bin/sh', 'busybox']) {
        expect(run(`--entrypoint=${name}`, config.name, '-c', 'true').status, name).toBe(127);
      }
    });
  });
});

interface Component {
  readonly type: string;
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly object[];
  readonly hashes?: readonly { readonly content: string }[];
  readonly components?: readonly Component[];
}

/** An archive's parts, each found by the digest that another has of it. */
function layoutOf(archive: string, folder: string): Layout {
  mkdirSync(folder);
  untar(readFileSync(archive), folder);
  const blob = (digest: string): Buffer => {
    const bytes = readFileSync(join(folder, 'blobs/sha256', digest.replace('sha256:', '')));
    expect(`sha256:${sha256(bytes)}`).toBe(digest);
    return bytes;
  };
  const json = (bytes: Buffer): never => JSON.parse(bytes.toString()) as never;
  expect(json(readFileSync(join(folder, 'oci-layout')))).toEqual({ imageLayoutVersion: '1.0.0' });
  const index: Layout['index'] = json(readFileSync(join(folder, 'index.json')));
  expect(index.manifests).toHaveLength(1);
  const { config, layers }: { config: { digest: string }; layers: { digest: string; size: number }[] } = json(
    blob(index.manifests[0]!.digest),
  );
  expect(layers).toHaveLength(1);
  const layer = blob(layers[0]!.digest);
  expect(layer.length).toBe(layers[0]!.size);
  return { index, config: json(blob(config.digest)), layer };
}

function untar(bytes: Buffer, folder: string): void {
  const { status, stderr } = spawnSync('tar', ['-x', '-C', folder], { input: bytes });
  expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
}
