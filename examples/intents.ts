import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every intent file below a folder, in the order of their names' bytes. */
export function intentFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return intentFiles(path);
    return entry.name === 'intent.yaml' ? [path] : [];
  });
}
