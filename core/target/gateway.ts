import { type Address, compareAddresses, parseAddress } from '../address';
import type { Labels } from '../intent/selector';
import type { TargetFacts } from './facts';

/** The labels of the nodes that hold an egress address: those given for it alone, else those given for all. */
export function gatewayOf({ gateways }: TargetFacts, address: Address): Labels | undefined {
  const own = gateways.find(({ ip }) => ip !== undefined && isSame(ip, address));
  return (own ?? gateways.find(({ ip }) => ip === undefined))?.labels;
}

function isSame(text: string, address: Address): boolean {
  const parsed = parseAddress(text);
  return parsed.ok && parsed.value.family === address.family && compareAddresses(parsed.value, address) === 0;
}
