import { type Cidr, parseCidr } from '../core/address';
import type { OptionValue } from './args';

/** A range that an option names, as written and read. */
export interface NamedCidr {
  readonly text: string;
  readonly cidr: Cidr;
}

/** The words that a repeatable option was given, one by one or with commas between several. */
export function listed(value: OptionValue): readonly string[] {
  return Array.isArray(value) ? value.flatMap(text => text.split(',')).map(text => text.trim()) : [];
}

/** The ranges that an option names, and what is wrong with those that are none, each in a line. */
export function readCidrs(
  option: string,
  value: OptionValue,
): { readonly cidrs: readonly NamedCidr[]; readonly faults: readonly string[] } {
  const read = listed(value).map(text => ({ text, parsed: parseCidr(text) }));
  return {
    cidrs: read.flatMap(({ text, parsed }) => (parsed.ok ? [{ text, cidr: parsed.value }] : [])),
    faults: read.flatMap(({ parsed }) => (parsed.ok ? [] : [`--${option}: ${parsed.fault.message}`])),
  };
}
