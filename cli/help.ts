import { type Command, type Option, optionsOf } from './args';

const WIDTH = 80;

/** The help of `masq` itself: what it is for, and one line a command. */
export function renderHelp(commands: readonly Command[]): string {
  const sections = [
    ['masq compiles and checks IP masquerading and egress NAT for Kubernetes.'],
    ['Usage: masq COMMAND [OPTION...] [ARGUMENT...]'],
    ['Commands:', ...table(commands.map(command => [command.name, command.summary]))],
    [
      'Options:',
      ...table([
        ['-h, --help', 'show this help, or that of a command'],
        ['    --version', 'show the version'],
      ]),
    ],
    ['"masq COMMAND --help" explains a command.'],
  ];
  return join(sections);
}

/** The help of one command. */
export function renderCommandHelp(command: Command): string {
  const { name, usage, description, examples, exitCodes = [] } = command;
  const sections = [
    wrap(`Usage: masq ${name}${usage === '' ? '' : ` ${usage}`}`, ' '.repeat(`Usage: masq ${name} `.length)),
    paragraphs(description),
    ['Options:', ...table(optionsOf(command).map(option => [optionHead(option), optionText(option)]))],
  ];
  if (examples.length > 0) {
    const shown = examples.map(({ line, says }) => [...wrap(`  # ${says}`, '  # '), `  $ ${line}`]);
    sections.push(['Examples:', ...shown.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))]);
  }
  if (exitCodes.length > 0) {
    sections.push(['Exit codes:', ...table(exitCodes.map(([code, meaning]) => [String(code), meaning]))]);
  }
  return join(sections);
}

function join(sections: readonly (readonly string[])[]): string {
  const shown = sections.filter(lines => lines.length > 0);
  return `${shown.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function optionHead({ short, name, type, value }: Option): string {
  const long = `--${name}${type === 'string' ? `=${value ?? 'VALUE'}` : ''}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

function optionText(option: Option): string {
  const facts: string[] = [];
  if (option.choices !== undefined) facts.push(`one of ${option.choices.join(', ')}`);
  if (option.default !== undefined) facts.push(`default ${option.default}`);
  if (option.multiple) facts.push('may be repeated');
  return facts.length === 0 ? option.help : `${option.help} (${facts.join('; ')})`;
}

/** Two columns; where a left entry is too long for its column, the right one begins on the next line. */
function table(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const column = Math.min(Math.max(...rows.map(([left]) => left.length)), 28) + 4;
  const indent = ' '.repeat(column);
  return rows.flatMap(([left, right]) => {
    const head = `  ${left}`;
    if (head.length + 2 <= column) return wrap(head.padEnd(column) + right, indent);
    return [head, ...wrap(indent + right, indent)];
  });
}

function paragraphs(text: string): string[] {
  return text
    .trim()
    .split(/\n[ \t]*\n/)
    .flatMap((paragraph, index) => {
      const lines = paragraph.startsWith('  ') ? paragraph.split('\n') : wrap(paragraph.replace(/\s+/g, ' '), '');
      return index === 0 ? lines : ['', ...lines];
    });
}

/** Breaks a line at blanks; every line but the first begins with the indent. A long word stays whole. */
function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > WIDTH) {
    const floor = (rest.match(/^ */)?.[0].length ?? 0) + 1;
    let at = rest.lastIndexOf(' ', WIDTH);
    if (at < floor) at = rest.indexOf(' ', floor);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at + 1).trimStart();
  }
  return [...lines, rest.trimEnd()];
}
