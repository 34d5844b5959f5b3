import { type Cidr, cidr, cidrContains, FAMILIES, parseCidr } from '../address';

/** Most entries are blocks of IPv4; read so, a long list takes a third of the time. */
const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\/(0|[1-9]\d?)$/;

/** The block that an entry of a list is; undefined for an entry of which there is anything to be said. */
export function blockOf(text: string): Cidr | undefined {
  const four = ipv4Block(text);
  if (four || !text.includes(':')) return four;
  const parsed = parseCidr(text);
  return parsed.ok ? parsed.value : undefined;
}

function ipv4Block(text: string): Cidr | undefined {
  const parts = IPV4.exec(text);
  if (!parts) return undefined;
  const a = +parts[1]!;
  const b = +parts[2]!;
  const c = +parts[3]!;
  const d = +parts[4]!;
  const prefix = +parts[5]!;
  const word = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const isTrue = a < 256 && b < 256 && c < 256 && d < 256 && prefix <= 32;
  // A shift by 32 bits is none.
  if (!isTrue || (prefix < 32 && word << prefix !== 0)) return undefined;
  const words = new Uint32Array(1);
  words[0] = word;
  return { family: 4, words, prefix };
}

const LINK_LOCAL = { 4: cidr('169.254.0.0/16'), 6: cidr('fe80::/10') };

/** Whether a block has link-local addresses. */
export function isLinkLocal(block: Cidr): boolean {
  const other = LINK_LOCAL[block.family];
  return cidrContains(other, block) || cidrContains(block, other);
}

/** Whether a block has a share of all addresses that might be half of the internet's. */
export function isLarge({ prefix }: Cidr): boolean {
  return prefix <= 4;
}

/** Whether blocks may hold a sixteenth of all IPv4 or IPv6 addresses, and so might preserve the internet. */
export function mayPreserveInternet(list: readonly Cidr[]): boolean {
  const share = { 4: 0, 6: 0 };
  for (const block of list) share[block.family] += 2 ** -block.prefix;
  // Half of it is for what the sum loses.
  return FAMILIES.some(family => share[family] >= 1 / 32);
}
