import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findingLine } from '../../agent/config';
import { DEFAULT_FLAGS } from '../../core/agentfile/flags';
import { readAgentFile } from '../../core/agentfile/read';
import { restoreText } from '../../core/dataplane/iptables-text';
import { planRules } from '../../core/dataplane/plan';
import { SourceText } from '../../core/source/text';
import type { Target } from '../dataplane/fuzz';

type Random = (below: number) => number;

const ROOT = join(__dirname, '../..');
/** Files of the agent in the repository, and recorded ones beside it where there are any. */
const SEEDS = ['test/fixtures/defects', '../shared/golden'].flatMap(folder => agentFiles(join(ROOT, folder)));
/** Those that are taken as they are: what is left of them still reaches the later checks. */
const VALID = SEEDS.filter(text => readAgentFile(new SourceText('config', text)).config);

/** What YAML makes something of. */
const TOKENS = [
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '? ',
    ': ',
    '- ',
    '!!str ',
    '!!binary ',
    '!x ',
    '|',
    '>-',
    '%YAML 1.1\n---\n',
    '---\n',
    '...\n',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '#',
    '\t',
    '\r\n',
    '\ufeff',
    '\u0000',
    '\u0085',
    '\u2028',
    '\ud800',
    '😀',
    '\\x00',
  ],
  ...[
    '~',
    'null',
    '.inf',
    '.nan',
    '0o17',
    '0x1F',
    '1_000',
    '1e999',
    '2001-01-01',
    '12:30:45',
    'yes',
    'on',
    '-0',
    '=',
    '<<',
  ],
  ...[
    '__proto__: 1\n',
    'constructor: {}\n',
    'toString: 1\n',
    'nonMasqueradeCIDRs: ',
    'cidrLimit: 18446744073709551616\n',
  ],
  ...[
    '10.0.0.0/8',
    '::ffff:0:0/96',
    '{{ .Values.x }}',
    '$(X)',
    '<no value>',
    '1h99999999999999999999h',
    'resyncInterval: ',
  ],
];

/** The strict reader: files of every kind with tokens, lines and pieces changed. */
export const STRICT_FILE: Target = {
  name: "the agent's file, strictly",
  input: random => {
    const seeds = random(4) > 0 ? VALID : SEEDS;
    let text = seeds[random(seeds.length)]!;
    for (let changes = random(4); changes > 0; changes--) text = changed(text, random);
    return text;
  },
  read: isReadWell,
};

/** Whether a text is taken; then it can be enforced, and else it is said where and why it is not. */
export function isReadWell(text: string): boolean {
  const { config, diagnostics } = readAgentFile(new SourceText('config', text));
  const lines = text.split('\n').length;
  for (const finding of diagnostics) {
    const { range, message, severity } = finding;
    if (!/^config:\d+:\d+ \w+ MQ\d+ \P{Cc}+$/u.test(findingLine(finding))) throw new Error(JSON.stringify(finding));
    if (!range || range.start.line < 1 || range.start.line > lines || range.start.column < 1) {
      throw new Error(`no place in ${lines} lines: ${JSON.stringify(range)} ${message}`);
    }
    if (config && severity === 'error') throw new Error(`taken with an error: ${message}`);
  }
  if (!config) {
    if (!diagnostics.some(({ severity }) => severity === 'error')) throw new Error('refused without a reason');
    return false;
  }
  const plan = planRules(config, { ...DEFAULT_FLAGS, enableIPv6: true });
  for (const family of plan.families) restoreText(plan, family, { jump: true });
  return true;
}

function changed(text: string, random: Random): string {
  const at = random(text.length + 1);
  const token = TOKENS[random(TOKENS.length)]!;
  const lines = text.split('\n');
  const line = random(lines.length);
  switch (random(9)) {
    case 0:
      return text.slice(0, at) + token + text.slice(at);
    case 1:
      return text.slice(0, at) + token + text.slice(at + 1 + random(6));
    case 2:
      return text.slice(0, at);
    case 3:
      return text.slice(at);
    case 4:
      return lines.toSpliced(line, 1, ' '.repeat(random(5)) + token + lines[line]).join('\n');
    case 5:
      return lines.toSpliced(line, random(2), lines[random(lines.length)]!).join('\n');
    case 6:
      return text + SEEDS[random(SEEDS.length)]!;
    case 7:
      return text.slice(0, at) + token.repeat(random(40)) + text.slice(at);
    default:
      return text.slice(0, at) + String.fromCharCode(random(0x10000)) + text.slice(at + random(2));
  }
}

/** Texts below a folder that have to do with the agent's file. */
function agentFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile() && statSync(path).size < 10_000)
    .map(path => readFileSync(path, 'utf8'))
    .filter(
      text => /^\s*["']?(?:nonMasqueradeCIDRs|masqLinkLocal|resyncInterval)/m.test(text) && !text.includes('kind:'),
    );
}
