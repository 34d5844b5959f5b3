import type { Slip } from './slip';
import type { SourceText } from './text';
import { noItem } from './words';

/** One line of a text. */
interface Line {
  /** Where it begins. */
  readonly start: number;
  /** Its first character that is no space. */
  readonly first: number;
  /** What stands from there on, without blanks at the end. */
  readonly words: string;
}

/** What can be told from a line in which the parser lost its way, and from its neighbours. */
type Reading = (source: SourceText, line: Line) => Slip | undefined;

/** The first of the lines that git leaves around the two sides of a conflict. */
export function conflict(source: SourceText, from: number, end: number): Slip | undefined {
  const at = /^(?:<<<<<<<|>>>>>>>) \S/m.exec(source.text.slice(from, end))?.index;
  if (at === undefined) return undefined;
  const words =
    'a merge conflict was left here; keep one side, and remove the lines "<<<<<<<", "=======" and ">>>>>>>"';
  return { offset: from + at, words };
}

/** From what the line shows by itself to what takes its neighbours. */
const READINGS: readonly Reading[] = [strangeBlank, strangeBullet, equalsSign, missingColon, missingDash, movedDash];

/**
 * What the line of a fault shows to somebody who reads it, without a word of the parser's: it tells the wrong sign,
 * or two lines that do not fit together. Undefined where the cause is not certain.
 */
export function lineSlip(source: SourceText, fault: number): Slip | undefined {
  const line = lineOf(source, fault);
  for (const reading of READINGS) {
    const found = reading(source, line);
    if (found) return found;
  }
  return undefined;
}

/** Blanks that look like a space where YAML needs one, and are none to it. */
const STRANGE_BLANK = /^(?:(?:- )*(?:-|[\w.-]+:))?(?![\t\ufeff])([^\S \t])/;

function strangeBlank(source: SourceText, line: Line): Slip | undefined {
  const above = lineAbove(source, line);
  for (const one of above ? [line, above] : [line]) {
    const [before, blank] = STRANGE_BLANK.exec(source.text.slice(one.first, lineEnd(source, one))) ?? [];
    if (before === undefined || blank === undefined) continue;
    return {
      offset: one.first + before.length - 1,
      words: `${nameOf(blank)} stands here, which looks like a space and is none; write a space`,
    };
  }
  return undefined;
}

function strangeBullet(_source: SourceText, { first, words }: Line): Slip | undefined {
  const bullet = /^[\u2010-\u2015\u2022\u2043\u2212\u00b7*](?=\s)/.exec(words)?.[0];
  if (bullet === undefined) return undefined;
  const name = bullet === '*' ? '' : ` (${nameOf(bullet)})`;
  return { offset: first, words: `"${bullet}"${name} begins no item of a list; write "- "` };
}

function equalsSign(source: SourceText, line: Line): Slip | undefined {
  const [, key, value] = /^([A-Za-z][\w.-]*)\s*=\s*(\S+)$/.exec(line.words) ?? [];
  if (key === undefined || isInText(source, line)) return undefined;
  return { offset: line.first, words: `a key ends in ":", not in "="; write "${key}: ${value}"` };
}

function missingColon(source: SourceText, line: Line): Slip | undefined {
  const [, key, bracket] = /^([A-Za-z][\w.-]*)(?:\s+([[{]).*)?$/.exec(line.words) ?? [];
  if (key === undefined || isInText(source, line)) return undefined;
  const below = lineBelow(source, line);
  const holdsLines = below !== undefined && indentOf(below) > indentOf(line) && /^- |^\S+:(?:\s|$)/.test(below.words);
  if (bracket === undefined && !holdsLines) return undefined;
  return { offset: line.first, words: `a ":" is missing behind "${key}"` };
}

/** A line among the items of a list that is none of them. */
function missingDash(source: SourceText, line: Line): Slip | undefined {
  const [above, below] = [lineAbove(source, line), lineBelow(source, line)];
  const isFirst = above?.words.endsWith(':') && indentOf(above) < indentOf(line);
  const beside = isFirst ? below : above;
  const isAmongItems = isItem(beside) && indentOf(beside) === indentOf(line);
  if (isAmongItems && isText(line)) {
    return { offset: line.first, words: '"- " is missing before this; the lines beside it are items of a list' };
  }
  if (isAmongItems && !isFirst && isKey(line)) return { offset: line.first, words: noItem(listKey(source, line)) };
  return isItem(line) && isKey(below) && indentOf(below) > indentOf(line)
    ? keyBelowText(source, line, below)
    : undefined;
}

/** A key below an item that is a text already. */
function keyBelowText(source: SourceText, item: Line, below: Line): Slip | undefined {
  const [, text] = /^-\s+([^\s:"'[{&*!|>#]\S*)$/.exec(item.words) ?? [];
  if (text === undefined || /:(?:\s|$)/.test(text)) return undefined;
  const key = listKey(source, item);
  const isKeyItself = /^[A-Za-z][\w-]*$/.test(text);
  const other = isKeyItself ? `, or ":" behind "${text}"` : key === undefined ? '' : `, or indent it like "${key}"`;
  const words = `this key is below the text "${text}", which can have none; write "- " before it${other}`;
  return { offset: below.first, words };
}

/** The key that a list is of, from the line of one of its items or a line among them. */
function listKey(source: SourceText, line: Line): string | undefined {
  let above = lineAbove(source, line);
  while (above && (isItem(above) ? indentOf(above) >= indentOf(line) : indentOf(above) > indentOf(line)))
    above = lineAbove(source, above);
  return /^([A-Za-z][\w.-]*):$/.exec(above?.words ?? '')?.[1];
}

/** Two items whose dashes stand at different columns. */
function movedDash(source: SourceText, line: Line): Slip | undefined {
  if (!isItem(line)) return undefined;
  for (let above = lineAbove(source, line); above; above = lineAbove(source, above)) {
    if (isItem(above) && indentOf(above) !== indentOf(line)) return dashes(source, line, above);
    if (isItem(above) || indentOf(above) <= indentOf(line)) break;
  }
  const below = lineBelow(source, line);
  return isItem(below) && indentOf(below) > indentOf(line) ? dashes(source, below, line) : undefined;
}

function dashes(source: SourceText, line: Line, above: Line): Slip {
  const [here, there] = [line, above].map(({ first }) => source.position(first).column);
  const words = `this "-" is at column ${here}, the "-" above it at column ${there}; indent the items of one list alike`;
  return { offset: line.first, words };
}

/** Whether a line may be part of a text below "|" or ">" that lost its indentation. */
function isInText(source: SourceText, line: Line): boolean {
  let above = lineAbove(source, line);
  while (above && indentOf(above) > indentOf(line)) above = lineAbove(source, above);
  return above !== undefined && /[|>][-+\d]*(?:\s+#.*)?$/.test(above.words);
}

function isItem(line: Line | undefined): line is Line {
  return line !== undefined && /^-(?:\s|$)/.test(line.words);
}

function isKey(line: Line | undefined): line is Line {
  return line !== undefined && /^[A-Za-z][\w.-]*:(?:\s|$)/.test(line.words);
}

/** Whether a line is one plain word that can only be a value: not a key with its value glued to it. */
function isText({ words }: Line): boolean {
  return /^\w(?:[\w.:/-]*[^:])?$/.test(words) && !/^[A-Za-z][\w.-]*:[^:]*$/.test(words);
}

function indentOf({ start, first }: Line): number {
  return first - start;
}

function lineOf(source: SourceText, offset: number): Line {
  const [start, end] = source.line(offset);
  const indent = /^ */.exec(source.text.slice(start, end))![0].length;
  return { start, first: start + indent, words: source.text.slice(start + indent, end).trimEnd() };
}

function lineEnd(source: SourceText, line: Line): number {
  return source.line(line.start)[1];
}

/** The next line above that is neither blank nor a comment. */
function lineAbove(source: SourceText, { start }: Line): Line | undefined {
  for (let at = start; at > 0; ) {
    const line = lineOf(source, at - 1);
    if (line.words !== '' && !line.words.startsWith('#')) return line;
    at = line.start;
  }
  return undefined;
}

/** The next line below that is neither blank nor a comment. */
function lineBelow(source: SourceText, from: Line): Line | undefined {
  for (let at = lineEnd(source, from); at < source.text.length; ) {
    const line = lineOf(source, at + 1);
    if (line.words !== '' && !line.words.startsWith('#')) return line;
    at = lineEnd(source, line);
  }
  return undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  '\u00a0': 'no-break space',
  '\u2013': 'en dash',
  '\u2014': 'em dash',
  '\u2022': 'bullet',
  '\u2212': 'minus sign',
};

/** A character by its name, where it has one that people know, and its number. */
function nameOf(character: string): string {
  const number = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  const name = NAMES[character];
  return name === undefined ? number : `${name} ${number}`;
}
