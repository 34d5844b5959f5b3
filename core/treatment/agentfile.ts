import { both, type Cidr, cidr, formatCidr, IntervalSet, namedRange, setsOf } from '../address';
import type { AgentFlags } from '../agentfile/flags';
import { LINK_LOCAL } from '../intent/special';
import { pathText } from '../schema/path';
import type { SourceDocument } from '../source';
import { type Layer, mapOf, type TreatmentMap, withIPv6 } from './map';
import { type Decision, masquerade, PRESERVE } from './treatment';

/** The limit of entries that ip-masq-agent has without `cidrLimit`. */
export const DEFAULT_CIDR_LIMIT = 64;

/** What a valid ip-masq-agent file says, read. */
export interface AgentConfig {
  /** Absent when the file has no list, or there is no file: the flags' defaults hold. */
  readonly nonMasqueradeCIDRs?: readonly Cidr[];
  /** Whether packets to 169.254.0.0/16 (RFC 3927) are masqueraded. */
  readonly masqLinkLocal: boolean;
  /** Whether packets to fe80::/10 (RFC 4291) are masqueraded. */
  readonly masqLinkLocalIPv6: boolean;
  /** How many entries the agent takes. @default 64 */
  readonly cidrLimit?: number;
  /** How often the agent reads the file again: a Go duration. @default 60s */
  readonly resyncInterval?: string;
}

/** The agent's built-in list: three ranges, or with `--nomasq-all-reserved-ranges` eleven. */
export function agentDefaults(flags: AgentFlags): readonly Cidr[] {
  return namedRange(flags.nomasqAllReservedRanges ? 'gke-default-non-masquerade' : 'ip-masq-agent-default')!.cidrs.map(
    cidr,
  );
}

/**
 * What ip-masq-agent makes of a file with its flags: link-local first, then the list in order, then masquerade.
 * Without `--enable-ipv6` it writes no IPv6 rule, so IPv6 packets keep their source.
 * Source: kubernetes-sigs/ip-masq-agent, measured on the real program.
 * @param document the file's, to have each entry of the list as a rule of its own, with its place
 */
export function agentTreatment(config: AgentConfig, flags: AgentFlags, document?: SourceDocument): TreatmentMap {
  const list = config.nonMasqueradeCIDRs ?? agentDefaults(flags);
  const local = both(f => {
    const masq = f === 4 ? config.masqLinkLocal : config.masqLinkLocalIPv6;
    return masq ? IntervalSet.empty(f) : LINK_LOCAL[f];
  });
  const layers: Layer[] = [
    { sets: local, decision: { treatment: PRESERVE, rule: 'link-local' } },
    ...(document && config.nonMasqueradeCIDRs ? placedLayers(list, document) : [listLayer(list, config)]),
  ];
  const rest: Decision = { treatment: masquerade(flags.toPorts), rule: 'everything outside of nonMasqueradeCIDRs' };
  const map = mapOf(layers, { 4: rest, 6: rest });
  if (flags.enableIPv6) return map;
  return withIPv6(map, { treatment: PRESERVE, rule: 'no IPv6 rules without --enable-ipv6' });
}

function listLayer(list: readonly Cidr[], { nonMasqueradeCIDRs }: AgentConfig): Layer {
  const rule = nonMasqueradeCIDRs ? 'nonMasqueradeCIDRs' : "the agent's built-in list";
  return { sets: setsOf(list), decision: { treatment: PRESERVE, rule } };
}

function placedLayers(list: readonly Cidr[], document: SourceDocument): Layer[] {
  return list.map((cidr, i) => {
    const path = ['nonMasqueradeCIDRs', i];
    const rule = `${pathText(path)} "${formatCidr(cidr)}"`;
    return { sets: setsOf([cidr]), decision: { treatment: PRESERVE, rule, at: document.at(path) } };
  });
}
