import * as fs from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { byteOrder, kindOf } from '../files';
import type { Invocation } from '../masq';
import { addOutput } from '../output';
import { readIfThere } from '../output/file-system';
import { commandLine } from '../shells';
import { refuse, stdout } from '../stdio';
import { appFiles } from './files';
import { type AppOptions, gitOpsWords, readAppOptions } from './options';
import { renderedFiles } from './rendered';

const MANIFEST = 'package.json';

/** `masq init --app`: makes a repository that passes its own checks at once, all of it or nothing. */
export function makeApp(invocation: Invocation): number {
  const options = readAppOptions(invocation);
  if (!('folder' in options)) return refuse(options);
  const { folder, force } = options;
  const there = (path: string): string | undefined => textOf(join(folder, path));
  const manifest = there(MANIFEST);
  const own = appFiles(titleOf(folder), options, manifest);
  const files = new Map([...own, ...renderedFiles(own, callsOf(options))]);
  const changed = [...files.keys()].filter(path => there(path) !== files.get(path));
  const inTheWay = changed.filter(path => path !== MANIFEST && there(path) !== undefined);
  if (inTheWay.length > 0 && !force) return refuse([refusal(inTheWay.sort(byteOrder))]);
  addOutput({ root: folder, folders: new Map(), files, owned: text => force || text === manifest });
  stdout.write(summary(options, changed.length, manifest !== undefined && changed.includes(MANIFEST)));
  return 0;
}

/** The calls of masq whose output a new app has from the start: the app itself runs when its packages are installed. */
function callsOf({ syncing }: AppOptions): readonly (readonly string[])[] {
  return [['synth', 'intents'], ...(syncing ? [['gitops', ...gitOpsWords(syncing)]] : [])];
}

/** A file's text; what is there and no file is for the writing to refuse. */
function textOf(path: string): string | undefined {
  return kindOf(path)?.isFile() ? readIfThere(path, fs)?.toString('utf8') : undefined;
}

/** The folder's name, as far as it is one that npm allows. */
function titleOf(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'clusters' : name.slice(0, 200);
}

function refusal(paths: readonly string[]): string {
  const names = paths.map(path => `"${path}"`).join(', ');
  const [are, them] = paths.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${names} ${are} there already; move ${them} away, name another folder with -o, or overwrite ${them} with --force`;
}

function summary({ folder, syncing }: AppOptions, written: number, completed: boolean): string {
  const where = folder === '.' ? '' : ` in ${folder}`;
  const files = `${written} file${written === 1 ? '' : 's'}`;
  const enter = resolve(folder) === resolve('.') ? [] : [commandLine(['cd', folder])];
  const next = [...enter, 'npm install', 'git init', 'pre-commit install', 'npx masq validate'];
  const note = syncing?.isExample ? `note: ${syncing.repo} is an example; write in .masq.yaml where yours is\n` : '';
  return `wrote ${files}${where}${completed ? ', package.json completed' : ''}; README.md says what is where
${note}next: ${next.join(' && ')}
`;
}
