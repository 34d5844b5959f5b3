import { type Diagnostic, diagnostic } from '../../diagnostics';
import type { PolicyModel } from '../../intent/model';
import type { SourceDocument } from '../../source';
import { matches, podClasses } from '../../treatment/pod-classes';
import { removal } from './edit';
import type { FoundAt } from './idle-rules';

/** Rules of an egress policy that select no pod which the others of it do not select too. */
export function idlePodRules(
  document: SourceDocument,
  { from }: PolicyModel,
  list: readonly (string | number)[],
  foundAt: FoundAt,
): Diagnostic[] {
  const classes = from.length < 2 ? undefined : podClasses(from);
  if (!classes) return [];
  const found: Diagnostic[] = [];
  let left = from;
  for (const rule of from.toReversed()) {
    const own = classes.filter(pod => matches([rule], pod));
    const others = left.filter(other => other !== rule);
    const at = document.at(rule.path);
    if (own.length === 0 || foundAt(at) || !own.every(pod => matches(others, pod))) continue;
    left = others;
    const edit = removal(document, list, from.indexOf(rule));
    const message = 'the rule changes nothing: other rules of the policy select every pod that it selects; remove it';
    const related = others
      .filter(other => own.some(pod => matches([other], pod)))
      .map(other => ({ ...document.at(other.path), message: 'this one selects them too' }));
    found.push({ ...diagnostic('MQ702', at, { message, related }), ...(edit && { fix: [edit] }) });
  }
  return found.toReversed();
}
