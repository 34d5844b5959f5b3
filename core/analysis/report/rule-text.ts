import { type Cidr, formatCidr, parseCidr } from '../../address';

/** What a part of a rule's text stands for: itself, a number, or a block. */
export type Part = string | typeof NUMBER | typeof BLOCK;
const NUMBER = 0;
const BLOCK = 1;

/** A rule's text without what differs from one entry of a list to the next. */
export interface RuleText {
  /** The text around it. */
  readonly parts: readonly Part[];
  /** The number of the entry, where the text has one in brackets. */
  readonly number?: number;
  /** The first block that the text names. */
  readonly block?: Cidr;
}

const INDEX = /^(.*?\[)(0|[1-9]\d{0,8})(\].*)$/s;
const CIDR = /[0-9a-f.:]+\/\d+/g;

/** Takes a rule's text apart; {@link joinRule} puts it together again. */
export function splitRule(text: string): RuleText {
  const found = firstBlock(text);
  const before = found ? text.slice(0, found.at) : text;
  const indexed = INDEX.exec(before);
  const head: Part[] = indexed ? [indexed[1]!, NUMBER, indexed[3]!] : [before];
  return {
    parts: found ? [...head, BLOCK, text.slice(found.at + found.length)] : head,
    ...(indexed && { number: Number(indexed[2]) }),
    ...(found && { block: found.block }),
  };
}

/** The rule's text. */
export function joinRule({ parts, number, block }: RuleText): string {
  return parts.map(part => (part === NUMBER ? String(number) : part === BLOCK ? formatCidr(block!) : part)).join('');
}

/** Whether the text of these parts has a number. */
export function hasNumber(parts: readonly Part[]): boolean {
  return parts.includes(NUMBER);
}

/** Whether the text of these parts names a block. */
export function hasBlock(parts: readonly Part[]): boolean {
  return parts.includes(BLOCK);
}

/** The first block of a text that is written as masq writes it. */
function firstBlock(text: string): { readonly at: number; readonly length: number; readonly block: Cidr } | undefined {
  for (const { 0: found, index } of text.matchAll(CIDR)) {
    const parsed = parseCidr(found);
    if (parsed.ok && formatCidr(parsed.value) === found)
      return { at: index, length: found.length, block: parsed.value };
  }
  return undefined;
}
