import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { notesOf, released } from './release/changelog';
import { PLACES, versionsIn, withVersion } from './release/places';

const CHANGELOG = 'CHANGELOG.md';
const VERSION = /^\d+\.\d+\.\d+(?:-[a-z]+\.\d+)?$/;
const NEXT = `Then: npm run bundle && npm run docs, commit, and tag the commit.\n`;

/**
 * `npm run release -- VERSION` writes a version wherever one is named, and the day into the changelog.
 * `npm run release -- --check` says where the version is another one; with `--tag TAG` also what of a tag is not ready.
 * `npm run release -- --notes` prints what the changelog says of the version.
 */
function main(argv: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { check: { type: 'boolean' }, tag: { type: 'string' }, notes: { type: 'boolean' } },
  });
  const version = String((JSON.parse(read('package.json')) as { version: string }).version);
  if (values.notes) process.stdout.write(`${notesOf(read(CHANGELOG), version).text}\n`);
  else if (values.check) return check(version, values.tag);
  else return prepare(positionals);
  return 0;
}

function check(version: string, tag: string | undefined): number {
  const faults = PLACES.flatMap(place => {
    const found = versionsIn(read(place.file), place);
    if (found.length === 0) return [`${place.file} names no version any more: mend tools/release/places.ts`];
    const others = found.filter(other => other.version !== version);
    return others.map(other => `${place.file}:${other.line} says ${other.version}, package.json ${version}`);
  });
  const { date, text } = notesOf(read(CHANGELOG), version);
  if (text === '') faults.push(`${CHANGELOG} says nothing of ${version}`);
  if (tag !== undefined) {
    if (tag !== `v${version}`) faults.push(`the tag is ${tag}, package.json says ${version}`);
    if (date === undefined) faults.push(`${CHANGELOG} has no day for ${version}: run "npm run release -- ${version}"`);
  }
  process.stderr.write(faults.map(fault => `${fault}\n`).join(''));
  return faults.length > 0 ? 1 : 0;
}

function prepare([version = '', ...more]: readonly string[]): number {
  const changelog = read(CHANGELOG);
  const fault = refusal(version, more, changelog);
  if (fault !== undefined) {
    process.stderr.write(`${fault}\n`);
    return 2;
  }
  for (const place of PLACES) writeFileSync(place.file, withVersion(read(place.file), place, version));
  writeFileSync(CHANGELOG, released(changelog, version, new Date().toISOString().slice(0, 10)));
  process.stdout.write(`${version} is written to ${PLACES.length + 1} files. ${NEXT}`);
  return 0;
}

function refusal(version: string, more: readonly string[], changelog: string): string | undefined {
  if (!VERSION.test(version) || more.length > 0) return `usage: npm run release -- VERSION, such as 0.2.0`;
  const { date, text } = notesOf(changelog, version);
  if (date !== undefined) return `${version} was released on ${date}`;
  return text === '' ? `${CHANGELOG} says nothing of what is new: write it below "Unreleased"` : undefined;
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

process.exitCode = main(process.argv.slice(2));
