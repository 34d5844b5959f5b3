/** The formats in which findings are written. */
export const FORMATS = ['text', 'json', 'github', 'sarif', 'junit'] as const;

/** The name of a format. */
export type Format = (typeof FORMATS)[number];
