/** What a rule asks of the name of a network interface: that it is this one, or that it begins so. */
export interface InterfaceName {
  /** The name, or how it begins. */
  readonly name: string;
  /** Whether more may stand behind it. */
  readonly isPrefix: boolean;
}

/** Reads a name as iptables takes and prints it: a `+` at the end stands for anything. */
export function iptablesInterface(text: string): InterfaceName {
  return text.endsWith('+') ? { name: text.slice(0, -1), isPrefix: true } : { name: text, isPrefix: false };
}

/** Reads a name as nft prints it: a `*` at the end stands for anything, but for one behind a backslash. */
export function nftInterface(text: string): InterfaceName {
  if (text.endsWith('\\*')) return { name: `${text.slice(0, -2)}*`, isPrefix: false };
  return text.endsWith('*') ? { name: text.slice(0, -1), isPrefix: true } : { name: text, isPrefix: false };
}

/**
 * Whether packets that go by one of the known interfaces, whichever it is, go by one of those that are asked for;
 * undefined where they go by some of them and not by others.
 */
export function goesBy(asked: readonly InterfaceName[], known: readonly InterfaceName[]): boolean | undefined {
  if (known.every(one => asked.some(other => isWithin(one, other)))) return true;
  return known.some(one => asked.some(other => overlaps(one, other))) ? undefined : false;
}

/** Whether every interface of the one name is of the other one. */
function isWithin(one: InterfaceName, other: InterfaceName): boolean {
  if (other.isPrefix) return one.name.startsWith(other.name);
  return !one.isPrefix && one.name === other.name;
}

/** Whether an interface may be of both names. */
function overlaps(one: InterfaceName, other: InterfaceName): boolean {
  return isWithin(one, other) || isWithin(other, one);
}
