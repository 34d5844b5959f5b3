import type { Location } from '../diagnostics';
import { samePorts } from './ports';

/**
 * What happens to a packet's source address.
 *
 * - `preserve`: the pod's own address stays
 * - `masquerade`: it becomes the address of the node that the packet leaves; `toPorts` limits the source port to these
 *   ranges, separated by commas
 * - `snat`: it becomes `sourceIP`, a floating IP of the egress gateway
 * - `unknown`: nobody can tell, for it hangs on something that is not in what was read, such as an ipset; `rules` are
 *   those in the way, and there are none where nothing was read. `ofCluster`: it hangs on the cluster alone, as on the
 *   addresses that its nodes have, which are the same whoever's rules they are. Only a dump of a kernel's rules and
 *   another data plane's configuration leave this open.
 */
export type Treatment =
  | { readonly kind: 'preserve' }
  | { readonly kind: 'masquerade'; readonly toPorts?: string }
  | { readonly kind: 'snat'; readonly sourceIP: string }
  | {
      readonly kind: 'unknown';
      readonly rules: readonly string[];
      /** Whether it hangs on the cluster alone. */
      readonly ofCluster?: true;
    };

/** A treatment and the rule that decided it. */
export interface Decision {
  /** What happens to the packet. */
  readonly treatment: Treatment;
  /** The rule in words, such as `spec.masquerade.preserve[0] "rfc1918"`. */
  readonly rule: string;
  /** The rule in a few words for people who read what is rendered: a range's name or the reason given. */
  readonly note?: string;
  /** Where the rule stands, when it stands somewhere. */
  readonly at?: Location;
}

/** The pod's own address stays the source. */
export const PRESERVE: Treatment = { kind: 'preserve' };

/** The source becomes the address of the node that the packet leaves. */
export const MASQUERADE: Treatment = { kind: 'masquerade' };

/** Masquerade, with the source ports limited when ranges are given. */
export function masquerade(toPorts: string | undefined): Treatment {
  return toPorts === undefined ? MASQUERADE : { kind: 'masquerade', toPorts };
}

/** Whether two treatments are known to do the same to a packet of one cluster. */
export function sameTreatment(a: Treatment, b: Treatment): boolean {
  if (a.kind === 'unknown') {
    return b.kind === 'unknown' && a.ofCluster === true && b.ofCluster === true && a.rules.join() === b.rules.join();
  }
  if (a.kind === 'snat') return b.kind === 'snat' && a.sourceIP === b.sourceIP;
  if (a.kind === 'masquerade') return b.kind === 'masquerade' && samePorts(a.toPorts, b.toPorts);
  return a.kind === 'preserve' && b.kind === 'preserve';
}

/** A treatment in words. */
export function treatmentText(treatment: Treatment): string {
  switch (treatment.kind) {
    case 'preserve':
      return 'preserved';
    case 'masquerade':
      return treatment.toPorts === undefined ? 'masqueraded' : `masqueraded with ports ${treatment.toPorts}`;
    case 'snat':
      return `SNATed to ${treatment.sourceIP}`;
    case 'unknown':
      if (treatment.rules.length === 0) return 'treated in a way that is in no dump';
      return `treated in a way that cannot be told from ${treatment.rules.map(rule => `"${rule}"`).join(', ')}`;
  }
}
