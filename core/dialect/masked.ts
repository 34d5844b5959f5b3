import { type Cidr, cidr, parseCidr } from '../address';
import type { ValuePath } from '../diagnostics';
import { addFault } from '../intent/entry';
import type { Findings } from '../intent/findings';

/** Reads a CIDR as Go's `net.ParseCIDR` does, which takes host bits off; says so, or what is wrong with it. */
export function readMasked(text: string, path: ValuePath, reader: string, findings: Findings): Cidr | undefined {
  const parsed = parseCidr(text);
  if (parsed.ok) return parsed.value;
  const { kind, suggestion } = parsed.fault;
  if (kind !== 'host-bits' || suggestion === undefined) {
    addFault(findings, path, text, parsed.fault);
    return undefined;
  }
  const message = `CIDR "${text}" has host bits set; ${reader} reads it as "${suggestion}", and so does the intent`;
  findings.add('MQ802', path, message);
  return cidr(suggestion);
}
