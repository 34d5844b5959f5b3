/** The shells that masq completes in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The name of a shell. */
export type Shell = (typeof SHELLS)[number];
