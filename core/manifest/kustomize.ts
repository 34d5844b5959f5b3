import type { RuleCode } from '../diagnostics';
import type { SourceDocument } from '../source';
import { list, objectId, record } from './object';

const FILE_NAME = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;
const GROUP = 'kustomize.config.k8s.io/';

/** What is wrong with an object for what it lacks, alone or beside others; a patch lacks all that it leaves as it is. */
const OF_WHOLE_OBJECTS: ReadonlySet<RuleCode> = new Set<RuleCode>([
  'MQ205',
  'MQ212',
  'MQ307',
  'MQ401',
  'MQ402',
  'MQ506',
  'MQ601',
  'MQ604',
  'MQ606',
  'MQ607',
  'MQ608',
  'MQ609',
  'MQ610',
  'MQ615',
]);

/** The files that a kustomization names as patches, by the names that its own file has beside them; none for other documents. */
export function patchFiles(document: SourceDocument): readonly string[] {
  const { file } = document.source;
  if (!FILE_NAME.test(file) && !objectId(document)?.apiVersion.startsWith(GROUP)) return [];
  const { patches, patchesStrategicMerge, patchesJson6902 } = record(document.value);
  const entries = [...list(patches), ...list(patchesJson6902)].map(entry => record(entry).path);
  return [...entries, ...list(patchesStrategicMerge)]
    .filter(path => typeof path === 'string' && !path.includes('\n'))
    .map(path => normalFile(`${file.slice(0, file.lastIndexOf('/') + 1)}${path}`));
}

/** A file's name without `.` and without what `..` takes back, so that equal names are of one file. */
export function normalFile(name: string): string {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Whether a finding in a patch is one all the same: about what the patch says, and not about what it leaves out. */
export function concernsPatch(code: RuleCode): boolean {
  return !OF_WHOLE_OBJECTS.has(code);
}
