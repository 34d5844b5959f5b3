import { formatAddress } from '../../core/address';
import type { Change, ClassChange, PodGroup } from '../../core/analysis/diff';
import type { ChangedClusters, FleetDiff } from '../../core/analysis/fleet';
import { type Place, placesHit, registryPlaces } from '../../core/analysis/places';
import { termsText } from '../../core/analysis/terms';
import { andList } from '../../core/diagnostics';
import type { Labels } from '../../core/intent/selector';
import { commandLine } from '../shells';
import { countText, podText, ruleText, treatmentWord } from './words';

/** A cluster's or several clusters' changes, put into words: what every format shows. */
export interface ToldClusters {
  /** The clusters' names. */
  readonly names: readonly string[];
  /** The changes, class of pods by class of pods. */
  readonly classes: readonly { readonly pods: string; readonly changes: readonly ToldChange[] }[];
}

/** A change in words. */
export interface ToldChange {
  /** What happened before, and what happens now. */
  readonly before: string;
  readonly after: string;
  /** The destinations, as few blocks as say them. */
  readonly to: string;
  /** How many addresses they are. */
  readonly count: string;
  /** Who decides, for the destinations of each part. */
  readonly parts: readonly { readonly to: string; readonly before: string; readonly after: string }[];
  /** The places with a name that they have to do with; empty when there is none. */
  readonly hits: string;
  /** A command that shows one packet of those that change. */
  readonly witness: string;
}

/** Puts the changes of clusters into words. @param side what the second side is called on the command line */
export function tellClusters({ clusters }: ChangedClusters, side: string): ToldClusters {
  const [first] = clusters;
  return {
    names: clusters.map(cluster => cluster.after.name),
    classes: first!.diff.classes.map(change => ({
      pods: podsText(change),
      changes: change.changes.map(one => tellChange(one, change.groups[0], first!.after.places, side)),
    })),
  };
}

function tellChange(change: Change, group: PodGroup | undefined, places: readonly Place[], side: string): ToldChange {
  const { to, family } = change;
  const addresses = to.count();
  const hits = placesHit(to, [...places, ...registryPlaces()]).map(({ name, whole, all }) =>
    whole ? `all of ${name}` : all ? `in ${name}` : `part of ${name}`,
  );
  return {
    before: treatmentWord(change.before),
    after: treatmentWord(change.after),
    to: termsText(to),
    count: `${countText(addresses)} IPv${family} ${addresses === 1n ? 'address' : 'addresses'}`,
    parts: change.parts.map(part => ({
      to: termsText(part.to),
      before: ruleText(part.before),
      after: ruleText(part.after),
    })),
    hits: hits.length === 0 ? '' : andList(hits),
    witness: witness(formatAddress(to.first()!), group, side),
  };
}

function podsText({ all, groups }: ClassChange): string {
  if (all) return 'every pod';
  const [first, ...others] = groups;
  const more =
    others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'kind' : 'kinds'} of pods`;
  return `${podText(first?.pod)}${more}`;
}

function witness(destination: string, group: PodGroup | undefined, side: string): string {
  const labels = (own: Labels) =>
    Object.entries(own)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
  const pod = group?.pod;
  const from = pod && Object.keys(pod.labels).length > 0 ? ['--from', labels(pod.labels)] : [];
  const namespace = pod && Object.keys(pod.namespace).length > 0 ? ['--namespace', labels(pod.namespace)] : [];
  return commandLine(['masq', 'explain', side, ...from, ...namespace, '--to', destination]);
}

/** What was compared and what came of it, in a line. */
export function diffSummary({ changed, compared, added, removed }: FleetDiff): string {
  const clusters = changed.reduce((sum, group) => sum + group.clusters.length, 0);
  const told = clusters === 0 ? 'no changes' : `${count(clusters, 'cluster')} changed`;
  const beside = [
    ...(added.length > 0 ? [`${added.length} new`] : []),
    ...(removed.length > 0 ? [`${removed.length} gone`] : []),
  ];
  return `${[told, ...beside].join(', ')}; ${count(compared, 'cluster')} compared`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
