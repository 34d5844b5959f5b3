import {
  type Diagnostic,
  type DiagnosticText,
  diagnostic,
  type Location,
  type RuleCode,
  type ValuePath,
} from '../diagnostics';
import { append } from '../diagnostics/collect';
import type { Part, SourceDocument } from '../source';

/** Collects the findings on one document: every check adds to it, and none of them stops the others. */
export class Findings {
  private found: Diagnostic[] = [];
  private readonly settled = new Set<string>();

  /** @param document the document that paths lead through */
  constructor(readonly document: SourceDocument) {}

  /** What was found so far, in the order in which it was found. */
  get list(): readonly Diagnostic[] {
    return this.found;
  }

  /** Adds a finding at a value of the document, or at its key. */
  add(code: RuleCode, path: ValuePath, text: DiagnosticText | string, part: Part = 'value'): void {
    this.addAt(code, this.document.at(path, part), text);
  }

  /** Adds a finding at a place that is already known. */
  addAt(code: RuleCode, at: Location, text: DiagnosticText | string): void {
    if (this.isSettled(at.path)) return;
    this.found.push(diagnostic(code, at, typeof text === 'string' ? { message: text } : text));
  }

  /** Adds a finding that says all there is to say of a value: whatever was or will be found in it is left out. */
  settle(code: RuleCode, path: ValuePath, text: DiagnosticText | string, part: Part = 'value'): void {
    this.found = this.found.filter(d => !path.every((step, i) => d.path?.[i] === step));
    this.add(code, path, text, part);
    this.close(path);
  }

  /** Leaves out whatever will be found in a value of which all was said. */
  close(path: ValuePath): void {
    this.settled.add(JSON.stringify(path));
  }

  /** Whether something was found below a way: a check whose input is doubtful then has nothing to say. */
  anyBelow(path: ValuePath, ...codes: readonly RuleCode[]): boolean {
    return this.found.some(
      d => (codes.length === 0 || codes.includes(d.code)) && path.every((step, i) => d.path?.[i] === step),
    );
  }

  /** Whether an error was found below a way: what it is about is not as it will be, and nothing should be built on it. */
  refused(path: ValuePath): boolean {
    return this.found.some(d => d.severity === 'error' && path.every((step, i) => d.path?.[i] === step));
  }

  /** Adds findings that were made elsewhere. */
  addAll(diagnostics: readonly Diagnostic[]): void {
    append(
      this.found,
      diagnostics.filter(({ path }) => !this.isSettled(path)),
    );
  }

  private isSettled(path: ValuePath | undefined): boolean {
    if (this.settled.size === 0 || path === undefined) return false;
    return [...path, ''].some((_, length) => this.settled.has(JSON.stringify(path.slice(0, length))));
  }
}
