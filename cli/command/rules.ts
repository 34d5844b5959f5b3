import { findRule, noRule, RULE_CODES, RULES, type RuleCode } from '../../core/diagnostics';
import { EXPLANATIONS } from '../../core/diagnostics/explanations';
import type { Invocation } from '../masq';
import { ruleAddress, SITE } from '../site';
import { refuse, stdout } from '../stdio';
import { type ColorChoice, type Palette, palette, useColor } from '../terminal';

/** `masq rules`: lists the rules, or explains some of them. */
export function run({ values, positionals }: Invocation): number {
  const codes: RuleCode[] = [];
  for (const word of positionals) {
    const code = findRule(word);
    if (!code) return refuse([noRule(word)]);
    codes.push(code);
  }
  const colors = palette(useColor(stdout, process.env, values.color as ColorChoice | undefined));
  const wanted = codes.length > 0 ? codes : RULE_CODES;
  if (values.format === 'json') {
    const rules = wanted.map(code => ({ code, ...RULES[code], ...EXPLANATIONS[code], help: ruleAddress(code, SITE) }));
    stdout.write(`${JSON.stringify(rules, null, 2)}\n`);
  } else if (codes.length === 0) stdout.write(list(wanted, colors));
  else stdout.write(codes.map(code => explain(code, colors, SITE)).join('\n'));
  return 0;
}

/** A table: the code, the severity, the name and the title of each. */
function list(codes: readonly RuleCode[], { bold, dim }: Palette): string {
  const width = Math.max(...codes.map(code => RULES[code].name.length));
  const lines = codes.map(code => {
    const { severity, title, name } = RULES[code];
    return `${bold(code)} ${severity.padEnd(7)} ${dim(name.padEnd(width))}  ${title}\n`;
  });
  return lines.join('');
}

/** All about a rule, and where the same stands on the site of the documentation. */
export function explain(code: RuleCode, colors: Palette, site: string | undefined): string {
  const { name, severity, also, title } = RULES[code];
  const { meaning, example, fix, source } = EXPLANATIONS[code];
  const address = ruleAddress(code, site);
  const section = (heading: string, text: string) => `${colors.bold(heading)}\n${indent(text)}\n`;
  return [
    `${colors.bold(`${code} ${name}`)} (${[severity, ...also].join(', in some cases ')})\n${title}.\n`,
    section('What it means', wrap(meaning)),
    section('Example', example),
    section('What to do', fix.includes('\n') ? fix : wrap(fix)),
    section('Source', wrap(source)),
    ...(address === undefined ? [] : [section('On the web', address)]),
  ].join('\n');
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map(l => (l === '' ? l : `  ${l}`))
    .join('\n');
}

function wrap(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1]!;
    if (last !== '' && last.length + 1 + word.length > 78) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}
