import { type IntervalSet, parseAddress } from '../address';
import type { KernelDecision } from '../dataplane/kernel-map';
import type { NatRule } from '../dataplane/nat-rule';
import type { NodeRules } from '../dump/node-rules';
import { MASQUERADE, type Treatment } from '../treatment/treatment';
import type { PlaneOf } from './plane-subject';

/** How a data plane gives packets the address of their node where it does not leave that to the kernel. */
export interface NodeSource {
  /** The chains of iptables' nat table in which it does. */
  readonly chain: RegExp;
  /** The IPv4 addresses that nodes may have; absent where nobody says. */
  readonly nodes?: IntervalSet;
}

/** How a data plane gives packets the address of their node, if by SNAT. Nodes have addresses of the VPC. */
export function nodeSourceOf(of: PlaneOf | undefined): NodeSource | undefined {
  const chain = of?.plane.read(false).snatChain;
  if (!of || !chain) return undefined;
  const nodes = of.nodes && !of.nodes[4].isEmpty() ? of.nodes : of.vpc;
  return { chain, ...(nodes && { nodes: nodes[4] }) };
}

/** Whether a rule is the one by which the data plane gives packets the address of their node. */
export function givesNodeSource(node: NodeRules, rule: NatRule, { chain, nodes }: NodeSource): boolean {
  const { verdict } = rule;
  if (verdict.kind !== 'snat') return false;
  const [, name] = / nat (\S+)$/.exec(node.chainOf(4, rule) ?? '') ?? [];
  if (name === undefined || !chain.test(name)) return false;
  const address = parseAddress(verdict.sourceIP);
  return address.ok && address.value.family === 4 && nodes?.has(address.value) !== false;
}

/** What the rules of a node do, where that by which the data plane gives packets their node's address is masquerading. */
export function asMasqueraded(node: NodeRules, is: KernelDecision, source: NodeSource): KernelDecision {
  const read = <T extends Extract<KernelDecision, { readonly treatment: Treatment }>>(one: T): T =>
    one.rule && givesNodeSource(node, one.rule, source) ? { ...one, treatment: MASQUERADE } : one;
  return is.treatment ? read(is) : { ...is, some: is.some.map(read) };
}
