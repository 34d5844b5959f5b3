import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An npm package's own description of itself. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** The npm packages that esbuild took code from: by name, the folders that they are in. */
export function bundledPackages(inputs: readonly string[]): Map<string, string> {
  const folders = new Map<string, string>();
  for (const input of inputs) {
    const match = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) folders.set(match[1]!, match[0]);
  }
  return folders;
}

/** What a package's package.json says of it. */
export function npmPackage(folder: string): NpmPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as NpmPackage;
  return { name, version, license };
}

/** The licences of packages that something contains, as Markdown. */
export function thirdPartyLicences(what: string, folders: ReadonlyMap<string, string>): string {
  const sections = [...folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, folder]) => {
      const { version, license } = npmPackage(folder);
      const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `License: ${license}`;
      return `## ${name} ${version} (${license})\n\n${text}\n`;
    });
  return `# Packages that ${what}\n\n${sections.join('\n')}`;
}
