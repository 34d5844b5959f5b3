import type { IntervalSet } from '../address';
import type { Condition, NatRule } from '../dataplane/nat-rule';
import type { Met } from '../dataplane/way';
import type { NodeRules } from '../dump/node-rules';
import type { TreatmentMap } from '../treatment/map';
import { type Asked, type Explanation, explain, type Passed } from './explain';
import { decidingRules, isByNone, nodeOf } from './node-subject';
import { termsText } from './terms';

/** How many rules are followed at the most, for all parts of the destinations together. */
const MOST_FOLLOWED = 50_000;

/**
 * What a node's rules do with packets to some destinations, and for each part of them the rules that were asked on the way,
 * in the order of the kernel; undefined for a map that is none of a node's.
 */
export function explainNode(map: TreatmentMap, to: IntervalSet): Explanation[] | undefined {
  const of = nodeOf(map);
  if (!of) return undefined;
  const { node, pods } = of;
  const parts = explain(map, undefined, to);
  if (!node.families.includes(to.family)) return parts.map(part => ({ ...part, passed: untold('') }));
  const sources = pods?.[to.family].isEmpty() ? undefined : pods?.[to.family];
  const rules = [...node.ruleset(to.family).chains.values()].reduce((sum, chain) => sum + chain.rules.length, 0);
  const isTooMuch = parts.length > 1 && parts.length * rules > MOST_FOLLOWED;
  return parts.map(part => {
    if (isTooMuch) return { ...part, passed: untold('is told of fewer destinations at once') };
    const met = node.met(part.to, sources);
    if (!met) return { ...part, passed: untold('is not known: the dump does not tell in which order all are asked') };
    return { ...part, passed: passedOf(part, met, node) };
  });
}

function untold(why: string): Asked {
  return { all: [], count: 0, isOwn: true, untold: why };
}

/** The rules that were asked before the last one that decides, and do not decide themselves. */
function passedOf({ to, decision }: Explanation, met: readonly Met[], node: NodeRules): Asked {
  const deciding = decidingRules(decision);
  const last = isByNone(decision) ? met.length : met.findLastIndex(({ rule }) => deciding.includes(rule));
  const before = met.slice(0, last < 0 ? met.length : last);
  const texts = new Set(deciding.map(({ text }) => text));
  const all: Passed[] = [];
  for (const one of before) {
    const { rule } = one;
    if (rule.isStandIn || texts.has(rule.text)) continue;
    const first = rule.isPart ? all.findLastIndex(({ decision: { rule: text } }) => text === rule.text) : -1;
    if (first >= 0) {
      // What is one rule of the kernel's in several parts is told once, by the part that holds some of the destinations.
      const why = one.held.isEmpty() ? all[first]!.why.replace(OF_ONE_PART, '') : whyPassed(one, to);
      all[first] = { ...all[first]!, why };
      continue;
    }
    const at = node.placeOf(to.family, rule);
    all.push({
      decision: { treatment: decision.treatment, rule: rule.text, ...(at && { at }) },
      why: whyPassed(one, to),
    });
  }
  return { all, count: all.length, isOwn: true };
}

/** What is said of the destinations of one part of a rule. */
const OF_ONE_PART = /(?<=^holds none of the destinations): .*/;

/** Why a rule did not decide, behind "it". */
function whyPassed({ rule, held, isCertain, failing }: Met, to: IntervalSet): string {
  if (held.isEmpty()) return failing ? whyNot(failing) : 'holds none of the destinations';
  if (!isCertain) return `may hold or not, and then ${deed(rule)}`;
  return held.containsSet(to) ? deed(rule) : `${deed(rule)}, for ${termsText(held)} alone`;
}

/** What a rule asks that the packets are not. */
function whyNot(condition: Condition): string {
  switch (condition.on) {
    case 'destination':
      return `holds none of the destinations: ${termsText(condition.set)}`;
    case 'source':
      return 'is for packets that come from elsewhere';
    case 'protocol':
      return 'is for other protocols';
    case 'mark':
      return 'is for packets with another mark';
    case 'out-interface':
      return 'is for packets that leave by another interface';
    case 'connection-state':
      return 'is for packets of connections that are in another state';
    case 'named-set':
      return `is for what is in the set ${condition.name}, or for all else`;
    default:
      return 'is for other packets than those that pods send out of the node';
  }
}

/** What a rule does with packets for which it holds, which does not decide. */
function deed({ verdict }: NatRule): string {
  switch (verdict.kind) {
    case 'jump':
      return `leads to chain ${verdict.chain.split(' ').at(-1)}, where other rules are asked`;
    case 'goto':
      return `leads on to chain ${verdict.chain.split(' ').at(-1)}`;
    case 'return':
      return 'ends its chain, and packets go on behind it';
    case 'accept':
      return 'ends its base chain, and packets go on with the next one';
    case 'set-mark':
      return 'changes the mark alone';
    case 'untrack':
      return 'takes packets out of connection tracking';
    case 'masquerade':
    case 'snat':
      return 'gives packets another source';
    default:
      return 'leaves their source as it is';
  }
}
