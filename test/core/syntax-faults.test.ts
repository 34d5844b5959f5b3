import { describe, expect, it } from 'vitest';
import { parseSource } from '../../core/source';

/** Texts with a fault, where it is told, and in what words. */
const FAULTS: Readonly<Record<string, readonly (readonly [text: string, place: string, words: string])[]>> = {
  'lines that slipped': [
    [
      'a:\n  - b\n c: 1\n',
      '3:2 MQ201',
      'this key does not begin at the column of the keys beside it; indent them alike',
    ],
    ['a:\n  b: 1\n - c\n', '3:2 MQ201', 'the indentation of this "-" does not fit that of the lines above'],
    [
      'a: 1\n  b: 2\n',
      '2:3 MQ201',
      'this line is indented deeper than the key above it, which has a value already; indent both alike',
    ],
    [
      '- a: 1\n   b: 2\n',
      '2:4 MQ201',
      'this line is indented deeper than the key above it, which has a value already; indent both alike',
    ],
    ['a: "x"\n  b: 2\n', '2:3 MQ201', 'this key does not begin at the column of the keys beside it; indent them alike'],
    [
      'a:\n   b: 1\n  c: 2\n',
      '3:3 MQ201',
      'this key does not begin at the column of the keys beside it; indent them alike',
    ],
    [
      '  a: 1\n b: 2\n',
      '2:2 MQ201',
      'this line does not fit those above; check its indentation, and that "- " has its space',
    ],
    [
      '- "x"\n  - "y"\n',
      '2:3 MQ201',
      'this "-" is at column 3, the "-" above it at column 1; indent the items of one list alike',
    ],
    [
      '- a\nb: 1\n',
      '2:1 MQ201',
      'this belongs to no "- " of the list above; write "- " before it, or indent it as a key',
    ],
    [
      '- a\n-b\n',
      '2:1 MQ201',
      'this line does not fit those above; check its indentation, and that "- " has its space',
    ],
    ['a: b\n- c\n', '2:1 MQ201', 'the indentation of this "-" does not fit that of the lines above'],
    [
      'a:\n- b: 1\n  - c: 1\n',
      '3:3 MQ201',
      'this "-" is at column 3, the "-" above it at column 1; indent the items of one list alike',
    ],
    ['a: 1\n\tb: 2\n', '2:1 MQ207', 'a tab is used for indentation; use spaces'],
  ],
  'maps and lists in lines': [
    ['a: b: c\n', '1:4 MQ201', 'a value that holds ": " or ends in ":" needs quotes around it'],
    ['a\nb: 1\n', '1:1 MQ201', 'this is neither "key: value" nor "- item"; ":" and "-" need a space behind them'],
    ['a: 1\nb\n', '2:1 MQ201', 'this is neither "key: value" nor "- item"; ":" and "-" need a space behind them'],
    ['a: - b\n', '1:4 MQ201', 'a list begins in the line below its key; in the same line write [a, b]'],
    ['--- a: 1\n', '1:5 MQ201', 'nothing can stand beside "---"; begin the document in the line below'],
    ['&x - b\n', '1:1 MQ201', 'a list begins in the line below its anchor or tag'],
  ],
  'signs that are missing or look like others': [
    ['a: 1\nspec\n  b: 2\n', '2:1 MQ201', 'a ":" is missing behind "spec"'],
    ['a:\n  preserve\n    - b\n  c: 1\n', '2:3 MQ201', 'a ":" is missing behind "preserve"'],
    ['a: 1\nnodeCIDRs [10.0.0.0/8]\n', '2:1 MQ201', 'a ":" is missing behind "nodeCIDRs"'],
    ['platform = x\nb: 1\n', '1:1 MQ201', 'a key ends in ":", not in "="; write "platform: x"'],
    [
      'a:\n  b: |\n  c = d\n',
      '3:3 MQ201',
      'this is neither "key: value" nor "- item"; ":" and "-" need a space behind them',
    ],
    ['a:\n  – b\n  - c: 1\n', '2:3 MQ201', '"–" (en dash U+2013) begins no item of a list; write "- "'],
    ['a:\n  - b\n  — c\n', '3:3 MQ201', '"—" (em dash U+2014) begins no item of a list; write "- "'],
    ['a:\n  - b\n  * c\n', '3:3 MQ201', '"*" begins no item of a list; write "- "'],
    [
      'a:\n  - b\n  -\u00a0c\n',
      '3:4 MQ201',
      'no-break space U+00A0 stands here, which looks like a space and is none; write a space',
    ],
    ['a: 1\nb:\u2009c\n', '2:3 MQ201', 'U+2009 stands here, which looks like a space and is none; write a space'],
  ],
  'lists in lines': [
    [
      'a:\n    - b\n      - c: 1\n',
      '3:7 MQ201',
      'this "-" is at column 7, the "-" above it at column 5; indent the items of one list alike',
    ],
    [
      'a:\n      - b\n    - c\n',
      '3:5 MQ201',
      'this "-" is at column 5, the "-" above it at column 7; indent the items of one list alike',
    ],
    ['a:\n  b\n  - c: 1\n', '2:3 MQ201', '"- " is missing before this; the lines beside it are items of a list'],
    ['a:\n  - b\n  fd00::/8\n', '3:3 MQ201', '"- " is missing before this; the lines beside it are items of a list'],
    [
      'a:\n  - 10.0.0.0/8\n    cidr: b\n',
      '3:5 MQ201',
      'this key is below the text "10.0.0.0/8", which can have none; write "- " before it, or indent it like "a"',
    ],
    [
      'a:\n  - b\n    cidr: c\n',
      '3:5 MQ201',
      'this key is below the text "b", which can have none; write "- " before it, or ":" behind "b"',
    ],
    [
      'a:\n  - b: 1\n  c: d\n',
      '3:3 MQ201',
      'this belongs to no "- " of the list above; write "- " before it, or indent it like "a"',
    ],
  ],
  'merge conflicts': [
    ...['<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> b\n', 'a: 1\n>>>>>>> b\n', 'a: |\n  b\n<<<<<<< HEAD\n  c\n'].map(
      (text): readonly [string, string, string] => [
        text,
        `${text.split('\n').findIndex(line => /^(?:<<<|>>>)/.test(line)) + 1}:1 MQ201`,
        'a merge conflict was left here; keep one side, and remove the lines "<<<<<<<", "=======" and ">>>>>>>"',
      ],
    ),
  ],
  'texts in lines': [
    ['a: |\nb\n', '2:1 MQ201', 'this is neither "key: value" nor "- item"; ":" and "-" need a space behind them'],
    ['a: |\n     \n  b\n', '3:3 MQ201', 'the blank line before this text is indented deeper than the text; empty it'],
    ['a: |x\n  b\n', '1:5 MQ201', 'behind "|" or ">" only "-", "+" or a digit can stand; write the text below'],
    ['a: | x\n  b\n', '1:6 MQ201', 'behind "|" or ">" nothing but a comment can stand; write the text below'],
  ],
  brackets: [
    ['{a: 1\n"b": 2}', '1:5 MQ201', 'a comma is missing in this value'],
    ['["a" "b"]', '1:6 MQ201', 'a comma or a ":" is missing before this'],
    ['{"a": "b"\n"c": d}', '2:1 MQ201', 'a comma is missing before this key'],
    ['[a, , b]', '1:5 MQ201', 'a value is missing before the comma'],
    ['{,a: 1}', '1:2 MQ201', 'a key is missing before the comma'],
    ['[a\n: b]', '1:3 MQ201', 'a key and its ":" must stand in one line'],
    ['[- a]', '1:2 MQ201', 'between brackets write [a, b] or {a: b}, neither "- " nor keys in lines'],
    ['a: [\n  - b\n]\n', '2:3 MQ201', 'between brackets write [a, b] or {a: b}, neither "- " nor keys in lines'],
    [']\n', '1:1 MQ201', 'the "]" closes nothing; remove it'],
    ['a: {}}\n', '1:6 MQ201', 'the "}" closes nothing; remove it'],
    [
      'a: {b: 1\nc: 2\n',
      '1:4 MQ201',
      'the "{" that opens here is not closed; write "}" behind its last value, and indent any lines between the two',
    ],
    [
      '{"a": [1, 2}',
      '1:7 MQ201',
      'the "[" that opens here is not closed; write "]" behind its last value, and indent any lines between the two',
    ],
    [
      '[[1], []',
      '1:1 MQ201',
      'the "[" that opens here is not closed; write "]" behind its last value, and indent any lines between the two',
    ],
  ],
  'brackets of something else': [
    [
      'a:\n  - [fd00::]/8\n',
      '2:5 MQ201',
      'an address has no brackets around it; write fd00::/8, as a list of one [fd00::/8]',
    ],
    [
      'a: [10.0.0.0/8, [fd00::]/8]\n',
      '1:17 MQ201',
      'an address has no brackets around it; write fd00::/8, as a list of one [fd00::/8]',
    ],
    [
      'a: [b]/8\n',
      '1:7 MQ201',
      'nothing but a comment can stand behind a value; a comma is missing, or one pair of quotes around the whole',
    ],
    ...[`a: [\${X}]\n`, `a: [b, \${X}, c]\n`, `a: {b: \${X}}\n`].map((text): readonly [string, string, string] => [
      text,
      `1:${text.indexOf('$') + 1} MQ613`,
      `"\${X}" is a placeholder that was never filled in; check what the template renders`,
    ]),
    [
      `a: [172.\${X}.0.0/16]\n`,
      '1:5 MQ613',
      `"172.\${X}.0.0/16" is a placeholder that was never filled in; check what the template renders`,
    ],
  ],
  'quotes and signs': [
    ['a: "b\n', '1:4 MQ201', 'the quote that opens here is never closed'],
    ["a: 'b\n", '1:4 MQ201', 'the quote that opens here is never closed'],
    ['"b\\"\n', '1:1 MQ201', 'the quote that opens here is never closed'],
    ["'b''\n", '1:1 MQ201', 'the quote that opens here is never closed'],
    [
      '"\\q"\n',
      '1:2 MQ201',
      '"\\q" means nothing between double quotes; write "\\\\" for a backslash, or use single quotes',
    ],
    [
      'a: "b" c\n',
      '1:8 MQ201',
      'nothing but a comment can stand behind a value; a comma is missing, or one pair of quotes around the whole',
    ],
    [
      '- "x" y: z\n',
      '1:7 MQ201',
      'nothing but a comment can stand behind a value; a comma is missing, or one pair of quotes around the whole',
    ],
    ['a: "b"#c\n', '1:7 MQ201', 'a comment needs a space before its "#"; a text that holds "#" needs quotes'],
    ['a: %b\n', '1:4 MQ201', 'a text that begins with "%" needs quotes around it'],
    ['a: @b\n', '1:4 MQ201', 'a text that begins with "@" needs quotes around it'],
  ],
  'anchors, aliases, tags and merge keys': [
    ['a: !!str"b"\n', '1:9 MQ201', 'a space is missing behind the anchor or tag; a text with "&" or "!" needs quotes'],
    ['&a ? b', '1:4 MQ201', 'an anchor or a tag stands before the "?"; write it behind'],
    ['a: &x &y b\n', '1:7 MQ201', 'a value has two anchors; keep one, and put quotes around a text with "&"'],
    ['a: !!str !!str b\n', '1:10 MQ201', 'a value has two tags; keep one, and put quotes around a text with "!"'],
    ['a: &x *y\n', '1:7 MQ201', 'an alias stands for the whole value; remove the anchor or the tag before it'],
    ['a: & b\n', '1:4 MQ201', '"&" needs a name; a text with it needs quotes'],
    ['a: * \n', '1:4 MQ201', '"*" needs a name; a text with it needs quotes'],
    ['a: *b:\n', '1:6 MQ201', 'the name behind "*" ends in ":"; write a space before the ":"'],
    ['a:\n  <<: *x\n', '2:7 MQ201', 'alias "*x" has no anchor "&x" that is complete before it'],
    ['<<: 5\n', '1:1 MQ201', 'the merge key "<<" takes a map, or an alias of one'],
    ['a: {<<: [{b: 1}, 2]}\n', '1:5 MQ201', 'the merge key "<<" takes a map, or an alias of one'],
    ['!!merge x: 5\n', '1:1 MQ218', 'tag !!merge has no meaning here; write the plain value'],
    ['a: !!timestamp 2001-01-01\n', '1:4 MQ218', 'tag !!timestamp has no meaning here; write the plain value'],
  ],
  directives: [
    [
      '%YAML 1.2\na: 1\n',
      '2:1 MQ201',
      'below lines that begin with "%" a line "---" is missing; a text with "%" needs quotes',
    ],
    ['%FOO\n---\na: 1\n', '1:1 MQ201', '"%FOO" is no directive of YAML; a text that begins with "%" needs quotes'],
    ['%TAG !a\n---\na: 1\n', '1:1 MQ201', 'write "%TAG", a handle such as !e! and a prefix, or remove the line'],
    ['%YAML 3\n---\na: 1\n', '1:7 MQ201', 'write "%YAML 1.2", or remove the line'],
  ],
  characters: [
    [
      'a: 1\n---\n\ufeffb: 2\n',
      '3:1 MQ201',
      'a byte order mark (U+FEFF) stands here, where two files were joined; delete it: it cannot be seen',
    ],
    [
      'a: 1\n\ufeff---\nb: 2\n',
      '2:1 MQ201',
      'a byte order mark (U+FEFF) stands here, where two files were joined; delete it: it cannot be seen',
    ],
    [
      'a: 1\n---\n\ufeff# c\nb: 2\n',
      '3:1 MQ201',
      'a byte order mark (U+FEFF) stands here, where two files were joined; delete it: it cannot be seen',
    ],
    [
      'a: 1\n\ufeffb: 2\n',
      '2:1 MQ201',
      'a byte order mark (U+FEFF) stands here, where two files were joined; delete it: it cannot be seen',
    ],
    [
      'a: \u0000',
      '1:4 MQ201',
      'the character U+0000 cannot stand in a text; remove it, or restore the file if it is damaged',
    ],
  ],
};

describe.each(Object.entries(FAULTS))('%s', (_, faults) => {
  it.each(faults)('%j', (text, place, words) => {
    const found = parseSource('input.yaml', text).diagnostics.map(({ range, code, message }) => [
      `${range?.start.line}:${range?.start.column} ${code}`,
      message.replace(/^not valid YAML: /, ''),
    ]);
    expect(found).toEqual([[place, words]]);
  });
});

it('what stands in brackets that are not closed is told with where they ought to be', () => {
  const [found] = parseSource('input.yaml', 'a: [b,\n  c\nd: e\n').diagnostics;
  expect(found!.range?.start).toEqual({ line: 1, column: 4, offset: 3 });
  expect(found!.related?.map(({ range, message }) => [range?.start.line, message])).toEqual([
    [3, 'the "]" is missing here at the latest'],
  ]);
});
