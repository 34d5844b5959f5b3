import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A package registry of this machine alone, in a process of its own: masq as npm packs it, and beside it the packages
 * that it asks for, packed from node_modules. Prints its address, and ends with its standard input.
 */
const ROOT = join(__dirname, '../..');
const WANTED = ['cdk8s', 'cdk8s-plus-27', 'constructs', 'yaml'];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly optionalDependencies?: object;
}

interface Package extends Manifest {
  readonly manifest: Manifest;
  readonly tarball: Buffer;
}

function pack(folder: string): Package {
  const into = mkdtempSync(join(tmpdir(), 'masq-registry-'));
  try {
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', into];
    const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${folder} cannot be packed: ${stderr}`);
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    // The registry's word for what some write as "bundledDependencies"; npm knows no other in a registry's answer.
    const manifest = JSON.parse(text.replace('"bundledDependencies"', '"bundleDependencies"')) as Manifest;
    const tarball = readFileSync(join(into, readdirSync(into)[0]!));
    return { manifest, name: manifest.name, version: manifest.version, tarball };
  } finally {
    rmSync(into, { recursive: true });
  }
}

const packages = new Map(
  [ROOT, ...WANTED.map(name => join(ROOT, 'node_modules', name))].map(pack).map(found => [found.name, found]),
);

/** What the registry says of a package: its one version, and where that is. */
function packument({ name, version, manifest, tarball }: Package, origin: string): object {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  // cdk8s-plus-27 asks for a tool of its makers as an optional package; it is not among those that are served.
  const { optionalDependencies: _, ...said } = manifest;
  const dist = { tarball: `${origin}/${name}/-/${name}-${version}.tgz`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...said, dist } } };
}

const server = createServer(({ url = '', headers }, response) => {
  const [, name = '', rest] = url.split('/');
  const found = packages.get(decodeURIComponent(name));
  if (!found) response.writeHead(404).end('{}');
  else if (rest === '-') response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found.tarball);
  else {
    const body = JSON.stringify(packument(found, `http://${headers.host}`));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}`);
});
process.stdin.resume().on('end', () => process.exit());
