import { type Diagnostic, diagnostic } from '../diagnostics';
import type { AgentConfigMap } from '../manifest/config-map';
import { WELL_KNOWN } from '../manifest/denote';
import { record } from '../manifest/object';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { DEFAULT_CIDR_LIMIT } from '../treatment/agentfile';
import type { FoundAgent } from './agent-draft';
import { configMapLeftOver } from './left-over';

/** What is said where an agent runs wrongly on Dataplane V2. */
export const MENDED =
  'the agent runs without --random-fully=false, which it needs on Dataplane V2; what masq renders has it';

/** What is rendered has the one name and key that the documents know, and nothing beside it. */
export function configMapNotes(configMap: AgentConfigMap, { daemonSet, key }: FoundAgent): Diagnostic[] {
  const { document, name } = configMap;
  const rest = unreadNotes(document, one => one === key, `"${key}"`);
  if (name === undefined || name === WELL_KNOWN) return rest;
  const also = daemonSet
    ? '; the DaemonSet that is rendered reads it'
    : '; whoever runs the agent has to mount that one';
  const message = `the ConfigMap is rendered as "${WELL_KNOWN}", not as "${name}"${also}`;
  return [diagnostic('MQ801', document.at(['metadata', 'name']), { message }), ...rest];
}

/**
 * What is said of a ConfigMap, whoever's agent reads it, that is not imported.
 * @param isRead which of its keys the agent reads
 * @param read these keys, in words
 */
export function unreadNotes(document: SourceDocument, isRead: (key: string) => boolean, read: string): Diagnostic[] {
  const unread = ['data', 'binaryData'].flatMap(of =>
    Object.keys(record(valueAt(document.value, [of])))
      .filter(key => !isRead(key))
      .map(key => {
        const message = `the agent reads ${read}, and not "${key}" beside it, which is left out`;
        return diagnostic('MQ801', document.at([of, key], 'key'), { message });
      }),
  );
  return [...unread, ...configMapLeftOver(document)];
}

/** Keys of the agent's file that come to nothing in an intent. */
export function idleKeys({ config, document }: FoundAgent, ipv6: boolean): Diagnostic[] {
  if (!document) return [];
  const { cidrLimit, masqLinkLocalIPv6 } = config;
  const note = (key: string, message: string): Diagnostic =>
    diagnostic('MQ801', document.at([key], 'key'), { message: `${key}: ${message}` });
  return [
    ...(cidrLimit !== undefined && cidrLimit !== DEFAULT_CIDR_LIMIT
      ? [note('cidrLimit', `${cidrLimit} has no key in an intent, and is not in what masq renders`)]
      : []),
    ...(masqLinkLocalIPv6 && !ipv6
      ? [note('masqLinkLocalIPv6', 'true is left out, since no pod has an IPv6 address by --pod-cidr')]
      : []),
  ];
}
