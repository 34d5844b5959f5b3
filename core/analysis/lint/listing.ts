import type { Both, Cidr } from '../../address';
import { DEFAULT_FLAGS } from '../../agentfile/flags';
import type { ValuePath } from '../../diagnostics';
import type { Entry } from '../../intent/entry';
import type { ClusterModel, PolicyModel } from '../../intent/model';
import { LINK_LOCAL } from '../../intent/special';
import type { AgentConfigMap } from '../../manifest/config-map';
import type { NoSnatPolicy } from '../../manifest/egress-nat-policy';
import { isAzureKey } from '../../manifest/unread-key';
import { valueAt } from '../../schema/path';
import type { SourceDocument } from '../../source';
import { type AgentConfig, agentTreatment } from '../../treatment/agentfile';
import { intentTreatment } from '../../treatment/intent';
import { type Asked, type Layer, mapOf } from '../../treatment/map';
import { type Decision, MASQUERADE, PRESERVE, type Treatment } from '../../treatment/treatment';

/** One range of a list in a file. */
export interface ListedRange {
  /** The way to what the list says: that of the rule that it is. */
  readonly path: ValuePath;
  /** The range as written. */
  readonly text: string;
  /** The range, when it is a CIDR and nothing else; absent for names, and where something is taken out. */
  readonly cidr?: Cidr;
  /** Why it is there, in the words of the document. */
  readonly reason?: string | undefined;
}

/** A list of ranges in a file, which can be changed line by line. */
export interface RangeList {
  /** The way to the list. */
  readonly path: ValuePath;
  /** Its ranges. */
  readonly ranges: readonly ListedRange[];
}

/** Lists of one document, and the rules that they are asked among. */
export interface Listing {
  /** The document. */
  readonly document: SourceDocument;
  /** The rules as they are asked. */
  readonly asked: Both<Asked>;
  /** The lists, of which single ranges may go. */
  readonly lists: readonly RangeList[];
}

/**
 * The list of an agent's file. Its IPv6 ranges are taken to be asked: whether they are hangs on a flag, and what may go
 * where they are may go where they are not.
 */
export function fileListing(config: AgentConfig, document: SourceDocument): Listing {
  const { asked } = agentTreatment(config, { ...DEFAULT_FLAGS, enableIPv6: true }, document);
  const path = ['nonMasqueradeCIDRs'];
  const ranges = (config.nonMasqueradeCIDRs ?? []).map((cidr, i) => ({
    path: [...path, i],
    text: String(valueAt(document.value, [...path, i])),
    cidr,
  }));
  return { document, asked, lists: [{ path, ranges }] };
}

/** Of files that Azure's agent merges none tells what happens to link-local: another one, which may be the cloud's, has the last word. */
const UNTOLD = { masqLinkLocal: true, masqLinkLocalIPv6: true } as const;

/** The lists of a ConfigMap's files, each by itself. */
export function configMapListings({ files, fileDocuments }: AgentConfigMap): Listing[] {
  return [...files].flatMap(([key, config]) => {
    const document = fileDocuments.get(key);
    return document ? [fileListing(isAzureKey(key) ? { ...config, ...UNTOLD } : config, document)] : [];
  });
}

/** The destinations of a policy of GKE Autopilot by itself: how it combines with others is not documented (MQ409). */
export function noSnatListing({ document, destinations }: NoSnatPolicy): Listing {
  const local: Layer = { sets: LINK_LOCAL, decision: { treatment: PRESERVE, rule: 'link-local' } };
  return alone(document, ['spec', 'destinations'], destinations, PRESERVE, [local]);
}

/** The destinations of a policy of the egress gateway. */
export function policyListing(document: SourceDocument, { to, path }: PolicyModel, key: string): Listing {
  return alone(document, [...path, key], to, { kind: 'snat', sourceIP: '' });
}

/** The lists of an intent. */
export function intentListings(model: ClusterModel): Listing[] {
  const { document, masquerade, egress } = model;
  const policies = egress?.policies ?? [];
  return [
    ...(masquerade ? [{ document, asked: intentTreatment(withoutDefaults(model)).asked, lists: ownLists(model) }] : []),
    ...policies.map(policy => policyListing(document, policy, 'to')),
  ];
}

/** What the generated policy of Autopilot preserves beside a custom one is not documented (MQ409): nothing may rest on it. */
function withoutDefaults(model: ClusterModel): ClusterModel {
  const { masquerade } = model;
  return masquerade ? { ...model, masquerade: { ...masquerade, defaultPolicy: 'replace' } } : model;
}

function ownLists({ masquerade }: ClusterModel): RangeList[] {
  return (['preserve', 'always'] as const).map(key => ({
    path: ['spec', 'masquerade', key],
    ranges: masquerade![key].map(listed),
  }));
}

/** A list that nothing else is asked about than what is always asked before it. */
function alone(
  document: SourceDocument,
  path: ValuePath,
  entries: readonly Entry[],
  treatment: Treatment,
  before: readonly Layer[] = [],
): Listing {
  const layers: Layer[] = entries.map(({ sets, path, text }) => ({
    sets,
    decision: { treatment, rule: `"${text}"`, at: document.at(path) },
  }));
  const rest: Decision = { treatment: MASQUERADE, rule: 'everything else' };
  const { asked } = mapOf([...before, ...layers], { 4: rest, 6: rest });
  return { document, asked, lists: [{ path, ranges: entries.map(listed) }] };
}

function listed({ path, text, cidrs, named, exceptions, reason }: Entry): ListedRange {
  const isPlain = !named && exceptions.length === 0;
  return { path, text, ...(isPlain && { cidr: cidrs[0]! }), reason };
}
