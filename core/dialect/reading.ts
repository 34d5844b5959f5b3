import { type Both, both, type Cidr, type Family, IntervalSet, setsOf } from '../address';
import type { Diagnostic, Location } from '../diagnostics';
import type { PodSelector } from '../intent/selector';
import { LINK_LOCAL } from '../intent/special';
import { type EgressRule, type Layer, mapOf, type TreatmentMap, withIPv6 } from '../treatment/map';
import { type Decision, MASQUERADE, masquerade, PRESERVE, type Treatment, treatmentText } from '../treatment/treatment';

/** Destinations to which pods keep their address, as a data plane's configuration names them. */
export interface KeptRange {
  /** The range as written. */
  readonly text: string;
  /** The setting that keeps it, where it is no range that is written. */
  readonly rule?: string;
  /** Its addresses. */
  readonly cidrs: readonly Cidr[];
  /** Where it is written. */
  readonly at?: Location;
  /** The comment behind it, where there is one. */
  readonly comment?: string | undefined;
}

/** What a cluster has for itself. A data plane's configuration mostly takes it for granted. */
export type OwnRole = 'nodes' | 'pods' | 'services' | 'vpc';

/** The cluster's own ranges: facts, which a data plane's configuration mostly does not hold. */
export type OwnRanges = Readonly<Record<OwnRole, Both<IntervalSet>>>;

/** Packets of some pods that leave with a fixed address. */
export interface DialectPolicy {
  /** The policy's name. */
  readonly name: string;
  /** Which pods: those that any of the pairs selects. */
  readonly pods: readonly PodSelector[];
  /** IPv4 destinations, what is excluded taken out; of the cluster's own none counts. */
  readonly destinations: IntervalSet;
  /** The address that the packets leave with. */
  readonly sourceIP: string;
  /** Where the policy is written. */
  readonly at?: Location;
}

/** What a data plane's own configuration says of packets, in terms that an intent has too. */
export interface DialectReading {
  /** What was read, in a few words, such as `Cilium's ip-masq-agent`. */
  readonly as: string;
  /** Destinations to which pods keep their address, as listed. */
  readonly kept: readonly KeptRange[];
  /** What happens to packets to link-local destinations that nothing keeps. */
  readonly linkLocal: Both<'preserve' | 'masquerade'>;
  /** The families whose packets are masqueraded at all; of another one pods keep their address wherever they go. */
  readonly families: readonly Family[];
  /** Source ports that masqueraded packets get, separated by commas; absent: the kernel's choice. */
  readonly toPorts?: string;
  /** Whether the data plane masquerades with fully random source ports. */
  readonly randomFully: boolean;
  /** The chains of iptables' nat table where it masquerades by SNAT to the node's address; absent: it does not. */
  readonly snatChain?: RegExp;
  /** How often the configuration is read again, a Go duration; absent: the data plane has no such setting. */
  readonly resyncInterval?: string;
  /** The cluster's own ranges that the data plane keeps by itself. */
  readonly keepsOwn: readonly OwnRole[];
  /** Packets that leave with a fixed address. */
  readonly egress: readonly DialectPolicy[];
}

/** A reading, and what is to be said of what was read. */
export interface ReadDialect {
  /** Absent when there is an error: nothing is guessed. */
  readonly reading?: DialectReading;
  /** What is wrong, what cannot be said in an intent, and what ip-masq-agent would read in another way. */
  readonly diagnostics: readonly Diagnostic[];
}

/** No own ranges at all, for what is denoted by the configuration alone. */
export const NO_OWN_RANGES: OwnRanges = {
  nodes: both(IntervalSet.empty),
  pods: both(IntervalSet.empty),
  services: both(IntervalSet.empty),
  vpc: both(IntervalSet.empty),
};

/** Destinations of which it hangs on something that nobody can say whether pods keep their address to them. */
export interface Perhaps {
  /** The destinations; those that are kept for another reason are kept. */
  readonly sets: Both<IntervalSet>;
  /** When pods keep their address, as in `when a node has the address`. */
  readonly when: string;
  /** Of which of the cluster's own ranges they are part, which go through no gateway; kept where the data plane keeps that. */
  readonly role?: OwnRole;
}

/**
 * The map that a configuration denotes on a cluster that has these ranges.
 * @param perhaps what is kept perhaps: it cannot be told what happens there
 */
export function readingMap(
  reading: DialectReading,
  own: OwnRanges = NO_OWN_RANGES,
  perhaps: readonly Perhaps[] = [],
): TreatmentMap {
  const { kept, linkLocal, families, keepsOwn, egress } = reading;
  const rest: Decision = { treatment: masquerade(reading.toPorts), rule: 'everything else' };
  const local = both(f => (linkLocal[f] === 'preserve' ? LINK_LOCAL[f] : IntervalSet.empty(f)));
  const layers: Layer[] = [
    ...keepsOwn.map(role => ({ sets: own[role], decision: keep(`the cluster's ${role}, by itself`) })),
    { sets: local, decision: keep('link-local') },
    ...kept.map(({ text, rule, cidrs, at }) => ({ sets: setsOf(cidrs), decision: keep(rule ?? `"${text}"`, at) })),
    ...perhaps
      .filter(({ role }) => role === undefined || keepsOwn.includes(role))
      .map(({ sets, when }) => ({ sets, decision: open(PRESERVE, when, rest.treatment) })),
  ];
  const plain = mapOf(layers, { 4: rest, 6: rest }, []);
  const masqueraded = plain.base[4].where(({ treatment }) => treatment.kind === 'masquerade');
  const map = { ...plain, egress: egress.flatMap(policy => egressRules(policy, own, perhaps, masqueraded)) };
  return families.includes(6) ? map : withIPv6(map, keep('IPv6 is not masqueraded'));
}

function keep(rule: string, at?: Location): Decision {
  return { treatment: PRESERVE, rule, ...(at && { at }) };
}

function open(treatment: Treatment, when: string, otherwise: Treatment): Decision {
  const rule = `${treatmentText(treatment)} ${when}, else ${treatmentText(otherwise)}`;
  return { treatment: { kind: 'unknown', rules: [rule], ofCluster: true }, rule };
}

/**
 * Traffic inside of the cluster never goes through a gateway; what is inside perhaps goes through it perhaps, and is else
 * treated as that of pods without a policy: Antrea masquerades it, since by its iptables rule it keeps pods alone.
 * Source: antrea-io/antrea, pkg/agent/openflow (snatSkipNodeFlow) and pkg/agent/route (ANTREA-POSTROUTING).
 */
function egressRules(
  policy: DialectPolicy,
  own: OwnRanges,
  perhaps: readonly Perhaps[],
  masqueraded: IntervalSet,
): EgressRule[] {
  const { name, pods, sourceIP, at } = policy;
  const inside = IntervalSet.unionOf(4, [own.nodes[4], own.pods[4], own.services[4]]);
  const destinations = policy.destinations.subtract(inside);
  const treatment: Treatment = { kind: 'snat', sourceIP };
  const unsure = perhaps.flatMap(({ sets, when }): EgressRule[] => {
    const some = destinations.intersect(sets[4]);
    const parts = [
      { destinations: some.intersect(masqueraded), without: MASQUERADE },
      { destinations: some.subtract(masqueraded), without: PRESERVE },
    ];
    return parts.flatMap(({ destinations, without }) => {
      if (destinations.isEmpty()) return [];
      const { rule, ...decision } = open(without, when, treatment);
      const told = { ...decision, rule: `policy "${name}": ${rule}`, ...(at && { at }) };
      return [{ pods, destinations, decision: told, isPart: true }];
    });
  });
  const decision: Decision = { treatment, rule: `policy "${name}"`, ...(at && { at }) };
  return [...unsure, { pods, destinations, decision }];
}
