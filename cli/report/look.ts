import type { Both, IntervalSet, Partition } from '../../core/address';
import { type Place, registryPlaces } from '../../core/analysis/places';
import type { ReportCluster } from '../../core/analysis/report/pack';
import { firstChangedKind, partitionsFor } from '../../core/analysis/report/pods';
import { type Branch, prefixTree } from '../../core/analysis/report/prefix-tree';
import type { Subject } from '../../core/analysis/subject';
import type { Pod } from '../../core/treatment/pod-classes';
import { sameTreatment } from '../../core/treatment/treatment';
import { ruleText } from '../ask/words';
import { type Tone, Tones, toned, tonedChanges } from './tone';
import type { TreeLabel } from './view/tree';

/** What is looked at: one side, or what changes. */
export type Look = 'before' | 'after' | 'changes';

/** The side of a cluster that is looked at; of one that is on one side alone, that one. */
export function sideOf({ before, after }: ReportCluster, look: Look): Subject {
  return (look === 'before' ? (before ?? after) : (after ?? before))!;
}

/** A cluster's name as a title has it: of a file's path, as dumps have it, what the file is called. */
export function titleName({ name }: { readonly name: string }): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The kind of pods that is looked at as long as nobody chooses one: of a comparison the first for which something changes. */
export function firstPod({ before, after }: ReportCluster): Pod | undefined {
  return before && after ? firstChangedKind(before.map, after.map) : undefined;
}

/** What is scattered over more blocks than so many is no place on a map. */
const BLOCKS = 8;

/** The places that a map shows, the cluster's own first. */
export function drawnPlaces(own: readonly Place[]): Place[] {
  return [...own, ...registryPlaces()].filter(({ sets }) => sets[4].cidrs().length <= BLOCKS);
}

/** The tones of a cluster, the same on both sides. */
export function tonesOf({ before, after }: ReportCluster): Tones {
  return new Tones([before, after].flatMap(subject => subject?.map ?? []));
}

/** How the addresses are drawn that packets of a pod may go to. */
export function tonesFor(cluster: ReportCluster, look: Look, pod: Pod | undefined): Both<Partition<Tone>> {
  const { before, after } = cluster;
  if (look === 'changes' && before && after)
    return tonedChanges(partitionsFor(before.map, pod), partitionsFor(after.map, pod), tonesOf(cluster));
  return toned(partitionsFor(sideOf(cluster, look).map, pod), tonesOf(cluster));
}

/** The tree of a cluster's IPv6 blocks. A cluster that is on one side alone is told of that side. */
export function treeOf(cluster: ReportCluster, look: Look): Branch<TreeLabel> {
  const { before, after } = cluster;
  const tones = tonesOf(cluster);
  if (look === 'changes' && before && after) {
    const labels = before.map.base[6].zip(
      after.map.base[6],
      (left, right): TreeLabel => ({
        tone: tones.ofChange(left.treatment, right.treatment),
        rule: sameTreatment(left.treatment, right.treatment)
          ? ruleText(right)
          : `before by ${ruleText(left)}, after by ${ruleText(right)}`,
      }),
    );
    return prefixTree(labels, [...setsOf(before), ...setsOf(after)]);
  }
  const subject = sideOf(cluster, look);
  const labels: Partition<TreeLabel> = subject.map.base[6].map(decision => ({
    tone: tones.of(decision.treatment),
    rule: ruleText(decision),
  }));
  return prefixTree(labels, setsOf(subject));
}

function setsOf({ map }: Subject): IntervalSet[] {
  return map.asked[6].layers.map(({ set }) => set);
}
