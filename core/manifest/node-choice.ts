import { Findings } from '../intent/findings';
import { commonLabels, readSelector, type Selector, selectorText } from '../intent/selector';
import { valueAt } from '../schema/path';
import type { SourceDocument } from '../source';
import { list, record, written } from './object';
import { POD } from './pod';

/** The nodes that a DaemonSet's pods may run on, as far as labels of nodes decide it. */
export interface NodeChoice {
  /** A node is chosen when one of these matches its labels. */
  readonly terms: readonly Selector[];
  /** Whether these choose no more nodes than the DaemonSet does: `Gt` and `Lt` are read as `Exists`. */
  readonly exact: boolean;
}

const TERMS = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];

/** Reads which nodes a DaemonSet chooses, by `nodeSelector` and by what its node affinity requires. */
export function nodeChoice(document: SourceDocument): NodeChoice {
  const { nodeSelector } = record(valueAt(document.value, POD));
  const labels = Object.entries(record(nodeSelector)).map(([key, value]) => [key, written(value)]);
  const everywhere = readSelector({ matchLabels: Object.fromEntries(labels) }, [], new Findings(document));
  const terms = valueAt(document.value, [...POD, ...TERMS]);
  if (!Array.isArray(terms)) return { terms: [everywhere], exact: true };
  const expressions = terms.map(term => expressionsOf(record(term)));
  return {
    // A term without requirements matches no node.
    terms: expressions
      .filter(term => term.length > 0)
      .map(term => {
        const { requirements } = readSelector({ matchExpressions: term.map(readable) }, [], new Findings(document));
        return { requirements: [...everywhere.requirements, ...requirements] };
      }),
    exact: expressions.flat().every(expression => !isComparison(expression)),
  };
}

type Expression = Readonly<Record<string, unknown>>;

function expressionsOf({ matchExpressions, matchFields }: Expression): readonly Expression[] {
  const fields = list(matchFields).map(record);
  // No label is called so, and a node's name is chosen as a label is.
  return [...list(matchExpressions).map(record), ...fields.map(field => ({ ...field, key: `field ${field.key}` }))];
}

function isComparison({ operator }: Expression): boolean {
  return operator === 'Gt' || operator === 'Lt';
}

function readable(expression: Expression): Expression {
  return isComparison(expression) ? { key: expression.key, operator: 'Exists' } : expression;
}

/** On how many nodes two DaemonSets meet: on `none` whatever labels there are, on `all` of one of them, or on `some` perhaps. */
export function meeting(one: NodeChoice, other: NodeChoice): 'none' | 'some' | 'all' {
  if (!one.terms.some(term => other.terms.some(another => commonLabels(term, another)))) return 'none';
  return isWithin(one, other) || isWithin(other, one) ? 'all' : 'some';
}

/** Whether every node of the one is surely a node of the other. */
function isWithin(one: NodeChoice, { terms, exact }: NodeChoice): boolean {
  return exact && one.terms.every(term => terms.some(wider => commonText(term, wider) === selectorText(term)));
}

function commonText(one: Selector, other: Selector): string {
  return selectorText({ requirements: [...one.requirements, ...other.requirements] });
}
