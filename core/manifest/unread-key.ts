import { type Diagnostic, diagnostic } from '../diagnostics';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { OF_AKS } from './config-map';
import { WELL_KNOWN } from './denote';
import { objectId, record } from './object';

/** How Azure's agent begins the names of the files that it reads in /etc/config. */
const FILE_PREFIX = 'ip-masq';

/** Whether a ConfigMap's key is that of a file which Azure's agent reads, and merges with others of the kind. */
export function isAzureKey(key: string): boolean {
  return key.startsWith(FILE_PREFIX);
}

/** The keys of a ConfigMap that Azure's agent reads. */
export function azureKeys(document: SourceDocument): readonly string[] {
  return keysOf(document).filter(isAzureKey);
}

function keysOf(document: SourceDocument): readonly string[] {
  return Object.keys(record(valueAt(document.value, ['data'])));
}

/** How objects for Azure say so: in their names and labels. */
const OF_AZURE = /azure|\baks\b/i;

/**
 * Says of a ConfigMap whose key is Azure's that nobody reads it: it has the name of the one that GKE's ip-masq-agent reads
 * under another key, and nothing beside it is of Azure.
 * @param beside all objects of the folder
 * @param ofAzure what is to be done where it is for Azure's agent
 */
export function unreadKey(
  document: SourceDocument,
  beside: readonly SourceDocument[],
  ofAzure = `call the ConfigMap ${OF_AKS}`,
): Diagnostic[] {
  const [key] = azureKeys(document);
  if (key === undefined || keysOf(document).includes('config')) return [];
  if (objectId(document)?.name !== WELL_KNOWN || beside.some(isOfAzure)) return [];
  const message = `ConfigMap "${WELL_KNOWN}" has the file under "${key}", and ip-masq-agent reads "config": it finds no file; write "config", or, if it is for Azure's agent, ${ofAzure}`;
  return [diagnostic('MQ603', document.at(['data', key], 'key'), { message })];
}

function isOfAzure(document: SourceDocument): boolean {
  const { name, labels, annotations } = record(valueAt(document.value, ['metadata']));
  return OF_AZURE.test(JSON.stringify([name, labels, annotations]));
}
