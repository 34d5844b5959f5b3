import { type Address, compareAddresses, parseAddress } from '../address';
import type { Labels } from '../intent/selector';
import type { GatewayNodes, TargetFacts } from './facts';

/** The labels of the nodes that hold an egress address: those given for it alone, else those given for all. */
export function gatewayOf({ gateways }: TargetFacts, address: Address): Labels | undefined {
  const own = gateways.find(gateway => isGatewayOf(gateway, address));
  return (own ?? gateways.find(({ ip }) => ip === undefined))?.labels;
}

/** Whether nodes are given for an address alone. */
export function isGatewayOf({ ip }: GatewayNodes, address: Address): boolean {
  const parsed = parseAddress(ip ?? '');
  return parsed.ok && parsed.value.family === address.family && compareAddresses(parsed.value, address) === 0;
}
