import { ruleAnchor } from '../../cli/site';
import { isOfLint, RULE_CODES, RULES, type RuleCode } from '../../core/diagnostics';
import { EXPLANATIONS } from '../../core/diagnostics/explanations';
import type { Output } from '../generate/output';
import { diagnose, diagnoseByLint, diagnoseImport, hasContent, isOfAnImport } from './diagnose';
import { banner, fence, page, plain, table } from './markdown';

const GROUPS = [
  ['MQ1', 'Addresses'],
  ['MQ2', 'Documents'],
  ['MQ3', "The cluster's treatment"],
  ['MQ4', 'Platforms'],
  ['MQ5', 'The egress gateway'],
  ['MQ6', 'Kubernetes manifests'],
  ['MQ7', 'What masq lint alone looks for'],
  ['MQ8', 'Imports'],
  ['MQ9', 'masq itself'],
] as const;

const INTRODUCTION = `Every finding has a code, which never changes its meaning and is never used again for another.
An error means that what would be rendered or enforced is wrong, and nothing is emitted. A warning means that it works,
but probably not as meant. A note is worth knowing. \`masq rules CODE\` shows the same text in a terminal.
Under an example stands what masq says of it.`;

/** docs/codes.md: every rule with its explanation. */
export function codesOutput(): Output {
  const parts = GROUPS.flatMap(([prefix, title]) => [
    `## ${title}`,
    ...RULE_CODES.filter(code => code.startsWith(prefix)).map(section),
  ]);
  const rows = RULE_CODES.map(code => [
    `[${code}](#${ruleAnchor(code)})`,
    RULES[code].name,
    severities(code),
    RULES[code].title,
  ]);
  const text = page([
    banner('core/diagnostics').trimEnd(),
    '# Codes',
    INTRODUCTION,
    table(['Code', 'Name', 'Severity', 'In one line'], rows),
    ...parts,
  ]);
  return { path: 'docs/codes.md', text };
}

function section(code: RuleCode): string {
  const { name, title } = RULES[code];
  const { meaning, example, fix, source } = EXPLANATIONS[code];
  return page([
    `### ${code}`,
    `**${name}** (${severities(code)}): ${plain(title)}.`,
    plain(meaning),
    hasContent(example) ? fence(example, 'yaml') : `Example: ${plain(example.replace(/^# /gm, '').trim())}.`,
    said(code, example),
    `**Fix:** ${plain(fix)}`,
    `**Source:** ${plain(source)}.`,
  ]).trimEnd();
}

/** How much the rule's findings matter, its own severity first. */
function severities(code: RuleCode): string {
  const { severity, also } = RULES[code];
  return [severity, ...also].join(', in some cases ');
}

function said(code: RuleCode, example: string): string {
  if (!hasContent(example)) return '';
  const say = isOfLint(code) ? diagnoseByLint : isOfAnImport(code) ? diagnoseImport : diagnose;
  const found = say(example).filter(d => d.code === code);
  if (found.length === 0) return '';
  const lines = found.map(d => {
    const place = d.range ? `:${d.range.start.line}:${d.range.start.column}` : '';
    return `${d.file ?? ''}${place}: ${d.severity}: ${d.message}`;
  });
  return fence(lines.join('\n'), 'text');
}
