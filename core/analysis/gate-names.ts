/** What packets may be newly, by the gates that are for it. */
export const NEWLY = {
  'newly-preserved': 'preserve',
  'newly-masqueraded': 'masquerade',
  'newly-snat': 'snat',
  'newly-unknown': 'unknown',
} as const;

/** The gates' names: `any`, and what packets may be newly, each of which takes a range behind `=`. */
export const GATE_NAMES: readonly string[] = ['any', ...Object.keys(NEWLY), 'newly-preserved-public'];
