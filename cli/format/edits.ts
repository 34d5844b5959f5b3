import type { Diagnostic, SourceRange } from '../../core/diagnostics';
import { SourceText } from '../../core/source';
import type { Report } from './report';

/** Characters of a file that are to be replaced, by their place. */
export interface PlacedEdit {
  readonly range: SourceRange;
  readonly text: string;
}

/** How a finding can be mended, for programs that do it; empty where it cannot, or its file's text is not there. */
export function placedEdits({ sources }: Report, { file, fix = [] }: Diagnostic): PlacedEdit[] {
  const text = file === undefined ? undefined : sources.get(file);
  if (file === undefined || text === undefined || fix.length === 0) return [];
  const source = new SourceText(file, text);
  return fix.map(({ start, end, text: fresh }) => ({ range: source.range(start, end), text: fresh }));
}
