import type { RuleCode } from '../core/diagnostics';

/**
 * Where the documentation is published, with a slash at the end; nothing as long as it is nowhere. It says the same as
 * "homepage" in package.json.
 */
export const SITE: string | undefined = undefined;

/** The anchor of a rule on the page of codes. It never changes. */
export function ruleAnchor(code: RuleCode): string {
  return code.toLowerCase();
}

/** The address of a rule's explanation on the documentation's site; nothing where no site is known. */
export function ruleAddress(code: RuleCode, site: string | undefined): string | undefined {
  return site === undefined ? undefined : new URL(`codes.html#${ruleAnchor(code)}`, site).href;
}
