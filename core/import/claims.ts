import type { Location } from '../diagnostics';
import { isAwsNode } from '../dialect/aws';
import { isAzureConfigMap } from '../dialect/azure';
import { isCalicoObject } from '../dialect/calico';
import { isCiliumObject } from '../dialect/cilium';
import { isTencentConfigMap } from '../dialect/tencent';
import { WELL_KNOWN } from '../manifest/denote';
import { objectId } from '../manifest/object';
import type { SourceDocument } from '../source';

/** A data plane whose configuration looks like that of another one. */
export type DialectName = 'upstream' | 'cilium' | 'azure' | 'tencent';

/** The documents that other data planes than ip-masq-agent read. */
export interface Claims {
  readonly aws: readonly SourceDocument[];
  readonly azure: readonly SourceDocument[];
  readonly calico: readonly SourceDocument[];
  readonly cilium: readonly SourceDocument[];
  readonly tencent: readonly SourceDocument[];
}

/**
 * Finds out which documents are about another data plane: by their kind and name, and by the keys of ConfigMaps. Cilium's
 * ConfigMap has the name and the key of ip-masq-agent's: it counts as Cilium's beside other objects of Cilium's, or when
 * that is told.
 * @param mounted the names of ConfigMaps that an ip-masq-agent mounts, under whatever key
 * @param told whose configuration it is, when somebody said so
 */
export function claimDocuments(
  documents: readonly SourceDocument[],
  mounted: ReadonlySet<string>,
  told?: DialectName,
): Claims {
  const agents = documents.filter(isAgentFile);
  const isTold = (name: DialectName): boolean => told === name;
  const cilium = documents.filter(isCiliumObject);
  const tencent = told === undefined || isTold('tencent') ? agents.filter(isTencentConfigMap) : [];
  const others = agents.filter(document => !tencent.includes(document));
  return {
    aws: documents.filter(isAwsNode),
    azure:
      told === undefined || isTold('azure')
        ? documents.filter(one => isAzureConfigMap(one) && !mounted.has(objectId(one)?.name ?? ''))
        : [],
    calico: documents.filter(isCalicoObject),
    cilium: [...cilium, ...(isTold('cilium') || (told === undefined && cilium.length > 0) ? others : [])],
    tencent,
  };
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

/** Whether a place lies in one of some documents: from its beginning to that of the next in its file. */
export function isWithin(
  all: readonly SourceDocument[],
  some: readonly SourceDocument[],
): (place: Location) => boolean {
  const startOf = (document: SourceDocument): number => document.at([]).range?.start.offset ?? 0;
  const stretches = some.map(document => {
    const start = startOf(document);
    const later = all
      .filter(other => other.source.file === document.source.file)
      .map(startOf)
      .filter(other => other > start);
    return { file: document.source.file, start, end: Math.min(...later) };
  });
  return ({ file, range }) => {
    const offset = range?.start.offset ?? -1;
    return stretches.some(one => one.file === file && one.start <= offset && offset < one.end);
  };
}
