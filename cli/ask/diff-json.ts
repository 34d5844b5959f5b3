import { formatCidr, type IntervalSet } from '../../core/address';
import type { ClassChange } from '../../core/analysis/diff';
import type { Untold } from '../../core/analysis/untold';
import { witnessOf } from '../../core/analysis/witness';
import type { Asked } from './asked';
import { hitsOf, tellWhy } from './told';
import { ruleData } from './words';

/** A diff for programs. */
export function diffData({ diff, hits, ask }: Asked): object {
  const { compared, changed, added, removed, untold, notes } = diff;
  return {
    compared,
    added: added.map(({ name }) => name),
    removed: removed.map(({ name }) => name),
    untold: untold.map(one => ({ clusters: one.names, parts: one.untold.map(openData) })),
    notes: notes.map(({ names, text }) => ({ clusters: names, note: text })),
    stopped: hits.map(({ gate, clusters, pods, to }) => ({
      gate: gate.text,
      clusters: clusters.map(({ after }) => after.name),
      pods: podsData(pods),
      ...destinations(to),
    })),
    changed: changed.map(({ clusters, diff: { classes, untold } }) => ({
      clusters: clusters.map(({ after }) => after.name),
      classes: classes.map(pods => ({
        pods: podsData(pods),
        changes: pods.changes.map(change => ({
          ...destinations(change.to),
          before: change.before,
          after: change.after,
          hits: hitsOf(change, clusters[0]!),
          parts: change.parts.map(part => ({
            to: part.to.cidrs().map(formatCidr),
            before: ruleData(part.before),
            after: ruleData(part.after),
          })),
          witness: ask(clusters[0]!.after.name, witnessOf(change.to), pods.groups[0]?.pod),
        })),
      })),
      untold: untold.map(openData),
    })),
  };
}

function podsData({ all, groups }: ClassChange): unknown {
  return all ? 'all' : groups.map(({ pod }) => pod ?? 'others');
}

function openData(open: Untold): object {
  return { ...destinations(open.to), why: tellWhy(open), unread: open.unread, rules: open.rules };
}

/** @returns the count as a text: it may be larger than a number can be */
function destinations(to: IntervalSet): object {
  return { to: to.cidrs().map(formatCidr), addresses: to.count().toString() };
}
