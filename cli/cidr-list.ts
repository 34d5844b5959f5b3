import { type Cidr, formatCidr, parseCidr } from '../core/address';
import type { VpcRange } from '../core/target/facts';
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

/**
 * Reads the ranges of VPCs that `--vpc-cidr` names, each as `CIDR` or `CLUSTER=CIDR`. A cluster is that of what stands
 * behind it up to the next one: `prod=10.0.0.0/16,10.1.0.0/16` are two ranges of it.
 * @param faults gets what is wrong with them, each in a line
 */
export function readVpc(value: OptionValue, faults: string[]): VpcRange[] {
  return (Array.isArray(value) ? value : []).flatMap(text => {
    let cluster: string | undefined;
    return listed([text]).flatMap((word): VpcRange[] => {
      const at = word.indexOf('=');
      if (at >= 0) cluster = word.slice(0, at).trim();
      const parsed = parseCidr(word.slice(at + 1).trim());
      if (cluster === '') faults.push(`--vpc-cidr "${word}" names no cluster before "="`);
      else if (!parsed.ok) faults.push(`--vpc-cidr ${parsed.fault.message}`);
      else if (parsed.value.family === 6) faults.push(`--vpc-cidr "${word}" is IPv6; only IPv4 ranges matter there`);
      else return [{ ...(cluster !== undefined && { cluster }), cidr: parsed.value }];
      return [];
    });
  });
}

/** A range of a VPC, as it is written behind `--vpc-cidr`. */
export function vpcText({ cluster, cidr }: VpcRange): string {
  return `${cluster === undefined ? '' : `${cluster}=`}${formatCidr(cidr)}`;
}
