import {
  type Labels,
  type PodSelector,
  type Requirement,
  type Selector,
  selects,
  unnamedValue,
} from '../intent/selector';

/** A pod as selectors see it. */
export interface Pod {
  /** The labels of its namespace. */
  readonly namespace: Labels;
  /** Its own labels. */
  readonly labels: Labels;
}

/** How many classes are told apart at the most; selectors on many independent labels have twice as many for each. */
const MOST = 2000;

/** One pod for every set of selectors that some pod matches together; undefined when there are too many such sets. */
export function podClasses(selectors: readonly PodSelector[]): Pod[] | undefined {
  const namespaces = labelClasses(selectors.map(selector => selector.namespaces));
  const pods = labelClasses(selectors.map(selector => selector.pods));
  if (!namespaces || !pods || namespaces.size * pods.size > MOST) return undefined;
  const classes = new Map<string, Pod>();
  for (const namespace of namespaces.values()) {
    for (const own of pods.values()) {
      const matched = namespace.matched.filter(index => own.matched.includes(index)).join();
      if (!classes.has(matched)) classes.set(matched, { namespace: namespace.labels, labels: own.labels });
    }
  }
  return [...classes.values()];
}

/** Whether one of the selectors matches the pod. */
export function matches(selectors: readonly PodSelector[], pod: Pod): boolean {
  return selectors.some(s => selects(s.namespaces, pod.namespace) && selects(s.pods, pod.labels));
}

interface LabelClass {
  readonly labels: Labels;
  /** The selectors that match so far, by index. */
  readonly matched: readonly number[];
}

/** Label by label, each value that some selector names, one that none names, and none at all. */
function labelClasses(selectors: readonly Selector[]): ReadonlyMap<string, LabelClass> | undefined {
  const keys = new Set(selectors.flatMap(selector => selector.requirements.map(r => r.key)));
  let classes = new Map<string, LabelClass>([['', { labels: {}, matched: selectors.map((_, index) => index) }]]);
  for (const key of keys) {
    const about = selectors.map(selector => selector.requirements.filter(r => r.key === key));
    const next = new Map<string, LabelClass>();
    for (const { labels, matched } of classes.values()) {
      for (const value of [undefined, ...valuesOf(about.flat())]) {
        const one: Labels = value === undefined ? {} : { [key]: value };
        const left = matched.filter(index => selects({ requirements: about[index]! }, one));
        if (!next.has(left.join())) next.set(left.join(), { labels: { ...labels, ...one }, matched: left });
      }
    }
    if (next.size > MOST) return undefined;
    classes = next;
  }
  return classes;
}

function valuesOf(requirements: readonly Requirement[]): string[] {
  return [...new Set(requirements.flatMap(r => ('values' in r ? r.values : []))), unnamedValue(requirements)];
}
