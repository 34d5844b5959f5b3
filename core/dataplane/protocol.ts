/** The classes of packets that rules tell apart by their protocol; the last one has no ports. */
export const PROTOCOLS = ['tcp', 'udp', 'sctp', 'other'] as const;

/** A protocol whose source ports rules may limit, or any other one. */
export type Protocol = (typeof PROTOCOLS)[number];

/** The numbers of protocols that are printed where a system has no names for them (IANA's protocol numbers). */
const NAMES: Readonly<Record<string, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

/** A protocol's name in lower case, for its name or number; a number that needs no name stays one. */
export function protocolName(text: string): string {
  return NAMES[text] ?? text.toLowerCase();
}
