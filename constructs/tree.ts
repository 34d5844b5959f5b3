import type { IConstruct } from 'constructs';
import { type Diagnostic, diagnostic, hasErrors, type Location } from '../core/diagnostics';
import { checkBundle } from '../core/manifest/bundle';
import { clusterOf } from './cluster';
import { bundleOf, readObjects } from './objects';
import { unlessSaid } from './props';
import { isReporter, placeOf, reportedBy } from './reporter';

/** Findings by the construct that reports them. Every construct that reports is there, if only with none. */
export type TreeFindings = Map<IConstruct, Diagnostic[]>;

/**
 * Everything that there is to say of a tree of constructs: what they say of their props, what is wrong with the objects
 * that they render to, patches and all, and what these have to agree on. Of two constructs that are at odds, the later
 * one reports it.
 */
export function treeFindings(root: IConstruct): TreeFindings {
  const nodes = root.node.findAll();
  const own = new Map(nodes.filter(isReporter).map(node => [node.node.path, { node, said: reportedBy(node) }]));
  const { refused, further } = objectFindings(nodes);
  const all: TreeFindings = new Map([...own.values()].map(({ node }) => [node, []]));
  const seen = new Set<string>();
  // What a construct passes on to its parts, they repeat.
  const add = (reporter: IConstruct, found: Diagnostic): void => {
    const key = repetitionKey(wholeOf(reporter)[0], found);
    if (!seen.has(key)) all.get(reporter)!.push(found);
    seen.add(key);
  };
  for (const { node, said } of own.values()) {
    for (const found of said) if (found.code !== 'MQ901' || !refused.has(node)) add(node, found);
  }
  for (const found of [...further, ...sameClusters(nodes)]) {
    const [reporter, about] = partyOf(found, path => own.get(path)?.node);
    if (!reporter || found.severity === 'note') continue;
    // What the construct says of its props is said better.
    const better = wholeOf(reporter).flatMap(part => own.get(part.node.path)?.said ?? []);
    for (const one of unlessSaid(better, [about])) add(reporter, one);
  }
  return all;
}

/** What is wrong with objects, and the charts of clusters that need not say once more that it is. */
function objectFindings(nodes: readonly IConstruct[]): { refused: ReadonlySet<IConstruct>; further: Diagnostic[] } {
  const refused = new Set<IConstruct>();
  const further: Diagnostic[] = [];
  for (const [cluster, objects] of readObjects(nodes)) {
    const found = [...objects.flatMap(object => object.diagnostics), ...checkBundle(bundleOf(objects))];
    if (cluster && hasErrors(found)) refused.add(cluster);
    further.push(...found);
  }
  return { refused, further };
}

/** Equal for findings that say the same of the same whole. */
function repetitionKey(whole: IConstruct | undefined, { code, message, path, file, range }: Diagnostic): string {
  return JSON.stringify([whole?.node.path, code, message, path, file, range?.start]);
}

/** The constructs that report which one is a part of, from the outermost to itself; the tree's root is none. */
function wholeOf(reporter: IConstruct): IConstruct[] {
  return reporter.node.scopes.filter(scope => scope.node.scope && isReporter(scope));
}

/** Who reports a finding: of an object that no construct of ours made, the other party if there is one. */
function partyOf(
  found: Diagnostic,
  reporterAt: (path: string) => IConstruct | undefined,
): readonly [reporter: IConstruct | undefined, found: Diagnostic] {
  const { construct = '' } = found;
  const party = reporterAt(construct);
  if (party) return [party, found];
  const other = found.related?.find(at => reporterAt(at.construct ?? ''));
  if (!other) return [undefined, found];
  const { message: _, ...place } = other;
  const related = [{ construct, message: 'the other one' }];
  return [reporterAt(other.construct!), { ...found, ...place, related }];
}

/** Charts that are the same cluster's. */
function sameClusters(nodes: readonly IConstruct[]): Diagnostic[] {
  const first = new Map<string, IConstruct>();
  return nodes.flatMap(chart => {
    const cluster = clusterOf(chart);
    if (!cluster) return [];
    const earlier = first.get(cluster.name);
    if (!earlier) {
      first.set(cluster.name, chart);
      return [];
    }
    const message = `intent "${cluster.name}" is defined twice; both would render to the same folder`;
    const related = [{ ...clusterPlace(earlier), message: 'the first one' }];
    return [diagnostic('MQ214', clusterPlace(chart), { message, related })];
  });
}

/** Where a cluster has its name: in its document, or in the program. */
function clusterPlace(chart: IConstruct): Location {
  const place = placeOf(chart);
  const named = clusterOf(chart)?.document?.at(['metadata', 'name']);
  return named?.range ? { ...named, construct: place.construct } : place;
}
