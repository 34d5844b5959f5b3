import { RULES, type RuleCode } from './rules';

/**
 * How much a finding matters. `error`: what would be rendered or enforced is wrong, nothing is emitted.
 * `warning`: it works, but probably not as meant. `note`: worth knowing.
 */
export type Severity = 'error' | 'warning' | 'note';

/** A place in a text. `line` and `column` count from 1 (columns in UTF-16 code units), `offset` from 0. */
export interface Position {
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1, in UTF-16 code units as editors and the Language Server Protocol count them. */
  readonly column: number;
  /** UTF-16 code units from the start of the text, from 0. */
  readonly offset: number;
}

/** A stretch of a text; `end` is the place behind its last character. */
export interface SourceRange {
  /** Its first character. */
  readonly start: Position;
  /** The place behind its last character. */
  readonly end: Position;
}

/** The way from a document's root to a value: map keys and list indexes. */
export type ValuePath = readonly (string | number)[];

/** Where a finding is: a file's place, a construct's place in the tree, or both. */
export interface Location {
  /** The file as the caller named it. */
  readonly file?: string;
  /** The characters that it is about. */
  readonly range?: SourceRange;
  /** The value's way inside its document. */
  readonly path?: ValuePath;
  /** The construct's path in the cdk8s tree. */
  readonly construct?: string;
}

/** A second place that explains a finding, such as the earlier of two duplicates. */
export interface Related extends Location {
  /** What the place has to do with the finding, in a few words. */
  readonly message: string;
}

/** One finding, as data. Text is made from it last, by a formatter. */
export interface Diagnostic extends Location {
  /** The rule's stable code; `masq rules CODE` explains it. */
  readonly code: RuleCode;
  /** The rule's severity, unless the case at hand is graver or lighter. */
  readonly severity: Severity;
  /** What is wrong with which value, and what to write instead: one line, no full stop. */
  readonly message: string;
  /** A further line: the reason, or a second way out. */
  readonly hint?: string;
  /** Further places that explain it. */
  readonly related?: readonly Related[];
  /** What to replace in the file so that the finding is gone and everything is treated as before; `masq lint` finds it. */
  readonly fix?: readonly Edit[];
}

/** Characters of a file to be replaced. */
export interface Edit {
  /** The offset of the first one. */
  readonly start: number;
  /** The offset behind the last one. */
  readonly end: number;
  /** What is to stand in their place; empty: nothing. */
  readonly text: string;
}

/** What a finding says beside its code and place. */
export interface DiagnosticText {
  /** As {@link Diagnostic.message}. */
  readonly message: string;
  /** As {@link Diagnostic.hint}. */
  readonly hint?: string;
  /** As {@link Diagnostic.related}. */
  readonly related?: readonly Related[];
  /** How much the finding matters. @default the rule's own severity */
  readonly severity?: Severity;
}

/**
 * Makes a finding of a rule at a place, with the rule's severity unless the text names another.
 */
export function diagnostic(code: RuleCode, at: Location, text: DiagnosticText): Diagnostic {
  const { message, hint, related, severity } = text;
  const found: Diagnostic = { code, severity: severity ?? RULES[code].severity, message, ...at };
  return hint === undefined && related === undefined
    ? found
    : { ...found, ...(hint !== undefined && { hint }), ...(related !== undefined && { related }) };
}

/** Whether any of the findings is an error, that is: whether nothing may be emitted. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(d => d.severity === 'error');
}

/**
 * Order for people and for byte-equal output: by file, then place, then code.
 * @param order the files in their order; the others come behind, as the findings name them
 */
export function sortDiagnostics(diagnostics: readonly Diagnostic[], order: readonly string[] = []): Diagnostic[] {
  const files = new Map<string | undefined, number>(order.map((file, index) => [file, index]));
  for (const d of diagnostics) if (!files.has(d.file)) files.set(d.file, files.size);
  return diagnostics
    .map((d, index) => ({ d, index }))
    .sort(
      (a, b) =>
        files.get(a.d.file)! - files.get(b.d.file)! ||
        (a.d.range?.start.offset ?? -1) - (b.d.range?.start.offset ?? -1) ||
        (a.d.code < b.d.code ? -1 : a.d.code > b.d.code ? 1 : 0) ||
        a.index - b.index,
    )
    .map(entry => entry.d);
}
