import { API_VERSION } from '../intent/load';
import type { ClusterIntentSpec } from '../schema/generated/types-intent';
import { writeYaml } from '../yaml';

/** A language that an intent is written in. */
export type IntentLanguage = 'yaml' | 'typescript';

/** An intent as the text of a file. */
export function intentText(name: string, spec: ClusterIntentSpec, language: IntentLanguage, from: string): string {
  return language === 'yaml' ? intentYaml(name, spec, from) : intentTypeScript(name, spec, from);
}

function intentYaml(name: string, spec: ClusterIntentSpec, from: string): string {
  const document = { apiVersion: API_VERSION, kind: 'ClusterIntent', metadata: { name }, spec };
  return `# Imported by masq from ${from}.\n${writeYaml(document, { inline: LINE })}`;
}

/** How long a line may get by a list or a map in it. */
const LINE = 80;

function intentTypeScript(name: string, spec: ClusterIntentSpec, from: string): string {
  return `// Imported by masq from ${from}.
import { ClusterIntent, MasqApp } from 'cdk8s-masq';

const app = new MasqApp();

new ClusterIntent(app, ${text(name)}, ${literal(spec, '')});

app.synth();
`;
}

/** A value as a literal of TypeScript; lists of texts and short maps in one line. */
function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const isList = Array.isArray(value);
  const items = isList
    ? value.map(item => literal(item, `${indent}  `))
    : Object.entries(value).map(([key, item]) => `${keyText(key)}: ${literal(item, `${indent}  `)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return `${open}${close}`;
  const isFlat = Object.values(value).every(
    item => typeof item !== 'object' || item === null || Object.keys(item).length === 0,
  );
  const line = isList ? `[${items.join(', ')}]` : `{ ${items.join(', ')} }`;
  if (isFlat && indent !== '' && line.length <= LINE) return line;
  const lines = items.map(item => `${indent}  ${item},\n`).join('');
  return `${open}\n${lines}${indent}${close}`;
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : text(key);
}

/** A text between single quotes. */
function text(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
