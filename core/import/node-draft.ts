import { type Both, FAMILIES, type Family, formatCidr, type IntervalSet, Partition } from '../address';
import { setsByLabel } from '../analysis/diff';
import { withNobody } from '../analysis/enforced';
import { nodeTreatment } from '../analysis/node-subject';
import { isAgentChain } from '../analysis/obstacles';
import { termsText } from '../analysis/terms';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import type { KeptRange } from '../dialect/reading';
import type { NodeRules } from '../dump/node-rules';
import type { Platform } from '../intent/model';
import type { Agent } from '../schema/generated/types-intent';
import type { TreatmentMap } from '../treatment/map';
import { type Decision, PRESERVE, type Treatment, treatmentText } from '../treatment/treatment';
import type { Drafted } from './draft';

/** IPv6 that is in no dump, where no pod has an address of it either. */
const NO_PODS: Decision = { treatment: PRESERVE, rule: 'no pod has IPv6' };

/**
 * Drafts an intent of what a node's rules make of packets of its pods, whoever wrote them.
 * @param pods where these packets come from; empty as long as nobody says
 * @param at the dump
 */
export function draftNode(node: NodeRules, pods: Both<IntervalSet>, at: Location): Drafted {
  const map = podsMap(node, pods);
  const isKnown = FAMILIES.some(family => !pods[family].isEmpty());
  return {
    draft: {
      as: "the node's rules",
      found: {},
      kept: isKnown ? keptRanges(map) : [],
      agent: platform => agentSpec(node, map, pods, platform),
      ipv6Unknown: false,
      at,
      map: () => map,
    },
    diagnostics: isKnown ? FAMILIES.flatMap(family => faults(map, family, at)) : [],
  };
}

function podsMap(node: NodeRules, pods: Both<IntervalSet>): TreatmentMap {
  const map = nodeTreatment(node, withNobody(pods));
  if (!pods[6].isEmpty() || node.families.includes(6)) return map;
  return { ...map, base: { 4: map.base[4], 6: Partition.constant<Decision>(6, NO_PODS) } };
}

function keptRanges({ base }: TreatmentMap): KeptRange[] {
  const cidrs = FAMILIES.flatMap(family =>
    base[family].where(({ treatment }) => treatment.kind === 'preserve').cidrs(),
  );
  return cidrs.map(cidr => ({ text: formatCidr(cidr), cidrs: [cidr] }));
}

/** What of a node's rules an intent cannot say, at the rules that do it. */
function faults({ base }: TreatmentMap, family: Family, dump: Location): Diagnostic[] {
  const decided = [...setsByLabel(family, base[family])];
  const ports = decided.find(([{ treatment }]) => treatment.kind === 'masquerade')?.[0];
  return decided.flatMap(([decision, to]) => {
    const why = inexpressible(decision, ports);
    if (why === undefined) return [];
    return [diagnostic('MQ803', decision.at ?? dump, { message: `packets to ${termsText(to)} ${why}` })];
  });
}

/** Why an intent has no words for a decision. */
function inexpressible({ treatment }: Decision, other: Decision | undefined): string | undefined {
  switch (treatment.kind) {
    case 'preserve':
      return undefined;
    case 'masquerade': {
      const ports = other && portsOf(other.treatment);
      if (portsOf(treatment) === ports) return undefined;
      return `are masqueraded with ${portsText(portsOf(treatment))}, and others with ${portsText(ports)}; an intent has one agent.toPorts for all`;
    }
    case 'snat':
      return `leave with ${treatment.sourceIP}, whichever pod sends them; an intent gives a fixed address only to pods that an egress policy selects`;
    case 'unknown':
      if (treatment.rules.length === 0) return 'are in no dump: import it together with the dump of the other family';
      return `are ${treatmentText(treatment)}: it hangs on what is in no dump, or holds for some packets only`;
  }
}

function portsOf(treatment: Treatment): string | undefined {
  return treatment.kind === 'masquerade' ? treatment.toPorts : undefined;
}

function portsText(ports: string | undefined): string {
  return ports === undefined ? 'any source port' : `source ports ${ports}`;
}

/** The names that the agent's chain has by itself: on GKE, where it can have no other one, and elsewhere. */
const CHAINS = ['IP-MASQ', 'IP-MASQ-AGENT'];

/** How the rules masquerade, as far as that differs from how masq would have it on the platform. */
function agentSpec(node: NodeRules, { base }: TreatmentMap, pods: Both<IntervalSet>, platform: Platform): Agent {
  const gke = platform === 'gke-standard';
  const masquerading = FAMILIES.flatMap(family => [...base[family].entries()]).find(
    ({ value }) => value.treatment.kind === 'masquerade',
  );
  const toPorts = masquerading && portsOf(masquerading.value.treatment);
  const isRandom = node.families.every(family => isFullyRandom(node, family, pods));
  const [chain, another] = CHAINS.filter(name => hasChain(node, name));
  return {
    ...(!gke && chain === 'IP-MASQ' && another === undefined && { chain }),
    ...(masquerading && isRandom === gke && { randomFully: isRandom }),
    ...(toPorts !== undefined && { toPorts: toPorts.split(',') }),
  };
}

function hasChain(node: NodeRules, chain: string): boolean {
  return node.families.some(family => [...node.ruleset(family).chains.keys()].some(name => isAgentChain(name, chain)));
}

/** Whether no packet is masqueraded with a source port that could be guessed. */
function isFullyRandom(node: NodeRules, family: Family, pods: Both<IntervalSet>): boolean {
  const sources = withNobody(pods)[family];
  return node
    .map(family, sources)
    .where(is => is.treatment?.kind === 'masquerade' && 'randomFully' in is && is.randomFully === false)
    .isEmpty();
}
