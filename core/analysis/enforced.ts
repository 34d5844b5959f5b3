import { type Both, both, cidr, FAMILIES, IntervalSet, parseCidr } from '../address';
import { unionOfEntries } from '../intent/entry';
import type { ClusterModel } from '../intent/model';
import { type NodeSource, nodeSourceOf } from './node-source';
import type { Subject } from './subject';

/** What a node's rules are to look like beside the map that they denote, as far as a subject says so. */
export interface Enforced {
  /** The chain of iptables' nat table that the agent owns; absent where no agent is spoken of. */
  readonly chain?: string;
  /** Whether the intent leaves masquerading to the platform, so that no agent is to decide. */
  readonly byPlatform?: true;
  /** Whether source ports of masqueraded packets are fully randomised; absent where either way is right. */
  readonly randomFully?: boolean;
  /** Where packets of pods come from; absent where nobody says. */
  readonly pods?: Both<IntervalSet>;
  /** How packets get their node's address, where a data plane does not leave that to the kernel. */
  readonly nodeSource?: NodeSource;
}

/**
 * Where packets come from of a family that no pod has addresses of. No rule that is for some sources is for them: the one
 * block is for packets to be discarded (RFC 6666), the other one a dummy address (RFC 7600).
 */
const NOBODY: Both<IntervalSet> = {
  4: IntervalSet.ofCidr(cidr('192.0.0.8/32')),
  6: IntervalSet.ofCidr(cidr('100::/64')),
};

/** What a subject says of the rules on a node. */
export function enforcedOf(
  subject: Pick<Subject, 'model' | 'bundle' | 'flags'> & Partial<Pick<Subject, 'places' | 'plane'>>,
): Enforced {
  const nodeSource = nodeSourceOf(subject.plane);
  const declared = subject.places?.find(({ name }) => name === 'pods')?.sets;
  return { ...(declared && { pods: withNobody(declared) }), ...saidBy(subject), ...(nodeSource && { nodeSource }) };
}

function saidBy({ model, bundle, flags }: Pick<Subject, 'model' | 'bundle' | 'flags'>): Enforced {
  if (model) return { ...agentOf(model), pods: withNobody(both(family => unionOfEntries(model.network.pods, family))) };
  if (flags) return { chain: flags.chain, randomFully: flags.randomFully };
  const [daemonSet, another] = (bundle?.daemonSets ?? []).filter(({ dialect }) => dialect === undefined);
  if (!daemonSet?.flags || another) return {};
  const pods = podSets(daemonSet.podCIDRs ?? '');
  return { chain: daemonSet.flags.chain, randomFully: daemonSet.flags.randomFully, ...(pods && { pods }) };
}

/** Reads ranges of pods with commas between them; undefined for an empty list, and for what is none. */
export function podSets(text: string): Both<IntervalSet> | undefined {
  const blocks = text.split(',').map(part => parseCidr(part.trim()));
  if (!blocks.every(block => block.ok)) return undefined;
  const cidrs = blocks.map(({ value }) => value);
  return withNobody(
    both(family =>
      IntervalSet.fromCidrs(
        family,
        cidrs.filter(block => block.family === family),
      ),
    ),
  );
}

function agentOf({
  platform,
  masquerade,
  agent,
}: ClusterModel): Pick<Enforced, 'chain' | 'randomFully' | 'byPlatform'> {
  if (!masquerade) return { byPlatform: true };
  if (platform !== 'kubernetes' && platform !== 'gke-standard') return {};
  // How somebody else's agent is started is not known.
  return { chain: agent.chain, ...(agent.daemonSet === 'render' && { randomFully: agent.randomFully }) };
}

/** Where packets of pods come from, with a block that nobody has for a family of which pods have no addresses. */
export function withNobody(pods: Both<IntervalSet>): Both<IntervalSet> {
  const isNone = FAMILIES.every(family => pods[family].isEmpty());
  return both(family => (pods[family].isEmpty() && !isNone ? NOBODY[family] : pods[family]));
}
