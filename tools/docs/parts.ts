import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../generate/output';

/** A page that is written by hand, but for the parts between `<!-- generated: NAME -->` and `<!-- end -->`. */
export function filledPage(root: string, path: string, parts: Readonly<Record<string, () => string>>): Output {
  const text = readFileSync(join(root, path), 'utf8');
  return {
    path,
    text: text.replace(/^<!-- generated: (\w+) -->$[\s\S]*?^<!-- end -->$/gm, (_, name: string) => {
      const part = parts[name];
      if (!part) throw new Error(`${path} asks for a part "${name}" that nobody makes`);
      return `<!-- generated: ${name} -->\n\n${part()}\n\n<!-- end -->`;
    }),
  };
}
