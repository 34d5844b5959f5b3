import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../cli/args';
import { command } from './sample';

const CHECK = command('check');
const DEFAULTS = {
  format: 'text',
  out: undefined,
  config: undefined,
  ignore: [],
  depth: undefined,
  quiet: false,
  strict: false,
  help: false,
};

describe('a command line that is right', () => {
  test.each<[string, string[], object, string[]]>([
    ['arguments', ['a', 'b'], {}, ['a', 'b']],
    ['a long option', ['--format', 'json', 'a'], { format: 'json' }, ['a']],
    ['with an equals sign', ['--format=json', 'a'], { format: 'json' }, ['a']],
    ['a value with an equals sign', ['--out=a=b', 'a'], { out: 'a=b' }, ['a']],
    ['a short option', ['-f', 'json', 'a'], { format: 'json' }, ['a']],
    ['a short option with its value', ['-fjson', 'a'], { format: 'json' }, ['a']],
    ['short options in a bundle', ['-qs', 'a'], { quiet: true, strict: true }, ['a']],
    ['a bundle that ends in a value', ['-qfjson', 'a'], { quiet: true, format: 'json' }, ['a']],
    ['options behind arguments', ['a', '-q', 'b'], { quiet: true }, ['a', 'b']],
    ['repeated', ['--ignore=MQ101', '--ignore', 'MQ102', 'a'], { ignore: ['MQ101', 'MQ102'] }, ['a']],
    ['the same value twice', ['-fjson', '--format=json', 'a'], { format: 'json' }, ['a']],
    ['a flag twice', ['-q', '--quiet', 'a'], { quiet: true }, ['a']],
    ['two dashes', ['-q', '--', '--strict', '-5', '--'], { quiet: true }, ['--strict', '-5', '--']],
    ['the standard input', ['-'], {}, ['-']],
    ['a dash as a value', ['--config', '-', 'a'], { config: '-' }, ['a']],
    ['negative numbers', ['-5', '-.5', '-1.5e3'], {}, ['-5', '-.5', '-1.5e3']],
    ['a negative number as a value', ['--depth', '-5', 'a'], { depth: '-5' }, ['a']],
    ['a dash behind an equals sign', ['--out=-x', 'a'], { out: '-x' }, ['a']],
    ['an empty argument', [''], {}, ['']],
  ])('%s', (_, argv, values, positionals) => {
    expect(parseCommandLine(CHECK, argv)).toEqual({ ok: true, values: { ...DEFAULTS, ...values }, positionals });
  });

  test.each([
    [['--help']],
    [['-h']],
    [['-qh']],
    [['--nonsense', '--help']],
    [['--out', '--help']],
    [['a', '-h', '--format=x']],
  ])('help wins: %j', argv =>
    expect(parseCommandLine(CHECK, argv)).toEqual({ ok: true, values: { ...DEFAULTS, help: true }, positionals: [] }),
  );

  test('help behind two dashes is an argument', () => {
    expect(parseCommandLine(CHECK, ['--', '--help'])).toMatchObject({
      ok: true,
      values: { help: false },
      positionals: ['--help'],
    });
  });
});

describe('a command line that is wrong', () => {
  test.each<[string[], string]>([
    [['--fromat=json', 'a'], 'unknown option "--fromat"; did you mean "--format"?'],
    [['--FORMAT=json', 'a'], 'unknown option "--FORMAT"; did you mean "--format"?'],
    [['-format', 'json', 'a'], 'unknown option "-format"; did you mean "--format"?'],
    [['-quiet=yes'], 'unknown option "-quiet"; did you mean "--quiet"?'],
    [['--zzzzzz', 'a'], 'unknown option "--zzzzzz"; "masq check --help" lists the options'],
    [['--__proto__=x', 'a'], 'unknown option "--__proto__"; "masq check --help" lists the options'],
    [['-x', 'a'], 'unknown option "-x"; "masq check --help" lists the options'],
    [['-qx', 'a'], 'unknown option "-x" in "-qx"; "masq check --help" lists the options'],
    [['-strct', 'a'], 'unknown option "-strct"; did you mean "--strict"?'],
    [
      ['--format=jsn', 'a'],
      'option --format takes text, json, github, sarif or junit, not "jsn"; did you mean "json"?',
    ],
    [['-f', 'xml1', 'a'], 'option -f takes text, json, github, sarif or junit, not "xml1"'],
    [['--format'], 'option --format needs a value: text, json, github, sarif or junit'],
    [['a', '--out'], 'option --out needs a value: DIR'],
    [['--out=', 'a'], 'option --out needs a value: DIR'],
    [['--out', '', 'a'], 'option --out needs a value: DIR'],
    [['--out', '--quiet', 'a'], 'option --out needs a value: DIR; if "--quiet" is meant, write "--out=--quiet"'],
    [['-o=dist', 'a'], 'option -o takes its value without "=": write "-o dist" or "--out=dist"'],
    [['--quiet=yes', 'a'], 'option --quiet takes no value, but was given "yes"'],
    [['--quiet=', 'a'], 'option --quiet takes no value, but was given ""'],
    [['--out=a', '-o', 'b', 'c'], 'option --out takes one value, but was given "a" and "b"'],
    [[], 'FILE is missing; usage: masq check [OPTION...] FILE...'],
    [['-q'], 'FILE is missing; usage: masq check [OPTION...] FILE...'],
  ])('%j', (argv, message) => expect(parseCommandLine(CHECK, argv)).toEqual({ ok: false, message }));

  test('the number of arguments', () => {
    const message = (name: string, argv: string[]) => parseCommandLine(command(name), argv);
    expect(message('completion', ['bash', 'zsh'])).toEqual({
      ok: false,
      message: 'unexpected argument "zsh"; masq completion takes one SHELL',
    });
    expect(message('version', ['x'])).toEqual({
      ok: false,
      message: 'unexpected argument "x"; masq version takes options only',
    });
    const two = { ...command('completion'), positionals: { name: 'FILE', min: 2, max: 3 }, usage: 'FILE FILE [FILE]' };
    expect(parseCommandLine(two, ['a'])).toEqual({
      ok: false,
      message: 'another FILE is missing; usage: masq completion FILE FILE [FILE]',
    });
    expect(parseCommandLine(two, ['a', 'b', 'c', 'd'])).toEqual({
      ok: false,
      message: 'unexpected argument "d"; masq completion takes at most 3 FILEs',
    });
  });
});

test('whatever is typed gets an answer of one line', () => {
  const word = fc.oneof(
    fc.constantFrom(
      '-',
      '--',
      '---',
      '--=',
      '-=',
      '--format',
      '--out',
      '-o',
      '-f',
      '-q',
      '--quiet=',
      '-5',
      '-h5',
      '--x=\n',
      '',
    ),
    fc.string({ maxLength: 6 }).map(text => text.replaceAll('\0', '')),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), argv => {
      const parsed = parseCommandLine(CHECK, argv);
      if (parsed.ok) for (const p of parsed.positionals) expect(argv).toContain(p);
      else expect(parsed.message.split('\n')).toHaveLength(1);
    }),
  );
});
