/** Bounds that keep a hostile or misplaced file from taking the machine. */
export interface Limits {
  /** Characters a file may have. @default 16 Mi */
  readonly characters: number;
  /** Lines a file may have. @default 1,000,000 */
  readonly lines: number;
  /** Words, signs and line ends a text may consist of, each of which costs memory. @default 2,000,000 */
  readonly tokens: number;
  /** Documents a file may hold. @default 10,000 */
  readonly documents: number;
  /** How deeply maps and lists may nest. @default 64 */
  readonly depth: number;
  /** Values that aliases may add, in one document. @default 100,000 */
  readonly aliasedValues: number;
  /** Findings that are told of one file. @default 1,000 */
  readonly findings: number;
}

/** The limits that hold unless a caller names others. */
export const DEFAULT_LIMITS: Limits = {
  characters: 16 * 1024 * 1024,
  lines: 1_000_000,
  tokens: 2_000_000,
  documents: 10_000,
  depth: 64,
  aliasedValues: 100_000,
  findings: 1000,
};
