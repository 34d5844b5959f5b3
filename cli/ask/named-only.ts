import type { Family } from '../../core/address';
import { isNamedOnly } from '../../core/dataplane/nft-rule';
import type { Treatment } from '../../core/treatment/treatment';

/** What is said of a dump in which rules of iptables are named only. */
export function namedOnlyAdvice(family: Family): string {
  const tool = family === 4 ? 'iptables-save' : 'ip6tables-save';
  return `nft lists rules of iptables-nft without what they match and do: add the output of ${tool}`;
}

/** The same of treatments that hang on such rules, once for each family. */
export function adviceOn(treatments: readonly (readonly [Family, Treatment])[]): string[] {
  const families = treatments.flatMap(([family, treatment]) =>
    treatment.kind === 'unknown' && treatment.rules.some(text => isNamedOnly({ text })) ? [family] : [],
  );
  return [...new Set(families)].map(namedOnlyAdvice);
}
