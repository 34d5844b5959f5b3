import { type Diagnostic, diagnostic, findRule, noRule, type RuleCode, type SourceRange } from '../diagnostics';
import type { SourceText } from '../source';

/** A comment that takes a rule's findings off a line. */
export interface Ignore {
  /** The rule. */
  readonly code: RuleCode;
  /** The line that it is about, from 1: its own, or the next one with more than a comment where it has only that. */
  readonly line: number;
  /** Why, in its author's words. */
  readonly reason: string;
  /** Where the code stands. */
  readonly range: SourceRange;
}

const WORD = 'masq-ignore';
const COMMENT = /(?<=^|[\s#])#[ \t]*masq-ignore(?![\w-]):?[ \t]*/g;
const CODES = /^[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*/;
const LEAD = /^[\s:,;\u2013\u2014-]+/;

/** What the comments of a text say. */
export interface ReadIgnores {
  /** Those that have an effect. */
  readonly ignores: readonly Ignore[];
  /** What is wrong with the others. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the comments `# masq-ignore CODE[, CODE] REASON` of a text, be it YAML or YAML within YAML. */
export function readIgnores(source: SourceText): ReadIgnores {
  const ignores: Ignore[] = [];
  const diagnostics: Diagnostic[] = [];
  if (!source.text.includes(WORD)) return { ignores, diagnostics };
  const lines = source.text.split('\n');
  let start = 0;
  for (const [index, line] of lines.entries()) {
    for (const found of line.matchAll(COMMENT)) {
      const isAlone = line.slice(0, found.index).trim() === '';
      const about = isAlone ? nextLine(lines, index) : index;
      const comment = new Comment(
        source,
        start + found.index,
        start + found.index + found[0].length,
        line.length + start,
      );
      const read = comment.read(about + 1);
      ignores.push(...read.ignores);
      diagnostics.push(...read.diagnostics);
    }
    start += line.length + 1;
  }
  return { ignores, diagnostics };
}

/** The next line with more than a comment; the last one of the text where there is none. */
function nextLine(lines: readonly string[], index: number): number {
  let next = index + 1;
  while (next < lines.length - 1 && /^\s*(?:#.*)?$/.test(lines[next]!)) next++;
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

  read(line: number): ReadIgnores {
    const text = this.source.text.slice(this.words, this.end).trimEnd();
    const [list = ''] = CODES.exec(text) ?? [];
    const reason = text.slice(list.length).replace(LEAD, '');
    const diagnostics: Diagnostic[] = [];
    const ignores: Ignore[] = [];
    for (const { 0: word, index } of list.matchAll(/[\w-]+/g)) {
      const range = this.source.range(this.words + index, this.words + index + word.length);
      const code = findRule(word);
      if (code) ignores.push({ code, line, reason, range });
      else diagnostics.push(diagnostic('MQ220', { file: this.source.file, range }, { message: noRule(word) }));
    }
    if (reason !== '' && list !== '') return { ignores, diagnostics };
    const at = { file: this.source.file, range: this.source.range(this.start, this.end) };
    const lacks = list === '' ? 'names no rule' : 'gives no reason';
    const message = `the comment ${lacks} and has no effect; write # ${WORD} ${list || 'MQ303'} and why`;
    return { ignores: [], diagnostics: [...diagnostics, diagnostic('MQ221', at, { message })] };
  }
}
