import type { Family, IntervalSet } from '../address';
import type { InterfaceName } from './interfaces';
import type { MarkChange } from './mark';

/** What a rule asks of a packet. Every condition of a rule has to hold for its verdict to count. */
export type Condition =
  | { readonly on: 'destination' | 'source'; readonly set: IntervalSet }
  | { readonly on: 'protocol'; readonly protocols: readonly string[]; readonly negated: boolean }
  | { readonly on: 'destination-type' | 'source-type'; readonly type: string; readonly negated: boolean }
  | { readonly on: 'mark'; readonly value: number; readonly mask: number; readonly negated: boolean }
  | {
      /** What is known of the connection, in lower case: `new`, `established` and others. */
      readonly on: 'connection-state';
      readonly states: readonly string[];
      readonly negated: boolean;
    }
  | {
      /** By which interface the packet leaves the node: one of these, or none of them. */
      readonly on: 'out-interface';
      readonly names: readonly InterfaceName[];
      readonly negated: boolean;
    }
  | {
      /** It holds for no packet of a pod that leaves the node. */
      readonly on: 'never';
    }
  | {
      /** It holds for some packets and not for others, whatever they are: rules spread packets with it. */
      readonly on: 'chance';
    }
  | {
      /** Addresses that are kept outside of the rule: an ipset, or a set of nftables. */
      readonly on: 'named-set';
      readonly name: string;
      readonly of: 'destination' | 'source' | 'other';
      readonly negated: boolean;
    }
  | {
      /** Something that the reader does not know; it may hold or not. */
      readonly on: 'unknown';
      readonly text: string;
    };

/** What a rule does with a packet for which its conditions hold. */
export type RuleVerdict =
  | { readonly kind: 'accept' | 'drop' | 'return' }
  | {
      /** The packet goes on with the next rule: the rule counts, logs or does nothing. */
      readonly kind: 'continue';
    }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | {
      /** The connection is not tracked: the packet goes on, but no rule of type nat can give it another source. */
      readonly kind: 'untrack';
    }
  | {
      /** The packet gets another destination, or stays on the node: nobody knows what becomes of it. */
      readonly kind: 'readdress';
      /** Whether it may get another source, and that by itself, whatever becomes of others of its connection. */
      readonly source?: true;
    }
  | { readonly kind: 'masquerade'; readonly toPorts?: string; readonly randomFully: boolean }
  | { readonly kind: 'snat'; readonly sourceIP: string }
  | ({ readonly kind: 'set-mark' } & MarkChange)
  | {
      /** Something that the reader does not know: nobody can tell what becomes of the packet. */
      readonly kind: 'unknown';
      readonly text: string;
    };

/** One rule as read from the kernel. */
export interface NatRule {
  /** What it asks. */
  readonly conditions: readonly Condition[];
  /** What it does. */
  readonly verdict: RuleVerdict;
  /** The rule for people: as the kernel's tool prints it, without counters. */
  readonly text: string;
  /** Whether it is no rule of the kernel's, but stands for something else that its text names. */
  readonly isStandIn?: true;
  /** Whether it is a further part of what is one rule of the kernel's together with the one before. */
  readonly isPart?: true;
}

/** A chain with its rules in their order. */
export interface NatChain {
  /** What happens at its end: a base chain's policy, or `return` in a chain that is jumped to. */
  readonly policy: 'accept' | 'drop' | 'return';
  /** The rules. */
  readonly rules: readonly NatRule[];
}

/** A base chain: where packets enter. */
export interface NatHook {
  /** The chain's name. */
  readonly chain: string;
  /** Whether it is of type `nat`, which may give packets a source; others may only mark them before. */
  readonly nat: boolean;
  /**
   * The kernel asks base chains from the lowest priority up; 100 is `srcnat`, where iptables' nat table is, and those of
   * devices come behind all others. Chains of other hooks, which come before, have {@link EARLIER} added to theirs.
   */
  readonly priority: number;
}

/** What is added to the priority of base chains of hooks before the postrouting one; no priority of these is as low. */
export const EARLIER: Readonly<Record<EarlyHook, number>> = {
  ingress: -3 * 2 ** 40,
  prerouting: -2 * 2 ** 40,
  forward: -(2 ** 40),
};

/** The hooks that packets of pods come through before the postrouting one. */
export type EarlyHook = 'ingress' | 'prerouting' | 'forward';

/** Whether packets come to a base chain before any of the postrouting hook. */
export function isEarly({ priority }: NatHook): boolean {
  return priority < EARLIER.forward / 2;
}

/** Whether a base chain is asked before it is known where packets leave to. */
export function isBeforeRouting({ priority }: NatHook): boolean {
  return priority < EARLIER.forward * 1.5;
}

/** The priority at which the kernel begins to track connections: no rule behind leaves a packet untracked. */
export const TRACKING = EARLIER.prerouting - 200;

/** What one address family's packets go through behind the routing decision, as far as it may change their source. */
export interface NatRuleset {
  /** The address family. */
  readonly family: Family;
  /** The chains that packets may come to, by a name that is their own. */
  readonly chains: ReadonlyMap<string, NatChain>;
  /** The base chains at the postrouting hook, and those before where packets are left untracked or get other addresses, in any order. */
  readonly hooks: readonly NatHook[];
}

/**
 * Rulesets of one kernel, such as iptables' and that of nftables, as one.
 * @throws RangeError if two of them have a chain of the same name, or they are of different families.
 */
export function joinRulesets(first: NatRuleset, ...others: readonly NatRuleset[]): NatRuleset {
  const chains = new Map(first.chains);
  for (const { family, chains: more } of others) {
    if (family !== first.family) throw new RangeError('rulesets of different address families cannot be joined');
    for (const [name, chain] of more) {
      if (chains.has(name)) throw new RangeError(`two rulesets have a chain "${name}"`);
      chains.set(name, chain);
    }
  }
  return { family: first.family, chains, hooks: [first, ...others].flatMap(ruleset => ruleset.hooks) };
}

const NAMED = /"name":"(?:CT|NOTRACK)"|"xt":null/;

/**
 * Whether chains of a hook before the postrouting one have a say: where a rule leaves packets untracked or gives them other
 * addresses, or may do so.
 */
export function hasEarlySay(hook: NatHook, chains: Iterable<NatChain>): boolean {
  const mayUntrack = hook.priority <= TRACKING;
  return [...chains].some(({ rules }) =>
    rules.some(({ verdict }) => {
      if (verdict.kind === 'readdress') return true;
      if (verdict.kind === 'untrack') return mayUntrack;
      // What `nft -j` lists by its name only, or not even so, may be a target that untracks.
      return verdict.kind === 'unknown' && (hook.nat || (mayUntrack && NAMED.test(verdict.text)));
    }),
  );
}

/** Whether a verdict leads to another chain. */
export function leads(verdict: RuleVerdict): verdict is Extract<RuleVerdict, { readonly chain: string }> {
  return verdict.kind === 'jump' || verdict.kind === 'goto';
}

/** Chains of kube-proxy, the kubelet and the portmap plugin of CNI, in the table nat, for packets to Services and host ports. */
const OF_SERVICES =
  /^(?:\S+ nat )?(?:KUBE-(?:SERVICES|NODEPORTS|NODE-PORT|LOAD-BALANCER|HOSTPORTS|MARK-(?:MASQ|DROP)|PORTALS-\S+|NODEPORT-\S+|(?:SVC|SEP|FW|EXT|XLB|SVL|HP)-\S+)|CNI-(?:HOSTPORT-\S+|(?:DN|SN)-\S+))$/;

/** Whether a chain, behind its table's name, is one of those for packets to Services and host ports. */
export function leadsToServices(chain: string): boolean {
  return OF_SERVICES.test(chain);
}

/** A rule as it is for packets to no Service: that such packets get another destination is another matter. */
export function besideServices(rule: NatRule): NatRule {
  return leads(rule.verdict) && leadsToServices(rule.verdict.chain) ? { ...rule, verdict: { kind: 'continue' } } : rule;
}

/** A rule that stands for what is no rule of the kernel, such as a chain's policy or one that cannot be followed. */
export function standIn(verdict: 'drop' | 'unknown', text: string): NatRule {
  const does: RuleVerdict = verdict === 'drop' ? { kind: 'drop' } : { kind: 'unknown', text };
  return { conditions: [], verdict: does, text, isStandIn: true };
}
