import { both, FAMILIES, type Family, IntervalSet, setsOf } from '../../address';
import { andList, type Diagnostic, diagnostic } from '../../diagnostics';
import { LINK_LOCAL } from '../../intent/special';
import type { Bundle } from '../../manifest/bundle';
import type { AgentConfigMap } from '../../manifest/config-map';
import { isAzureKey } from '../../manifest/unread-key';
import { valueAt } from '../../schema/path';
import type { SourceDocument } from '../../source';
import type { AgentConfig } from '../../treatment/agentfile';

/** One of several files that an agent merges. */
interface Source {
  readonly config: AgentConfig;
  readonly document: SourceDocument;
  /** What it is called in messages. */
  readonly name: string;
}

const KEYS = { 4: 'masqLinkLocal', 6: 'masqLinkLocalIPv6' } as const;

/**
 * Where files disagree that Azure's ip-masq-agent-v2 merges: it puts the lists together, and takes a key for true when
 * any file says so. Source: Azure/ip-masq-agent-v2, its program.
 */
export function disagreements({ configMaps, daemonSets }: Bundle): Diagnostic[] {
  if (daemonSets.some(({ dialect }) => dialect === undefined)) return [];
  const namespaces = new Set(configMaps.map(({ namespace }) => namespace));
  return [...namespaces].flatMap(namespace => {
    const sources = configMaps.filter(one => one.namespace === namespace).flatMap(sourcesOf);
    return sources.length < 2 ? [] : [...FAMILIES.flatMap(family => onLinkLocal(sources, family)), ...moot(sources)];
  });
}

function sourcesOf({ name, files, fileDocuments }: AgentConfigMap): Source[] {
  return [...files].flatMap(([key, config]) => {
    const document = fileDocuments.get(key);
    return document && isAzureKey(key) ? [{ config, document, name: `"${key}" of ConfigMap "${name ?? ''}"` }] : [];
  });
}

/** Files that say of link-local, in a key or in a list, what another one overrules. */
function onLinkLocal(sources: readonly Source[], family: Family): Diagnostic[] {
  const key = KEYS[family];
  const masquerading = sources.find(({ config }) => config[key]);
  if (!masquerading) return [];
  const related = [{ ...masquerading.document.at([key]), message: `${key}: true` }];
  return sources.flatMap(source => {
    const { document } = source;
    const found: Diagnostic[] = [];
    if (valueAt(document.value, [key]) === false) {
      const message = `${key} is false here and true in ${masquerading.name}: Azure's agent takes it for true when any of its files says so; write the same in both`;
      found.push(diagnostic('MQ706', document.at([key]), { message, related }));
    }
    if (source === masquerading) return found;
    for (const [i, cidr] of (source.config.nonMasqueradeCIDRs ?? []).entries()) {
      if (!setsOf([cidr])[family].overlaps(LINK_LOCAL[family])) continue;
      const text = String(valueAt(document.value, ['nonMasqueradeCIDRs', i]));
      const message = `"${text}" preserves link-local, which ${masquerading.name} wants masqueraded: Azure's agent puts the lists together, and it stays preserved; narrow the one or drop the other`;
      found.push(diagnostic('MQ706', document.at(['nonMasqueradeCIDRs', i]), { message, related }));
    }
    return found;
  });
}

/** Files whose whole list the others preserve too. Of files that stand for each other, the later ones. */
function moot(sources: readonly Source[]): Diagnostic[] {
  const gone = new Set<Source>();
  return sources.toReversed().flatMap(source => {
    const { config, document } = source;
    const own = config.nonMasqueradeCIDRs ?? [];
    const others = sources.filter(other => other !== source && !gone.has(other));
    const kept = both(family =>
      IntervalSet.unionOf(
        family,
        others.map(other => setsOf(other.config.nonMasqueradeCIDRs ?? [])[family]),
      ),
    );
    if (own.length === 0 || !FAMILIES.every(family => kept[family].containsSet(setsOf(own)[family]))) return [];
    gone.add(source);
    const message = `the list changes nothing: Azure's agent puts it together with ${andList(others.map(({ name }) => name))}, which ${others.length === 1 ? 'preserves' : 'preserve'} all of it`;
    return [diagnostic('MQ706', document.at(['nonMasqueradeCIDRs'], 'key'), { message, severity: 'note' })];
  });
}

/** ConfigMaps with a file of the agent's that none of the DaemonSets beside them reads, though these read others. */
export function unreadSources({ configMaps, daemonSets }: Bundle): Diagnostic[] {
  const own = daemonSets.filter(({ dialect }) => dialect === undefined);
  if (own.length === 0 || daemonSets.length > own.length) return [];
  const read = own.flatMap(({ namespace, configMaps: references }) =>
    references.map(({ name, key }) => JSON.stringify([namespace, name, key])),
  );
  const reads = ({ namespace, name }: AgentConfigMap, key: string): boolean =>
    read.includes(JSON.stringify([namespace, name, key]));
  const isRead = (one: AgentConfigMap): boolean => one.keys.some(key => reads(one, key));
  const inUse = configMaps.filter(isRead);
  if (inUse.length === 0) return [];
  return configMaps
    .filter(one => one.files.size > 0 && !isRead(one))
    .map(({ document, name }) => {
      const others = andList(inUse.map(other => `"${other.name ?? ''}"`));
      const message = `nothing reads ConfigMap "${name ?? ''}": the agent beside it reads ${others} alone, and merges nothing; put the ranges there, or remove this one`;
      const related = inUse.map(other => ({ ...other.document.at(['metadata', 'name']), message: 'what is read' }));
      return diagnostic('MQ707', document.at(['metadata', 'name']), { message, related });
    });
}
