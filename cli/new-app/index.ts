import * as fs from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { andList } from '../../core/diagnostics';
import { byteOrder, kindOf } from '../files';
import type { Invocation } from '../masq';
import { addOutput } from '../output';
import { readIfThere } from '../output/file-system';
import { commandLine } from '../shells';
import { refuse, stdout } from '../stdio';
import { appFiles } from './files';
import { type AppOptions, gitOpsWords, readAppOptions } from './options';
import { renderedFiles } from './rendered';

const README = 'README.md';

/** What is completed where it is there already. */
const COMPLETED = ['package.json', '.gitignore'];

/** `masq init --app`: makes a repository that passes its own checks at once, all of it or nothing. */
export function makeApp(invocation: Invocation): number {
  const options = readAppOptions(invocation);
  if (!('folder' in options)) return refuse(options);
  const { folder, force } = options;
  const there = (path: string): string | undefined => textOf(join(folder, path));
  const before = new Map(COMPLETED.map(path => [path, there(path)]));
  const own = appFiles(titleOf(folder), options, there);
  const files = new Map([...own, ...renderedFiles(own, callsOf(options))]);
  const changed = [...files.keys()].filter(path => there(path) !== files.get(path));
  const inTheWay = changed.filter(path => !before.has(path) && there(path) !== undefined);
  if (inTheWay.length > 0 && !force) return refuse([refusal(inTheWay.sort(byteOrder))]);
  addOutput({ root: folder, folders: new Map(), files, owned: (text, path) => force || before.get(path) === text });
  const completed = changed.filter(path => before.get(path) !== undefined);
  stdout.write(summary(options, changed, completed));
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

function summary(options: AppOptions, written: readonly string[], completed: readonly string[]): string {
  const { folder, syncing, inRepository } = options;
  const where = folder === '.' ? '' : ` in ${folder}`;
  const files = `${written.length} file${written.length === 1 ? '' : 's'}`;
  const beside = completed.length === 0 ? '' : `, ${andList(completed)} completed`;
  const readme = written.includes(README) ? 'README.md says what is where' : 'README.md is left as it is';
  const enter = resolve(folder) === resolve('.') ? [] : [commandLine(['cd', folder])];
  const next = [
    ...enter,
    'npm install',
    ...(inRepository === undefined ? ['git init -b main'] : []),
    'pre-commit install',
    'npx masq validate',
  ];
  const note = syncing?.isExample ? `note: ${syncing.repo} is an example; write in .masq.yaml where yours is\n` : '';
  const below = inRepository
    ? 'note: this is a folder of a repository; CI and pre-commit read their files at its top alone: move them there\n'
    : '';
  return `wrote ${files}${where}${beside}; ${readme}
${note}${below}next: ${next.join(' && ')}
`;
}
