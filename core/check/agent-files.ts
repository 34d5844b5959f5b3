import { AGENT_KEYS, readAgentDocument } from '../agentfile/read';
import { type Diagnostic, diagnostic, suggest } from '../diagnostics';
import { record } from '../manifest/object';
import type { SourceDocument } from '../source';
import { isAgentKey, isMasqKey } from './mentions';

/** What Helm's charts call the files of their values, among which those of an agent's file may be. */
const CHART_VALUES = /(?:^|\/)values(?:[-_.][^/]*)?\.ya?ml$/;

/** Whether a file has, by its name, the values of a chart. */
export function isChartValues(file: string): boolean {
  return CHART_VALUES.test(file);
}

/**
 * Whether a document without kind is an ip-masq-agent file: one of its keys is the agent's, or nearly so. Other programs
 * have a resyncInterval too, so that it tells nothing beside keys that are not the agent's.
 */
export function isAgentFile(document: SourceDocument): boolean {
  const keys = Object.keys(record(document.value));
  if (keys.includes('kind') || keys.includes('apiVersion')) return false;
  if (!isChartValues(document.source.file) && keys.some(isMasqKey)) return true;
  return keys.some(isAgentKey) && keys.every(key => suggest(key, AGENT_KEYS));
}

/** An ip-masq-agent file between manifests: checked, but nothing reads it there. */
export function strayAgentFile(document: SourceDocument): Diagnostic[] {
  const message = 'an ip-masq-agent file stands among other documents, where nothing reads it; put it into a ConfigMap';
  return [diagnostic('MQ215', document.at([]), { message }), ...readAgentDocument(document).diagnostics];
}
