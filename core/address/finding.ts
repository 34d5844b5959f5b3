import type { FaultKind } from './fault';
import type { Noun } from './read';

/** A text that the readers refused, taken apart at its first slash. */
export interface Refused {
  /** The whole text. */
  readonly text: string;
  /** What it should have been. */
  readonly noun: Noun;
  /** What stands before the slash. */
  readonly head: string;
  /** What stands behind the slash; undefined without one. */
  readonly tail: string | undefined;
}

/** What was found wrong with a text; `diagnose` makes the fault of it. */
export interface Finding {
  /** What is wrong. */
  readonly kind: FaultKind;
  /** Where in the text, in UTF-16 code units. */
  readonly at: readonly [offset: number, length: number];
  /** What follows the quoted text in the message. */
  readonly says: string;
  /** The text without this one fault. It becomes the suggestion if it parses, or else what is suggested for it. */
  readonly candidate?: string;
  /** How the message names the suggestion. @default `; write "…"` */
  readonly advice?: (suggestion: string) => string;
}

/** Advice where the value may have been meant otherwise. */
export function didYouMean(suggestion: string): string {
  return `; did you mean "${suggestion}"?`;
}

/** A text in quotes on one line; a very long one is cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** The digits without zeros in front; of nothing but zeros one stays. */
export function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

/** A number at `offset` of the text that starts with a zero. */
export function leadingZero({ text }: Refused, digits: string, offset: number): Finding {
  const plain = withoutLeadingZeros(digits);
  const octal = /^[0-7]+$/.test(digits);
  const reader = octal ? `take it for octal ${Number.parseInt(digits, 8)}` : 'refuse it';
  return {
    kind: 'leading-zero',
    at: [offset, digits.length],
    says: ` has a leading zero in "${digits}"; some readers ${reader}; write "${plain}"`,
    candidate: text.slice(0, offset) + plain + text.slice(offset + digits.length),
    advice: () => '',
  };
}
