import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../../core/diagnostics';
import { STDIN_NAME } from '../files';
import type { Report } from './report';

/** The same report, with paths that count from its root; a file that does not lie below it keeps its name. */
export function fromRoot(report: Report): Report {
  const { root } = report;
  if (root === undefined) return report;
  const moved = (found: Diagnostic): Diagnostic => ({
    ...found,
    ...(found.file !== undefined && { file: below(root, found.file) }),
    ...(found.related && {
      related: found.related.map(place =>
        place.file === undefined ? place : { ...place, file: below(root, place.file) },
      ),
    }),
  });
  return {
    ...report,
    sources: new Map([...report.sources].map(([file, text]) => [below(root, file), text])),
    diagnostics: report.diagnostics.map(moved),
    suppressed: report.suppressed.map(left => ({ ...left, diagnostic: moved(left.diagnostic) })),
  };
}

function below(root: string, file: string): string {
  if (file === STDIN_NAME) return file;
  const path = relative(root, resolve(file));
  return isAbsolute(path) || path.split(sep)[0] === '..' ? file : path;
}
