import { readFileSync } from 'node:fs';
import type { Construct } from 'constructs';
import { checkFiles } from '../core/check/check';
import { diagnostic } from '../core/diagnostics';
import { IntentChart } from './cluster-intent';
import { reportFindings } from './validation';

/**
 * Makes a chart of every ClusterIntent in a YAML file, with findings at the file's own lines and columns.
 * @param scope where the charts go; it reports what was found in the file
 * @param file the file's path, as findings will name it
 * @returns the charts, in the order of the documents
 * @throws when the file cannot be read; what is wrong in it is reported by validation, with everything else
 */
export function intentsFromFile(scope: Construct, file: string): IntentChart[] {
  const { clusters, diagnostics } = checkFiles([{ file, text: readFileSync(file, 'utf8') }]);
  reportFindings(scope, () => diagnostics);
  const faulty = diagnostics.some(found => found.severity === 'error');
  const models = faulty ? [] : clusters;
  return models.flatMap(model => {
    if (!scope.node.tryFindChild(model.name)) {
      return [new IntentChart(scope, model.name, { name: model.name, model, diagnostics: [] })];
    }
    const message = `intent "${model.name}" is defined twice; both would render to the same folder`;
    reportFindings(scope, () => [diagnostic('MQ214', model.document.at(['metadata', 'name']), { message })]);
    return [];
  });
}
