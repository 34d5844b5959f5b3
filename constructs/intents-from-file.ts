import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { TextDecoder } from 'node:util';
import { Construct } from 'constructs';
import { checkFiles } from '../core/check/check';
import { type Diagnostic, diagnostic, hasErrors } from '../core/diagnostics';
import type { ClusterModel } from '../core/intent/model';
import { IntentChart } from './cluster-intent';
import { reportFindings } from './validation';

/**
 * Makes a chart of every ClusterIntent in a YAML file, with findings at the file's own lines and columns. What is wrong
 * with the file, or that it cannot be read, is reported by validation together with everything else; none of its charts
 * then renders anything.
 * @param scope where the charts go
 * @param file the file's path, as findings will name it; relative to the working directory
 * @returns the charts, in the order of the documents
 */
export function intentsFromFile(scope: Construct, file: string): IntentChart[] {
  const read = readText(file);
  if (typeof read !== 'string') {
    reportAsFile(scope, file, [read]);
    return [];
  }
  const { clusters, diagnostics } = checkFiles([{ file, text: read }]);
  const faulty = hasErrors(diagnostics);
  const own = new Map(clusters.map(model => [model, diagnostics.filter(found => isIn(model, found))]));
  const rest = diagnostics.filter(found => ![...own.values()].some(list => list.includes(found)));
  if (rest.length > 0) reportAsFile(scope, file, rest);
  return clusters.map(model => {
    const intent = { name: model.name, model: faulty ? undefined : model, diagnostics: own.get(model)! };
    return new IntentChart(scope, freeId(scope, model.name || basename(file)), intent);
  });
}

/** A file's text, or why there is none. */
function readText(file: string): string | Diagnostic {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (fault) {
    const { code, message } = fault as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return diagnostic('MQ217', {}, { message: `"${file}" is not UTF-8 text; save it as UTF-8` });
    const why = code === 'ENOENT' ? 'it does not exist' : code === 'EISDIR' ? 'it is a folder' : message;
    return diagnostic('MQ904', {}, { message: `"${file}" cannot be read: ${why}` });
  }
}

/** Reports what is about no cluster by a construct that is called as the file: the scope itself may have no name. */
function reportAsFile(scope: Construct, file: string, findings: readonly Diagnostic[]): void {
  const construct = new Construct(scope, freeId(scope, basename(String(file)) || 'file'));
  reportFindings(construct, () => findings);
}

function freeId(scope: Construct, id: string): string {
  let free = id;
  for (let n = 2; scope.node.tryFindChild(free); n++) free = `${id}-${n}`;
  return free;
}

/** Whether a finding lies in a cluster's document: no line that ends a document is between the two. */
function isIn({ document }: ClusterModel, { range }: Diagnostic): boolean {
  const start = document.at([]).range?.start.offset ?? 0;
  const offset = range?.start.offset ?? 0;
  const between = document.source.text.slice(Math.min(start, offset), Math.max(start, offset));
  return range !== undefined && !/^(?:---|\.\.\.)(?!\S)/m.test(between);
}
