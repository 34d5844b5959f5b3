import type { LabelSelector, PodRule } from '../schema/generated/types-intent';
import type { PodSelector, Requirement, Selector } from './selector';

/** A selector as Kubernetes writes it: single values as `matchLabels`, everything else as `matchExpressions`. */
export function labelSelector({ requirements }: Selector): LabelSelector {
  const isSingle = (one: Requirement): one is Requirement & { operator: 'In' } =>
    one.operator === 'In' && one.values.length === 1;
  const single = requirements.filter(isSingle);
  const keys = new Set(single.map(one => one.key));
  // A map holds a key once.
  const labels = keys.size === single.length ? single : [];
  const rest = requirements.filter(one => !labels.some(label => label === one));
  return {
    ...(labels.length > 0 && { matchLabels: Object.fromEntries(labels.map(one => [one.key, one.values[0]!])) }),
    ...(rest.length > 0 && {
      matchExpressions: rest.map(one => ({ ...one, ...('values' in one && { values: [...one.values] }) })),
    }),
  };
}

/** Pairs of selectors as rules of an intent's policy. */
export function podRules(pairs: readonly PodSelector[]): PodRule[] {
  return pairs.map(({ namespaces, pods }) => ({
    namespaceSelector: labelSelector(namespaces),
    podSelector: labelSelector(pods),
  }));
}
