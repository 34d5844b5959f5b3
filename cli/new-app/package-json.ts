import { devDependencies, engines, name, version } from '../../package.json';
import { OutputError } from '../output';
import type { Language } from './options';

type Texts = Readonly<Record<string, string>>;

/** What of a package.json a new app has a say in. */
interface Manifest {
  readonly scripts?: Texts;
  readonly dependencies?: Texts;
  readonly devDependencies?: Texts;
}

/** Packages in the versions that masq itself is made with. */
function known(...packages: readonly (keyof typeof devDependencies)[]): Texts {
  return Object.fromEntries(packages.map(other => [other, devDependencies[other]]));
}

const WANTED: Manifest = {
  scripts: {
    validate: 'masq validate',
    synth: 'masq synth',
    check: 'masq validate && masq synth --check',
  },
  dependencies: { ...known('cdk8s'), [name]: `^${version}`, ...known('cdk8s-plus-27', 'constructs') },
};

/** What an app in one of the languages wants. */
function wantedBy(language: Language): Manifest {
  if (language === 'javascript') return WANTED;
  return {
    ...WANTED,
    scripts: { ...WANTED.scripts, types: 'tsc' },
    devDependencies: known('@types/node', 'tsx', 'typescript'),
  };
}

/**
 * The package.json of a new app. One that is there already, as when masq was installed before, is completed: what it
 * says stays as it is, key for key.
 * @throws OutputError when the one that is there cannot be read
 */
export function packageJson(app: string, language: Language, present: string | undefined): string {
  const wanted = wantedBy(language);
  if (present === undefined) return json({ name: app, private: true, engines, ...wanted });
  const manifest = read(present);
  const named = { ...manifest.dependencies, ...manifest.devDependencies };
  const lacking = (texts: Texts = {}): Texts =>
    Object.fromEntries(Object.entries(texts).filter(([other]) => !(other in named)));
  const completed = {
    ...manifest,
    scripts: { ...wanted.scripts, ...manifest.scripts },
    dependencies: { ...manifest.dependencies, ...lacking(wanted.dependencies) },
    ...(wanted.devDependencies && {
      devDependencies: { ...manifest.devDependencies, ...lacking(wanted.devDependencies) },
    }),
  };
  const indent = /^\s*\{\s*?\n([ \t]+)/.exec(present)?.[1];
  return JSON.stringify(completed) === JSON.stringify(manifest) ? present : json(completed, indent);
}

function read(present: string): Manifest {
  let manifest: unknown;
  try {
    manifest = JSON.parse(present.replace(/^\uFEFF/, ''));
  } catch {
    throw new OutputError('"package.json" is there already, and is no JSON: mend it or move it away');
  }
  const maps = isMap(manifest) ? [manifest.scripts, manifest.dependencies, manifest.devDependencies] : [undefined, 0];
  if (maps.every(part => part === undefined || isMap(part))) return manifest as Manifest;
  throw new OutputError('"package.json" is there already, and is none that npm reads: mend it or move it away');
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function json(value: object, indent = '  '): string {
  return `${JSON.stringify(value, undefined, indent)}\n`;
}
