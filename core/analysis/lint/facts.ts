import { type Both, both, FAMILIES, type IntervalSet, parseCidr, setsOf } from '../../address';
import type { Location, ValuePath } from '../../diagnostics';
import type { ClusterModel } from '../../intent/model';
import { list, record } from '../../manifest/object';
import { valueAt } from '../../schema/path';
import type { SourceDocument } from '../../source';

/** What a range of a cluster's own is for. */
export type Role = 'pod' | 'node';

/** A range that a cluster's pods or nodes have their addresses from. */
export interface Fact {
  /** What it is for. */
  readonly role: Role;
  /** The range as written. */
  readonly text: string;
  /** Its addresses. */
  readonly sets: Both<IntervalSet>;
  /** Where it is said; absent when the command line says it. */
  readonly at?: Location;
}

/** Where objects that are not masq's say a cluster's ranges: the kind, what its apiVersion begins with, and the ways. */
const SAYINGS: readonly (readonly [kind: string, group: string, role: Role, path: ValuePath])[] = [
  ['ClusterConfiguration', 'kubeadm.k8s.io/', 'pod', ['networking', 'podSubnet']],
  ['Node', 'v1', 'pod', ['spec', 'podCIDRs']],
  ['Node', 'v1', 'pod', ['spec', 'podCIDR']],
  ['IPPool', 'crd.projectcalico.org/', 'pod', ['spec', 'cidr']],
  ['IPPool', 'projectcalico.org/', 'pod', ['spec', 'cidr']],
  ['Cluster', 'baremetal.cluster.gke.io/', 'pod', ['spec', 'clusterNetwork', 'pods', 'cidrBlocks']],
];

/** Whether a text may say something of a cluster's ranges: most are not worth to be parsed for it. */
export function maySayFacts(text: string): boolean {
  return /podSubnet|podCIDR|IPPool|cidrBlocks/.test(text);
}

/** The ranges that an object says its cluster's pods have their addresses from. */
export function factsOf(document: SourceDocument): Fact[] {
  const { kind, apiVersion } = record(document.value);
  return SAYINGS.flatMap(([of, group, role, path]) => {
    if (kind !== of || !(apiVersion === group || String(apiVersion).startsWith(group))) return [];
    const value = valueAt(document.value, path);
    const said: readonly (readonly [unknown, ValuePath])[] = Array.isArray(value)
      ? list(value).map((one, i) => [one, [...path, i]])
      : [[value, path]];
    return said.flatMap(([text, at]) => rangesIn(text).map(one => ({ ...one, role, at: document.at(at) })));
  });
}

/** The ranges of a text, in which kubeadm has commas between those of two families; none where it is no such text. */
function rangesIn(value: unknown): Pick<Fact, 'text' | 'sets'>[] {
  if (typeof value !== 'string') return [];
  return value.split(',').flatMap(part => {
    const text = part.trim();
    const parsed = parseCidr(text);
    return parsed.ok ? [{ text, sets: setsOf([parsed.value]) }] : [];
  });
}

/** The ranges that an intent declares. */
export function declaredFacts({ network, document }: ClusterModel): Fact[] {
  const roles = { pod: network.pods, node: network.nodes } as const;
  return (['pod', 'node'] as const).flatMap(role =>
    roles[role].map(({ text, sets, path }) => ({ role, text, sets, at: document.at(path) })),
  );
}

/** Facts without those that another one says too: a node's part of the pod range is in the cluster's. */
export function distinctFacts(facts: readonly Fact[]): Fact[] {
  return facts.filter(
    (fact, i) =>
      !facts.some((other, j) => {
        if (other === fact || other.role !== fact.role || !holds(other, fact)) return false;
        return !holds(fact, other) || j < i;
      }),
  );
}

function holds(outer: Fact, inner: Fact): boolean {
  return FAMILIES.every(family => outer.sets[family].containsSet(inner.sets[family]));
}

/** The addresses of some facts that others leave out. */
export function without({ sets }: Fact, taken: Both<IntervalSet>): Both<IntervalSet> {
  return both(family => sets[family].subtract(taken[family]));
}
