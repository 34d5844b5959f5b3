/**
 * What a cluster's facts and lists say of one address, found out the slow way: one address at a time, in big integers,
 * from DOMAIN.md's words. It shares nothing with core.
 */

export type Family = 4 | 6;

export interface Block {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

export const TOP: Readonly<Record<Family, bigint>> = { 4: 2n ** 32n - 1n, 6: 2n ** 128n - 1n };

/** Reads an address written as the tests write them: a dotted quad, or groups with at most one `::`. */
export function addressOf(text: string): { family: Family; value: bigint } {
  if (!text.includes(':')) {
    return { family: 4, value: text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n) };
  }
  const [head, tail] = text.split('::');
  const groups = (side: string | undefined): bigint[] =>
    side ? side.split(':').map(group => BigInt(`0x${group}`)) : [];
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0n);
  return { family: 6, value: [...front, ...zeros, ...back].reduce((value, group) => value * 65536n + group, 0n) };
}

export function blockOf(cidr: string): Block {
  const [text, length] = cidr.split('/') as [string, string];
  const { family, value } = addressOf(text);
  const size = 2n ** BigInt((family === 4 ? 32 : 128) - Number(length));
  return { family, first: value, last: value + size - 1n };
}

export function textOf(family: Family, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 255n).join('.');
  return Array.from({ length: 8 }, (_, g) => ((value >> BigInt(112 - 16 * g)) & 65535n).toString(16)).join(':');
}

export function holds(cidrs: readonly string[], family: Family, value: bigint): boolean {
  return cidrs.map(blockOf).some(block => block.family === family && block.first <= value && value <= block.last);
}

export interface Rule {
  readonly cidr: string;
  readonly except?: readonly string[];
}

export interface Intent {
  readonly platform: 'kubernetes' | 'gke-standard' | 'gke-autopilot';
  readonly nodes: readonly string[];
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly preserve: readonly Rule[];
  readonly always: readonly string[];
  readonly linkLocal: 'preserve' | 'masquerade';
  readonly linkLocalIPv6: 'preserve' | 'masquerade';
  readonly defaultPolicy: 'replace' | 'add';
  /** How the agent is to run, where the platform lets one say so. */
  readonly agent?: Readonly<Record<string, unknown>>;
}

/** The default non-masquerade destinations of GKE: DOMAIN.md, section 1, the eleven. */
export const ELEVEN =
  '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4'.split(
    ' ',
  );

/** Whether a pod's address is kept towards a destination. */
export function keeps(intent: Intent, family: Family, value: bigint): boolean {
  const own = [...intent.nodes, ...intent.pods, ...intent.services];
  const autopilot = intent.platform === 'gke-autopilot';
  // Without IPv6 pods nobody writes IPv6 rules, so nothing is masqueraded.
  if (family === 6 && (autopilot || !intent.pods.some(cidr => cidr.includes(':')))) return true;
  if (holds(own, family, value)) return true;
  if (holds([family === 4 ? '169.254.0.0/16' : 'fe80::/10'], family, value)) {
    return (family === 4 ? intent.linkLocal : intent.linkLocalIPv6) === 'preserve';
  }
  if (holds(intent.always, family, value)) return false;
  if (intent.preserve.some(r => holds([r.cidr], family, value) && !holds(r.except ?? [], family, value))) return true;
  return autopilot && intent.defaultPolicy === 'add' && holds(ELEVEN, family, value);
}

/** What ip-masq-agent does with a list: DOMAIN.md, section 1. */
export function agentKeeps(
  list: readonly string[],
  masqueraded: { readonly 4: boolean; readonly 6: boolean },
  ipv6: boolean,
  family: Family,
  value: bigint,
): boolean {
  if (family === 6 && !ipv6) return true;
  if (!masqueraded[family] && holds([family === 4 ? '169.254.0.0/16' : 'fe80::/10'], family, value)) return true;
  return holds(list, family, value);
}

/** The addresses at which an answer could change, with their neighbours. */
export function edges(family: Family, cidrs: readonly string[]): bigint[] {
  const blocks = [...cidrs, '169.254.0.0/16', 'fe80::/10', ...ELEVEN].map(blockOf).filter(b => b.family === family);
  const values = blocks.flatMap(({ first, last }) => [first - 1n, first, first + 1n, last - 1n, last, last + 1n]);
  return [...new Set([0n, TOP[family], ...values])].filter(value => value >= 0n && value <= TOP[family]);
}
