import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What `npm install` does where no registry is: the packages named are taken from this repository and its node_modules,
 * linked with their commands and written into package.json.
 */
const ROOT = join(__dirname, '../../..');
const PEERS = ['cdk8s', 'cdk8s-plus-27', 'constructs', 'yaml'];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: string | Readonly<Record<string, string>>;
  devDependencies?: Record<string, string>;
}

function install(name: string): string {
  const own = name === 'cdk8s-masq';
  const from = own ? ROOT : join(ROOT, 'node_modules', name);
  const to = join('node_modules', name);
  mkdirSync(dirname(to), { recursive: true });
  if (own) {
    for (const part of ['package.json', 'lib', 'schemas'])
      cpSync(join(from, part), join(to, part), { recursive: true });
    for (const peer of PEERS) symlinkSync(join(ROOT, 'node_modules', peer), join('node_modules', peer));
  } else symlinkSync(from, to);
  const { bin = {}, version } = manifest(from);
  mkdirSync('node_modules/.bin', { recursive: true });
  for (const [command, file] of Object.entries(typeof bin === 'string' ? { [name]: bin } : bin)) {
    symlinkSync(join('..', name, file), join('node_modules/.bin', command));
  }
  return version;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function main(names: readonly string[]): void {
  const project = manifest('.');
  for (const name of names) (project.devDependencies ??= {})[name] = `^${install(name)}`;
  writeFileSync('package.json', `${JSON.stringify(project, undefined, 2)}\n`);
  if (readdirSync('node_modules').length === 0) throw new Error('nothing was installed');
}

main(process.argv.slice(2).filter(argument => !argument.startsWith('-')));
