import { type Document, isCollection, isPair, isScalar, type ParsedNode, visit, type YAMLError } from 'yaml';
import { type Diagnostic, diagnostic, type Location } from '../diagnostics';
import { byteOrderMark } from './characters';
import { conflict } from './line-slip';
import { firstWord, slip } from './slip';
import type { SourceText } from './text';
import { faultWords, UNCLOSED_QUOTE } from './words';

/**
 * The findings that a document's syntax errors and warnings amount to. Once the parser has lost its way, what it says
 * of the rest is noise: of its syntax errors the first counts, or none beside a tab or a byte order mark.
 */
export function yamlFaults(source: SourceText, document: Document.Parsed): Diagnostic[] {
  const faults = [...document.errors, ...document.warnings];
  if (faults.length === 0) return [];
  const tags = faults.filter(isTag).map(fault => tagFault(source, fault));
  const others = faults.filter(fault => !isTag(fault));
  const tabs = others.filter(fault => isTab(source, fault));
  const [first] = others;
  if (!first) return tags;
  const mark = joinedAt(source, document.range[0], first);
  if (mark) return [mark, ...tags];
  return tabs.length > 0
    ? [...tabFaults(source, tabs), ...tags]
    : [syntaxFault(source, first, document, others), ...tags];
}

function isTag(fault: YAMLError): boolean {
  return fault.code === 'TAG_RESOLVE_FAILED';
}

function tagFault(source: SourceText, fault: YAMLError): Diagnostic {
  const tag = source.text.slice(...fault.pos).split(/\s/, 1)[0];
  return diagnostic('MQ218', placeOf(source, fault), {
    message: `tag ${tag} has no meaning here; write the plain value`,
  });
}

/** Whether a tab stands where the line is indented, and nothing but blanks before the fault. */
function isTab(source: SourceText, fault: YAMLError): boolean {
  if (fault.code === 'TAB_AS_INDENT') return true;
  const [start] = source.line(fault.pos[0]);
  const before = /^ *\t[ \t]*/.exec(source.text.slice(start, fault.pos[0] + 1))?.[0];
  return before !== undefined && start + before.length > fault.pos[0];
}

/** One finding for each line. */
function tabFaults(source: SourceText, tabs: readonly YAMLError[]): Diagnostic[] {
  const lines = new Set<number>();
  return tabs.flatMap(fault => {
    const [line] = source.line(fault.pos[0]);
    if (lines.has(line)) return [];
    lines.add(line);
    return [diagnostic('MQ207', placeOf(source, fault), { message: 'a tab is used for indentation; use spaces' })];
  });
}

/** A byte order mark at the start of a line before the fault: the first key of a file that was put behind another. */
function joinedAt(source: SourceText, from: number, fault: YAMLError): Diagnostic | undefined {
  const at = source.text.indexOf('\n\ufeff', from) + 1;
  return at > 0 && at <= fault.pos[1] ? byteOrderMark(source, at) : undefined;
}

function syntaxFault(
  source: SourceText,
  fault: YAMLError,
  document: Document.Parsed,
  beside: readonly YAMLError[],
): Diagnostic {
  const at = placeOf(source, fault);
  if (fault.code === 'RESOURCE_EXHAUSTION') return diagnostic('MQ209', at, { message: 'values nest too deeply' });
  const sides = conflict(source, document.range[0], source.line(Math.max(document.range[2], fault.pos[1]))[1]);
  if (sides) return invalid(firstCharacter(source, sides.offset), sides.words);
  const gap = gapAt(source, fault.pos[0]);
  if (gap) return gap;
  const open = opening(source, document, fault);
  if (open === undefined) {
    const { offset, words } = slip(source, fault, beside) ?? {
      offset: firstWord(source.text, fault.pos[0]),
      words: faultWords(fault),
    };
    return invalid(offset === fault.pos[0] ? at : firstCharacter(source, offset), words);
  }
  const here = firstCharacter(source, open);
  const sign = source.text.charAt(open);
  if (sign === '"' || sign === "'") return diagnostic('MQ201', here, { message: UNCLOSED_QUOTE });
  const close = sign === '[' ? ']' : '}';
  const words = `the "${sign}" that opens here is not closed; write "${close}" behind its last value, and indent any lines between the two`;
  return { ...invalid(here, words), related: [{ ...at, message: `the "${close}" is missing here at the latest` }] };
}

/** How much of a value before its gap is shown: the search backwards takes the square of it. */
const NEAR = 64;

/** A gap such as `${NAME}` between brackets, where its own bracket is the fault. */
function gapAt(source: SourceText, at: number): Diagnostic | undefined {
  const { text } = source;
  const [, end] = source.line(at);
  const name = /^\{[^\s{}]*\}[^\s,[\]{}]*/.exec(text.slice(at, end))?.[0];
  if (name === undefined || text[at - 1] !== '$') return undefined;
  const start = at - /[^\s,[\]{}]*$/.exec(text.slice(Math.max(source.line(at)[0], at - NEAR), at))![0].length;
  const message = `"${text.slice(start, at + name.length)}" is a placeholder that was never filled in; check what the template renders`;
  return diagnostic('MQ613', { file: source.file, range: source.range(start, at + name.length) }, { message });
}

function invalid(at: Location, words: string): Diagnostic {
  return diagnostic('MQ201', at, { message: `not valid YAML: ${words}` });
}

function firstCharacter(source: SourceText, offset: number): Location {
  return { file: source.file, range: source.range(offset, offset + 1) };
}

/** A fault's place, of several lines the first. */
function placeOf(source: SourceText, { pos: [start, end] }: YAMLError): Location {
  const [, lineEnd] = source.line(start);
  const last = Math.min(Math.max(end, start + 1), Math.max(lineEnd, start));
  return { file: source.file, range: source.range(start, last) };
}

/** Where the quote or bracket opens that a fault says is not closed; undefined for other faults. */
function opening(source: SourceText, document: Document.Parsed, fault: YAMLError): number | undefined {
  const [end] = fault.pos;
  const quote = /^Missing closing/.test(fault.message);
  if (!quote && !/^Flow (?:sequence|map) (?:must end|in block)/.test(fault.message)) return undefined;
  let found: number | undefined;
  visit(document, (_key, node) => {
    const range = (node as ParsedNode | null)?.range;
    if (!range) return;
    const open = quote ? isQuoted(node) && range[1] >= end : isOpen(source.text, node, range) && range[1] === end;
    if (open) found = range[0];
  });
  return found;
}

function isQuoted(node: unknown): boolean {
  return isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
}

/** Whether a list or map between brackets ends where its last value does, or with its first bracket. */
function isOpen(text: string, node: unknown, [start, end]: readonly number[]): boolean {
  if (!isCollection(node) || !node.flow) return false;
  const last = node.items[node.items.length - 1];
  const value = (isPair(last) ? (last.value ?? last.key) : last) as ParsedNode | undefined;
  return !/[\]}]/.test(text.charAt(end! - 1)) || (value?.range ? value.range[1] === end : end === start! + 1);
}
