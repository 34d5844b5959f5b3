import { type Family, formatAddress, IntervalSet } from '../address';
import { type Entry, unionOfEntries } from './entry';
import type { Findings } from './findings';
import type { ClusterModel, MasqueradeModel } from './model';
import { listedSet, ownRanges } from './preserved';
import { preservesInternet, privateSet } from './special';

/**
 * Pods that keep their address towards networks where it may be somebody else's: those that the cluster says are in use
 * on premises, and those on ranges that are not for private use, towards destinations all around them.
 */
export function checkPodsElsewhere(model: ClusterModel, list: MasqueradeModel, findings: Findings): void {
  for (const pods of model.network.pods) {
    const family = pods.sets[4].isEmpty() ? 6 : 4;
    if (checkOnPremises(model, list, pods, family, findings)) continue;
    checkAround(model, list, pods, family, findings);
  }
}

function checkOnPremises(
  model: ClusterModel,
  list: MasqueradeModel,
  pods: Entry,
  family: Family,
  findings: Findings,
): boolean {
  const { onPremises } = model.network;
  const colliding = onPremises.filter(far => far.sets[family].overlaps(pods.sets[family]));
  if (colliding.length === 0) return false;
  const reached = unionOfEntries(onPremises, family)
    .subtract(ownRanges(model)[family])
    .intersect(listedSet(model, list, family))
    .first();
  if (!reached) return false;
  for (const far of colliding) {
    const shared = formatAddress(far.sets[family].intersect(pods.sets[family]).first()!);
    findings.add('MQ304', pods.path, {
      message: `pod range "${pods.text}" is in use on premises as "${far.text}" (at ${shared}), and pods keep their address towards ${formatAddress(reached)} there; replies will not come back`,
      hint: 'leave what is on premises out of "preserve": masqueraded, such packets leave with the node\'s address',
      related: [{ ...findings.document.at(far.path), message: 'the on-premises range' }],
    });
  }
  return true;
}

/** Which ranges are for private use, by family: the names that messages give them. */
const PRIVATE_USE = { 4: 'non-RFC 1918', 6: 'non-RFC 4193' } as const;

/** Judged on all entries together: halves of a range are as wide as the whole. What keeps the internet is MQ303's affair. */
function checkAround(
  model: ClusterModel,
  list: MasqueradeModel,
  pods: Entry,
  family: Family,
  findings: Findings,
): void {
  const range = pods.sets[family];
  if (privateSet(family).containsSet(range)) return;
  const listed = listedSet(model, list, family);
  if (!listed.containsSet(range) || preservesInternet(listed)) return;
  const around = stretchWith(listed, range).subtract(ownRanges(model)[family]);
  const first = around.first();
  if (!first) return;
  const entries = list.preserve.filter(entry => entry.sets[family].overlaps(around));
  const entry = entries.find(e => e.sets[family].containsSet(range)) ?? entries[0];
  const what = !entry
    ? 'the generated policy "default"'
    : entry.sets[family].containsSet(range)
      ? `"${entry.text}"`
      : `"${entry.text}", together with other entries,`;
  const path = entry?.path ?? ['spec', 'masquerade', 'defaultPolicy'];
  findings.add('MQ304', path, {
    message: `${what} contains the pods' own ${PRIVATE_USE[family]} range "${pods.text}"; hosts elsewhere in it (from ${formatAddress(first)} on) see pod addresses that may be theirs too`,
    hint: entry
      ? 'preserve only what is inside the cluster, or except the ranges in use elsewhere'
      : 'write "defaultPolicy: replace" and list what is inside the cluster',
    related: [{ ...findings.document.at(pods.path), message: 'the pod range' }],
  });
}

/** The interval of a set that a range in it belongs to. */
function stretchWith(set: IntervalSet, range: IntervalSet): IntervalSet {
  const start = range.first()!;
  for (const { first, last } of set.intervals()) {
    const stretch = IntervalSet.fromRange(first, last);
    if (stretch.has(start)) return stretch;
  }
  return IntervalSet.empty(set.family);
}
