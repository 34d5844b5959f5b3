import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './packed';

interface Locked {
  readonly version?: string;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** Whether a package that another one depends on has an entry, beside it or in a folder above. */
function isLocked(from: string, name: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at}${at === '' ? '' : '/'}node_modules/${name}`]?.version !== undefined) return true;
    if (at === '') return false;
  }
}

test('the lock file has every package, also those of other systems: "npm ci" refuses it elsewhere if one is missing', () => {
  const missing = Object.entries(packages).flatMap(([from, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter(name => !isLocked(from, name))
      .map(name => `${from}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test('few packages run a script when they are installed; those of esbuild find a program that an optional package brings', () => {
  const scripted = Object.keys(packages).filter(name => packages[name]!.hasInstallScript && !packages[name]!.optional);
  expect(scripted.map(name => name.replace(/^.*node_modules\//, '')).sort()).toEqual(['esbuild', 'esbuild']);
});
