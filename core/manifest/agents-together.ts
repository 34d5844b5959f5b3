import { formatCidr } from '../address';
import { type Diagnostic, diagnostic } from '../diagnostics';
import { valueAt } from '../schema/path';
import { gapText } from '../schema/placeholder';
import type { SourceDocument } from '../source';
import type { FileReference } from './agent-file';
import type { Bundle } from './bundle';
import { type AgentConfigMap, checkForeignKeys, checkKeys, OF_AKS, RECONCILED } from './config-map';
import type { AgentDaemonSet } from './daemon-set';
import type { Identities } from './identities';
import { meeting } from './node-choice';
import { objectId, record } from './object';
import { unreadKey } from './unread-key';

/** Checks that DaemonSets find the file that they look for in the ConfigMaps beside them, and are alone on their nodes. */
export function checkAgents({ daemonSets, configMaps, documents }: Bundle, identities: Identities): Diagnostic[] {
  const unread = configMaps.filter(
    configMap =>
      !daemonSets.some(daemonSet => identities.together(daemonSet, configMap) && reads(daemonSet, configMap)),
  );
  return [
    ...unread.flatMap(checkKeys),
    ...configMaps.flatMap(configMap => {
      const beside = daemonSets.filter(one => identities.together(one, configMap));
      if (isOfAks(configMap) && beside.every(({ dialect }) => dialect !== undefined)) return [];
      const nobodys = beside.length === 0 ? unreadKey(configMap.document, documents) : [];
      if (nobodys.length > 0) return nobodys;
      return checkForeignKeys(configMap, key => beside.some(one => readsKey(one, configMap, key)));
    }),
    ...daemonSets.flatMap((daemonSet, i) => {
      const isBeside = (other: AgentConfigMap | AgentDaemonSet): boolean => identities.together(daemonSet, other);
      return [
        ...agreement(daemonSet, configMaps.filter(isBeside)),
        ...rivals(daemonSet, daemonSets.slice(0, i).filter(isBeside)),
      ];
    }),
  ];
}

/** Whether AKS's own agent reads a ConfigMap: its keys are where they belong. */
function isOfAks({ name }: AgentConfigMap): boolean {
  return name === OF_AKS || name === RECONCILED;
}

function reads(daemonSet: AgentDaemonSet, configMap: AgentConfigMap): boolean {
  return configMap.keys.some(key => readsKey(daemonSet, configMap, key));
}

function readsKey(daemonSet: AgentDaemonSet, { name }: AgentConfigMap, key: string): boolean {
  return daemonSet.configMaps.some(reference => reference.name === name && reference.key === key);
}

/** DaemonSets that would write rules on the same nodes, each its own. */
function rivals(daemonSet: AgentDaemonSet, others: readonly AgentDaemonSet[]): Diagnostic[] {
  const at = ['metadata', 'name'];
  return others.flatMap(other => {
    const met = meeting(daemonSet.nodes, other.nodes);
    if (met === 'none') return [];
    const both = `DaemonSets "${other.name ?? ''}" and "${daemonSet.name ?? ''}" both run ip-masq-agent`;
    const related = [{ ...other.document.at(at), message: 'the other one' }];
    if (met === 'all') {
      const message = `${both} on the same nodes; keep one, or give each nodes of its own by nodeSelector`;
      return [diagnostic('MQ618', daemonSet.document.at(at), { message, related })];
    }
    const message = `${both}, and a node with the labels that each of them asks for would run both; make sure that there is none`;
    return [diagnostic('MQ618', daemonSet.document.at(at), { message, related, severity: 'note' })];
  });
}

function agreement(daemonSet: AgentDaemonSet, beside: readonly AgentConfigMap[]): Diagnostic[] {
  const found = daemonSet.configMaps.flatMap(reference => {
    const namesakes = beside.filter(configMap => configMap.name === reference.name);
    if (namesakes.length === 0) return misnamed(daemonSet, reference, beside);
    const own = namesakes.filter(configMap => mayShareNamespace(daemonSet, configMap));
    const named = own.length > 0 ? own : namesakes;
    return named.flatMap(configMap => [
      ...mismatch(daemonSet, reference, configMap),
      ...ipv6(daemonSet, configMap, reference.key),
    ]);
  });
  return [...found, ...defaults(daemonSet, beside)];
}

/** A DaemonSet that reads a ConfigMap which is not there, while another one is that it does not read. */
function misnamed(
  { document, configMaps }: AgentDaemonSet,
  { name, path }: FileReference,
  beside: readonly AgentConfigMap[],
): Diagnostic[] {
  // Azure's mounts several, of which each may be missing: it puts together what is there.
  const isNamed = (other: AgentConfigMap): boolean => configMaps.some(reference => reference.name === other.name);
  const other = beside.find(one => !isNamed(one));
  if (!other) return [];
  const without = beside.some(isNamed) ? 'its list would be missing' : 'the agent would use its built-in list';
  const message = `the DaemonSet reads ConfigMap "${name}", but the one beside it is called "${other.name ?? ''}"; ${without}`;
  const related = [{ ...other.document.at(['metadata', 'name']), message: 'the ConfigMap' }];
  return [diagnostic('MQ602', document.at(path), { message, related })];
}

/** Whether two objects are in one namespace, or will perhaps be when a placeholder is filled in. */
function mayShareNamespace({ namespace: one }: AgentDaemonSet, { namespace: other }: AgentConfigMap): boolean {
  return one === other || gapText(one) !== undefined || gapText(other) !== undefined;
}

/** A ConfigMap of the right name that is elsewhere, or has the file under another key. */
function mismatch(daemonSet: AgentDaemonSet, { key }: FileReference, configMap: AgentConfigMap): Diagnostic[] {
  const { document, keys, name } = configMap;
  if (!mayShareNamespace(daemonSet, configMap)) {
    const message = `the DaemonSet is in namespace "${daemonSet.namespace ?? ''}" and reads a ConfigMap of that namespace, but "${name}" is in "${configMap.namespace ?? ''}"`;
    return [diagnostic('MQ606', document.at(['metadata', 'namespace']), { message, severity: 'error' })];
  }
  if (keys.includes(key) || (key === 'config' && checkKeys(configMap).length > 0)) return [];
  return [lacksKey(document, key)];
}

/** What is said of a ConfigMap that is mounted for a key which it does not have. */
export function lacksKey(document: SourceDocument, key: string): Diagnostic {
  const has = ['data', 'binaryData'].flatMap(of => Object.keys(record(valueAt(document.value, [of]))));
  const message = `the DaemonSet takes the file from key "${key}", which ConfigMap "${objectId(document)?.name}" lacks; it has ${has.join(', ')}`;
  return diagnostic('MQ603', document.at(['data'], 'key'), { message });
}

function ipv6({ flags }: AgentDaemonSet, { document, files }: AgentConfigMap, key: string): Diagnostic[] {
  const list = files.get(key)?.nonMasqueradeCIDRs;
  if (!flags || !list) return [];
  const place = document.at(['data', key], 'key');
  const listed = list.find(cidr => cidr.family === 6);
  if (flags.enableIPv6 && !listed) {
    const message =
      '--enable-ipv6 without one IPv6 range in nonMasqueradeCIDRs masquerades all IPv6 between pods; list the pod and node ranges';
    return [diagnostic('MQ309', place, { message })];
  }
  if (!flags.enableIPv6 && listed) {
    const message = `nonMasqueradeCIDRs lists "${formatCidr(listed)}", but without --enable-ipv6 the agent writes no IPv6 rule: add the flag, or remove the IPv6 ranges`;
    return [diagnostic('MQ308', place, { message })];
  }
  return [];
}

/** Without a list beside it, the built-in one counts, and it is not the one that GKE has without an agent. */
function defaults(daemonSet: AgentDaemonSet, beside: readonly AgentConfigMap[]): Diagnostic[] {
  const { document, flags, configMaps } = daemonSet;
  if (beside.length > 0 || !flags) return [];
  const needed = configMaps.find(({ optional }) => !optional);
  const without = needed
    ? `the pods do not start until "${needed.name}" is there, since the volume is not optional`
    : `without one the agent preserves ${builtIn(flags.nomasqAllReservedRanges, isOfGke(daemonSet))}`;
  const message = `no ConfigMap is beside the DaemonSet: ${without}`;
  const path = configMaps[0]?.path ?? ['metadata', 'name'];
  return [diagnostic('MQ310', document.at(path), { message, severity: 'note' })];
}

function builtIn(reservedRanges: boolean, isOfGke: boolean): string {
  if (reservedRanges) return 'its eleven built-in ranges';
  return `three ranges (RFC 1918)${isOfGke ? ', not the eleven that GKE preserves by itself' : ''}`;
}

/** Whether a DaemonSet is one for GKE: by where its image comes from, or by a label that GKE gives its nodes. */
function isOfGke({ image = '', nodeSelector }: AgentDaemonSet): boolean {
  return /\bgke\b/.test(image) || Object.keys(nodeSelector).some(key => /\bgke-|\/masq-agent-ds-ready$/.test(key));
}
