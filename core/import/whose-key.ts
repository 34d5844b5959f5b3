import { type Diagnostic, diagnostic } from '../diagnostics';
import { OF_AKS, RECONCILED } from '../manifest/config-map';
import { objectId } from '../manifest/object';
import { azureKeys, unreadKey } from '../manifest/unread-key';
import type { SourceDocument } from '../source';

/** What ip-masq-agent calls its file too, where it is mounted; the other keys of Azure's are nobody else's. */
const FILE = 'ip-masq-agent';

/**
 * Says of ConfigMaps that are taken for Azure's by their key alone why they are, and how to say that they are another's.
 * One with the name of the one that GKE's agent reads is nobody's until somebody says so.
 * @param configMaps those that are taken for Azure's, without anybody having said so
 * @param documents all that is imported
 */
export function whoseKey(configMaps: readonly SourceDocument[], documents: readonly SourceDocument[]): Diagnostic[] {
  return configMaps.flatMap(document => {
    const nobodys = unreadKey(document, documents, 'give --dialect azure');
    if (nobodys.length > 0) return nobodys;
    const { name } = objectId(document) ?? {};
    const isFilesName = azureKeys(document).every(key => key === FILE);
    if (!isFilesName || name === OF_AKS || name === RECONCILED) return [];
    const message = `ConfigMap "${name ?? ''}" is taken for one of Azure's ip-masq-agent-v2, since its key is "${FILE}"; give --dialect upstream if an ip-masq-agent reads it`;
    return [diagnostic('MQ802', document.at(['data', FILE], 'key'), { message })];
  });
}
