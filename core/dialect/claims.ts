import { andList, type Diagnostic, diagnostic, type Location } from '../diagnostics';
import type { AgentDaemonSet } from '../manifest/daemon-set';
import { WELL_KNOWN } from '../manifest/denote';
import { objectId } from '../manifest/object';
import type { SourceDocument } from '../source';
import { isAntreaConfig, isAntreaEgress, isAntreaValues } from './antrea';
import { hasExternalSnat, isAwsNode } from './aws';
import { isAzureConfigMap } from './azure';
import { isCalicoObject, isMasqueradingPool, isPool } from './calico';
import { isCiliumObject, isCiliumOff } from './cilium';
import { isTencentConfigMap } from './tencent';

/** A data plane whose configuration looks like that of another one. */
export type DialectName = 'upstream' | 'cilium' | 'azure' | 'tencent';

/** The documents that other data planes than ip-masq-agent read. */
export interface Claims {
  readonly antrea: readonly SourceDocument[];
  readonly aws: readonly SourceDocument[];
  readonly azure: readonly SourceDocument[];
  readonly calico: readonly SourceDocument[];
  readonly cilium: readonly SourceDocument[];
  readonly tencent: readonly SourceDocument[];
}

/** What stands in every file with objects that no other data plane than one of theirs reads. */
const WORDS =
  /IPPool|FelixConfiguration|CiliumEgress|cilium-config|ipMasqAgent|enableIPv4Masquerade|ipv4NativeRoutingCIDR|crd\.antrea\.io|antrea-agent\.conf|noSNAT|snatFullyRandomPorts|exceptCIDRs|aws-node|AWS_VPC_K8S_CNI_|nonMasqueradeCIDRs/;

/** Whether a text may hold what another data plane reads: a look at its words. */
export function mentionsTheirs(text: string): boolean {
  return WORDS.test(text);
}

/** Whether a document may be one that another data plane reads; for some it is what stands beside them that decides. */
export function mayBeTheirs(document: SourceDocument): boolean {
  return OWN_OBJECTS.some(isOwn => isOwn(document)) || isAzureConfigMap(document) || isAgentFile(document);
}

const isAntreaObject = (document: SourceDocument): boolean =>
  isAntreaEgress(document) || isAntreaConfig(document) || isAntreaValues(document);

const OWN_OBJECTS = [isAntreaObject, isAwsNode, isCalicoObject, isCiliumObject];

/**
 * Finds out which documents are about another data plane: by their kind and name, and by the keys of ConfigMaps. Cilium's
 * ConfigMap has the name and the key of ip-masq-agent's: it counts as Cilium's beside other objects of Cilium's, or when
 * that is told.
 * @param daemonSets agents, whose the ConfigMaps are that they mount, under whatever key
 * @param told whose configuration it is, when somebody said so
 */
export function claimDocuments(
  documents: readonly SourceDocument[],
  daemonSets: readonly AgentDaemonSet[],
  told?: DialectName,
): Claims {
  const mounted = mountedNames(daemonSets.filter(({ dialect }) => dialect === undefined));
  const azures = mountedNames(daemonSets.filter(({ dialect }) => dialect !== undefined));
  const nameOf = (document: SourceDocument): string => objectId(document)?.name ?? '';
  const isMounted = (document: SourceDocument): boolean => mounted.has(nameOf(document));
  const isOfAzure = (document: SourceDocument): boolean =>
    isAzureConfigMap(document) || (objectId(document)?.kind === 'ConfigMap' && azures.has(nameOf(document)));
  const agents = documents.filter(
    one => isAgentFile(one) && (told !== undefined || !(isMounted(one) || azures.has(nameOf(one)))),
  );
  const isTold = (name: DialectName): boolean => told === name;
  const cilium = documents.filter(isCiliumObject);
  const tencent = told === undefined || isTold('tencent') ? agents.filter(isTencentConfigMap) : [];
  const others = agents.filter(document => !tencent.includes(document));
  const reads = isTold('cilium') || (told === undefined && cilium.length > 0 && !cilium.some(isCiliumOff));
  return {
    antrea: documents.filter(isAntreaObject),
    aws: documents.filter(isAwsNode),
    azure: told === undefined || isTold('azure') ? documents.filter(one => isOfAzure(one) && !isMounted(one)) : [],
    calico: documents.filter(isCalicoObject),
    cilium: [...cilium, ...(reads ? others : [])],
    tencent,
  };
}

function mountedNames(daemonSets: readonly AgentDaemonSet[]): ReadonlySet<string> {
  return new Set(daemonSets.flatMap(({ configMaps }) => configMaps.map(({ name }) => name)));
}

/** Whether a document is a ConfigMap with the key that ip-masq-agent reads. */
function isAgentFile(document: SourceDocument): boolean {
  const id = objectId(document);
  if (id?.kind !== 'ConfigMap') return false;
  return id.name === WELL_KNOWN || isTencentConfigMap(document);
}

/** All documents that other data planes read. */
export function claimed(claims: Claims): readonly SourceDocument[] {
  return Object.values(claims).flat();
}

/** What is said where several data planes would each decide: one that leaves everything to others does not count. */
export function severalDataPlanes(
  { antrea, aws, azure, calico, cilium, tencent }: Claims,
  azureSet: AgentDaemonSet | undefined,
): Diagnostic | undefined {
  const deciding = {
    Calico: leavesCalico(calico) ? undefined : calico[0],
    Cilium: cilium.some(isCiliumOff) ? undefined : cilium[0],
    Antrea: antrea[0],
    Azure: azure[0] ?? azureSet?.document,
    Tencent: tencent[0],
    AWS: aws.find(one => !hasExternalSnat(one)),
  };
  const found = Object.entries(deciding).flatMap(([name, document]) => (document ? [{ name, document }] : []));
  if (found.length < 2) return undefined;
  const names = andList(found.map(({ name }) => name));
  const message = `configuration of ${names} stands together, and each of them would decide; take that of one`;
  return diagnostic('MQ803', found[1]!.document.at([]), { message });
}

/** Whether what other data planes say is that they leave everything to somebody else, such as an agent. */
export function translatesNothing(claims: Claims): boolean {
  const { antrea, aws, azure, calico, cilium, tencent } = claims;
  if (antrea.length + azure.length + tencent.length > 0 || claimed(claims).length === 0) return false;
  const isOff = cilium.length === 0 || (cilium.some(isCiliumOff) && cilium.length === 1);
  return isOff && aws.every(hasExternalSnat) && leavesCalico(calico);
}

/** Whether Calico masquerades packets of no pool. */
function leavesCalico(documents: readonly SourceDocument[]): boolean {
  return !documents.some(one => isPool(one) && isMasqueradingPool(one));
}

/** Where the objects of each file begin, as far as that matters. */
export type Starts = ReadonlyMap<string, readonly number[]>;

/** Where some objects begin, by their files. */
export function startsOf(documents: readonly SourceDocument[]): Starts {
  const starts = new Map<string, number[]>();
  for (const document of documents) {
    const { file } = document.source;
    const own = starts.get(file);
    if (own) own.push(startOf(document));
    else starts.set(file, [startOf(document)]);
  }
  return starts;
}

function startOf(document: SourceDocument): number {
  return document.at([]).range?.start.offset ?? 0;
}

/** Whether a place lies in one of some documents: from its beginning to that of the next in its file. */
export function isWithin(starts: Starts, some: readonly SourceDocument[]): (place: Location) => boolean {
  const stretches = some.map(document => {
    const { file } = document.source;
    const start = startOf(document);
    return { file, start, end: Math.min(...(starts.get(file) ?? []).filter(other => other > start)) };
  });
  return ({ file, range }) => {
    const offset = range?.start.offset ?? -1;
    return stretches.some(one => one.file === file && one.start <= offset && offset < one.end);
  };
}
