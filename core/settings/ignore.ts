import {
  type Diagnostic,
  diagnostic,
  findRule,
  noRule,
  type RuleCode,
  type SourceRange,
  suggest,
} from '../diagnostics';
import { type Extent, embeddedText, type ParsedSource, type SourceDocument, type SourceText } from '../source';
import { textsWith } from './texts';

/** A comment that takes a rule's findings off a line. */
export interface Ignore {
  /** The rule. */
  readonly code: RuleCode;
  /** The line that it is about, from 1: its own, or the next one with more than a comment where it has only that. */
  readonly line: number;
  /** The line's offsets in the file. Of a file in quotes, as JSON has it, the lines are those in there. */
  readonly extent: Extent;
  /** Why, in its author's words. */
  readonly reason: string;
  /** Where the code stands. */
  readonly range: SourceRange;
  /** Where the comment begins: of one that names several rules, each has the same. */
  readonly comment: number;
}

const WORD = 'masq-ignore';
const COMMENT = /(?<=^|[\s#])#[ \t]*masq-ignore(?![\w-]):?[ \t]*/g;
const CODES = /^[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*/;
const LEAD = /^[\s:,;\u2013\u2014-]+/;

/** Another rule behind the list, which a comma would have made part of it: by its code, or a name that is no word. */
const NEXT_RULE = /^[\s:,;/+&]*(?:and\s+)?(MQ\d+|[a-z]+(?:-[a-z0-9]+)+)(?![\w-])/i;

/** A comment that names a rule behind a word or two which may have been meant for the word. */
const SLIP = /(?<=^|[\s#])#[ \t]*(\w{1,14}(?:[-.: \t]\w{1,9})?):?[ \t]{1,9}(?=MQ\d{3}(?!\w))/gi;

/** What the comments of a text say. */
export interface ReadIgnores {
  /** Those that have an effect. */
  readonly ignores: readonly Ignore[];
  /** What is wrong with the others. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the comments `# masq-ignore CODE[, CODE] REASON` of a text, be it YAML or YAML within YAML. */
export function readIgnores({ source, documents }: Pick<ParsedSource, 'source' | 'documents'>): ReadIgnores {
  if (!source.text.includes(WORD)) return { ignores: [], diagnostics: slips(source) };
  const inner = documents.flatMap(document => textsInQuotes(document));
  const isInner = (offset: number): boolean =>
    inner.some(({ extent: [start, end] }) => offset >= start && offset < end);
  const read = [readLines(source, isInner), ...inner.map(({ text }) => readLines(text, () => false))];
  return {
    ignores: read.flatMap(({ ignores }) => ignores),
    diagnostics: [...read.flatMap(({ diagnostics }) => diagnostics), ...slips(source)],
  };
}

/** Comments whose word is spelt wrongly, which nobody would tell from ones that are about something else. */
function slips(source: SourceText): Diagnostic[] {
  return [...source.text.matchAll(SLIP)].flatMap(({ 0: found, 1: word, index }) => {
    if (word === WORD || suggest(word!.replace(/[_.:\s]/, '-'), [WORD]) === undefined) return [];
    const start = index + found.indexOf(word!);
    const message = `"${word}" is not read; write # ${WORD}`;
    return [diagnostic('MQ221', { file: source.file, range: source.range(start, start + word!.length) }, { message })];
  });
}

/** The texts whose lines are not those of the document, once each: a block has its lines in common with it. */
function textsInQuotes(document: SourceDocument): { readonly text: SourceText; readonly extent: Extent }[] {
  const found = new Map<number, { text: SourceText; extent: Extent }>();
  for (const { path, value } of textsWith(document.value, WORD)) {
    const extent = document.extent(path);
    if (!extent || /[|>]/.test(document.source.text.charAt(extent[0]))) continue;
    found.set(extent[0], { text: embeddedText(document, path, value), extent });
  }
  return [...found.values()];
}

function readLines(source: SourceText, isElsewhere: (offset: number) => boolean): ReadIgnores {
  const ignores: Ignore[] = [];
  const diagnostics: Diagnostic[] = [];
  const lines = linesOf(source.text);
  for (const [index, { start, text }] of lines.entries()) {
    for (const found of text.matchAll(COMMENT)) {
      const at = start + found.index;
      if (isElsewhere(at)) continue;
      const isAlone = text.slice(0, found.index).trim() === '';
      const about = lines[isAlone ? nextLine(lines, index) : index]!;
      const end = about.start + about.text.length;
      const { line, offset } = source.position(about.start);
      const read = new Comment(source, at, at + found[0].length, start + text.length).read(line, [
        offset,
        source.position(end).offset,
      ]);
      ignores.push(...read.ignores);
      diagnostics.push(...read.diagnostics);
    }
  }
  return { ignores, diagnostics };
}

/** A line of a text, its break left out. */
interface Line {
  readonly start: number;
  readonly text: string;
}

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map(line => {
    const at = start;
    start += line.length + 1;
    return { start: at, text: line };
  });
}

/** The next line with more than a comment; the last one of the text where there is none. */
function nextLine(lines: readonly Line[], index: number): number {
  const isBare = ({ text }: Line): boolean => /^\s*(?:#|$)/.test(text);
  let next = index + 1;
  while (next < lines.length - 1 && isBare(lines[next]!)) next++;
  return Math.min(next, lines.length - 1);
}

/** One comment: where its words begin, and what they say. */
class Comment {
  constructor(
    private readonly source: SourceText,
    private readonly start: number,
    private readonly words: number,
    private readonly end: number,
  ) {}

  read(line: number, extent: Extent): ReadIgnores {
    const text = this.source.text.slice(this.words, this.end).trimEnd();
    const [list = ''] = CODES.exec(text) ?? [];
    const reason = text.slice(list.length).replace(LEAD, '');
    const diagnostics: Diagnostic[] = [];
    const ignores: Ignore[] = [];
    for (const { 0: word, index } of list.matchAll(/[\w-]+/g)) {
      const range = this.source.range(this.words + index, this.words + index + word.length);
      const code = findRule(word);
      if (code) ignores.push({ code, line, extent, reason, range, comment: range.start.offset - index });
      else diagnostics.push(diagnostic('MQ220', { file: this.source.file, range }, { message: noRule(word) }));
    }
    const next = nextRule(text.slice(list.length));
    if (reason !== '' && list !== '' && !next) return { ignores, diagnostics };
    const at = { file: this.source.file, range: this.source.range(this.start, this.end) };
    const lacks = list === '' ? 'names no rule' : next ? 'lacks a comma between its rules' : 'gives no reason';
    const all = list === '' ? 'MQ303' : next ? `${list}, ${next}` : list;
    const message = `the comment ${lacks} and has no effect; write # ${WORD} ${all} and why`;
    return { ignores: [], diagnostics: [...diagnostics, diagnostic('MQ221', at, { message })] };
  }
}

/** The rule that a reason begins with, as it is written: it was most likely meant for the list before it. */
function nextRule(reason: string): string | undefined {
  const [, word = ''] = NEXT_RULE.exec(reason) ?? [];
  return findRule(word) && word;
}
