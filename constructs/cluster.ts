import type { IConstruct } from 'constructs';
import type { SourceDocument } from '../core/source';

/** The cluster that a chart is. */
export interface Cluster {
  /** The cluster's name, and its folder's. */
  readonly name: string;
  /** The intent's document, when it has one with places of its own. */
  readonly document?: SourceDocument;
  /** Whether the objects below the chart are others than its intent was rendered to: more, fewer or patched ones. */
  isChanged(): boolean;
}

/** The charts that are a cluster's; `instanceof` cannot tell them, since cdk8s answers it for every chart. */
const CLUSTERS = new WeakMap<IConstruct, Cluster>();

/** Remembers which cluster a chart is. */
export function setCluster(chart: IConstruct, cluster: Cluster): void {
  CLUSTERS.set(chart, cluster);
}

/** The cluster that a chart is; undefined for charts of other kinds. */
export function clusterOf(chart: IConstruct): Cluster | undefined {
  return CLUSTERS.get(chart);
}
