import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The repository's root. */
export const ROOT = join(__dirname, '../..');

/** Pages that are written to be read: everything below docs/ but the reference, and the pages at the root. */
export function pages(): string[] {
  const below = readdirSync(join(ROOT, 'docs'), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.md'))
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(path => !path.startsWith('docs/reference/'));
  return [...below, 'CHANGELOG.md', 'CONTRIBUTING.md'].sort();
}

/** Those, and the README of the repository and of every example: all that is written by hand on the site. */
export function allPages(): string[] {
  const examples = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('README.md'))
    .map(name => `examples/${name.split(sep).join('/')}`);
  return [...pages(), ...examples, 'README.md'].sort();
}

/** A page's text. */
export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A block of code in a page, with the line that it begins on. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  readonly line: number;
  /** How far it stands from the left. */
  readonly indent: string;
  /** What comments directly above it say: `<!-- … -->`, from the top. */
  readonly marks: readonly string[];
}

/** The blocks of code of a page. */
export function fences(text: string): Fence[] {
  const found: Fence[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const open = /^( *)```(\w*)$/.exec(lines[i]!);
    if (!open) continue;
    const [, indent, language] = open as unknown as [string, string, string];
    const end = lines.indexOf(`${indent}\`\`\``, i + 1);
    const body = lines.slice(i + 1, end).map(line => line.slice(indent.length));
    found.push({
      language,
      text: body.map(line => `${line}\n`).join(''),
      line: i + 2,
      indent,
      marks: marksAbove(lines, i),
    });
    i = end;
  }
  return found;
}

function marksAbove(lines: readonly string[], at: number): string[] {
  const mark = /^ *<!-- (.*) -->$/.exec(lines[at - 1] ?? '');
  return mark ? [...marksAbove(lines, at - 1), mark[1]!] : [];
}

/** A page without its blocks of code. */
export function withoutFences(text: string): string {
  return text.replace(/^( *)```\w*\n[\s\S]*?^\1```$/gm, '');
}
