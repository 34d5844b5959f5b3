import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Output } from '../generate/output';
import { code, plain, table } from './markdown';
import { filledPage } from './parts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
}

/** docs/ci.md: a page by hand, with the inputs that action.yml says. */
export function ciOutput(root: string): Output {
  const { inputs } = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;
  const rows = Object.entries(inputs).map(([name, input]) => [
    code(name),
    plain(input.description),
    input.default === '' ? '' : code(input.default),
  ]);
  return filledPage(root, 'docs/ci.md', { inputs: () => table(['Input', 'Meaning', 'Default'], rows) });
}
