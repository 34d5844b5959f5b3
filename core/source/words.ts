import type { YAMLError } from 'yaml';

/** What is said at the quote that opens a value, and nothing closes. */
export const UNCLOSED_QUOTE = 'not valid YAML: the quote that opens here is never closed';

/** What is said of a list or map in lines, where brackets have begun. */
export const BLOCK_IN_FLOW = 'between brackets write [a, b] or {a: b}, neither "- " nor keys in lines';

/** What is said of a line that has a list above it, of the named key, and is none of its items. */
export function noItem(key?: string): string {
  const indent = key === undefined ? 'as a key' : `like "${key}"`;
  return `this belongs to no "- " of the list above; write "- " before it, or indent it ${indent}`;
}

/** What a fault says, and what its text has in the place of each group. */
type Words = string | ((...found: readonly string[]) => string);

/**
 * What the parser says, and what that means to somebody who looks at the file: what is wrong there, and what to write.
 * The parser's codes are too coarse to tell: one stands for all that may be missing, another for all that is too much.
 */
const WORDS: readonly (readonly [said: RegExp, words: Words])[] = [
  [/^Nested mappings/, 'a value that holds ": " or ends in ":" needs quotes around it'],
  [/^A block sequence may not be used as an implicit/, 'the indentation does not fit that of the lines above'],
  [/^All mapping items must start/, 'this key does not begin at the column of the keys beside it; indent them alike'],
  [/^All sequence items must start/, 'this "-" is not at the column of the "-" above it; indent them alike'],
  [/^Sequence item without/, noItem()],
  [/^Block scalar values in collections/, 'the text below "|" or ">" must be indented deeper than its key'],
  [
    /^Block scalar lines must not be less/,
    'this line is indented less than the first line of the text below "|" or ">"',
  ],
  [/^Block scalars with more-indented/, 'the blank line before this text is indented deeper than the text; empty it'],
  [/^Block scalar header includes/, 'behind "|" or ">" only "-", "+" or a digit can stand; write the text below'],
  [
    /^(?:Unexpected token in block scalar header|Not a YAML token)/,
    'behind "|" or ">" nothing but a comment can stand; write the text below',
  ],
  [/^Unexpected block-seq-ind on same/, 'a list begins in the line below its key; in the same line write [a, b]'],
  [/^Block collection cannot start on same/, 'nothing can stand beside "---"; begin the document in the line below'],
  [/^Missing newline after block sequence/, 'a list begins in the line below its anchor or tag'],
  [/^Block collections are not allowed within/, BLOCK_IN_FLOW],
  [
    /^(?:Implicit keys need|Implicit map keys need)/,
    'this is neither "key: value" nor "- item"; ":" and "-" need a space behind them',
  ],
  [/^Implicit keys of flow sequence/, 'a key and its ":" must stand in one line'],
  [
    /must be at most 1024 chars/,
    'the ":" is more than 1024 characters behind the start of its key; a quote is missing',
  ],
  [/^Missing , between flow (map|sequence)/, part => `a comma is missing before this ${item(part)}`],
  [/^Missing , or : between flow/, 'a comma or a ":" is missing before this'],
  [/^Missing space after :/, 'a space is missing behind the ":"'],
  [/^Unexpected (?:,|empty item) in flow (map|sequence)/, part => `a ${item(part)} is missing before the comma`],
  [/^Comments must be separated/, 'a comment needs a space before its "#"; a text that holds "#" needs quotes'],
  [
    /^Tags and anchors must be separated/,
    'a space is missing behind the anchor or tag; a text with "&" or "!" needs quotes',
  ],
  [
    /^Anchors and tags must be after the (.)/,
    sign => `an anchor or a tag stands before the "${sign}"; write it behind`,
  ],
  [/^A node can have at most one anchor/, 'a value has two anchors; keep one, and put quotes around a text with "&"'],
  [/^A node can have at most one tag/, 'a value has two tags; keep one, and put quotes around a text with "!"'],
  [/^An alias node must not/, 'an alias stands for the whole value; remove the anchor or the tag before it'],
  [/^(Anchor|Alias) cannot be an empty/, kind => `"${SIGNS[kind]}" needs a name; a text with it needs quotes`],
  [/^(Anchor|Alias) ending in :/, kind => `the name behind "${SIGNS[kind]}" ends in ":"; write a space before the ":"`],
  [/^Missing directives-end/, 'below lines that begin with "%" a line "---" is missing; a text with "%" needs quotes'],
  [/^Unknown directive (\S+)/, name => `"${name}" is no directive of YAML; a text that begins with "%" needs quotes`],
  [/^%TAG directive/, 'write "%TAG", a handle such as !e! and a prefix, or remove the line'],
  [/^(?:%YAML directive|Unsupported YAML)/, 'write "%YAML 1.2", or remove the line'],
  [/^Plain value cannot start with a tab/, 'a value begins with a tab; write a space'],
  [/^Plain value cannot start with .*?(\S)$/, sign => `a text that begins with "${sign}" needs quotes around it`],
  [
    /^Invalid escape sequence (\\.?)/s,
    sign => `"${sign}" means nothing between double quotes; write "\\\\" for a backslash, or use single quotes`,
  ],
  [/^Missing closing/, 'the quote that opens this value is never closed'],
  [/^Unexpected doc-end/, '"..." ends a document where none has begun; remove it'],
  [/^Unexpected flow-(seq|map)-end/, kind => `the "${kind === 'seq' ? ']' : '}'}" closes nothing; remove it`],
  [
    / at node end|^Unexpected \S*scalar token$/,
    'nothing but a comment can stand behind a value; a comma is missing, or one pair of quotes around the whole',
  ],
  [/^Unexpected (\S) in /, sign => `one "${sign}" too many stands here; remove it, or put quotes around a text`],
];

const SIGNS: Readonly<Record<string, string>> = { Anchor: '&', Alias: '*' };

function item(part: string): string {
  return part === 'map' ? 'key' : 'value';
}

/** A syntax fault in a user's words. */
export function faultWords({ message }: YAMLError): string {
  for (const [said, words] of WORDS) {
    const found = said.exec(message);
    if (found) return typeof words === 'string' ? words : words(...found.slice(1));
  }
  return 'this cannot stand here; if it is part of a text, put quotes around the whole text';
}
