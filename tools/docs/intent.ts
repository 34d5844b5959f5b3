import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../generate/output';
import { anchor, banner, code, fence, page, table } from './markdown';

/** A JSON Schema, as far as the reference looks into it. */
interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly propertyNames?: Schema;
  readonly minItems?: number;
  readonly 'x-wanted'?: string;
}

interface Root extends Schema {
  readonly $defs: Readonly<Record<string, Schema>>;
  readonly 'x-documents': readonly string[];
}

/** The platforms, in the order in which the page shows them. */
export const PLATFORMS = ['kubernetes', 'gke-standard', 'gke-autopilot', 'anthos-bare-metal'] as const;

const INTRODUCTION = `An intent says what should happen to the source address of pods' packets. It is YAML or JSON; a file may hold
several documents. Editors complete and check it with the line
\`# yaml-language-server: $schema=../node_modules/cdk8s-masq/schemas/intent.schema.json\` at its head, whose path counts from the file.
Keys that are not listed here are refused, wherever they stand.`;

/** docs/intent.md: the reference of the intent document. */
export function intentOutput(root: string): Output {
  const schema = JSON.parse(readFileSync(join(root, 'schemas/intent.schema.json'), 'utf8')) as Root;
  const names = reachable(schema);
  const text = page([
    banner('schemas/intent.schema.json and tools/docs/intents').trimEnd(),
    '# The intent',
    `${schema.description ?? ''}`,
    INTRODUCTION,
    '## Contents',
    [
      '- [Examples](#examples)',
      ...PLATFORMS.map(platform => `  - [${platform}](#${platform})`),
      '- Types',
      ...names.map(name => `  - ${link(name)}`),
    ].join('\n'),
    '## Examples',
    'One for each platform, with every key that is usual there. All of them validate as they stand.',
    ...PLATFORMS.flatMap(platform => [
      `### ${platform}`,
      fence(readFileSync(join(root, 'tools/docs/intents', `${platform}.yaml`), 'utf8'), 'yaml'),
    ]),
    ...names.flatMap(name => section(name, schema)),
  ]);
  return { path: 'docs/intent.md', text };
}

/** The definitions in the order in which a reader meets them. */
function reachable(root: Root): string[] {
  const found: string[] = [];
  const visit = (name: string): void => {
    if (found.includes(name)) return;
    found.push(name);
    for (const next of references(root.$defs[name])) visit(next);
  };
  root['x-documents'].forEach(visit);
  return found;
}

function references(schema: Schema | undefined): string[] {
  if (!schema) return [];
  const { $ref, properties = {}, items, anyOf = [], additionalProperties } = schema;
  const inner = [...Object.values(properties), ...(items ? [items] : []), ...anyOf];
  if (typeof additionalProperties === 'object') inner.push(additionalProperties);
  return [...($ref === undefined ? [] : [nameOf($ref)]), ...inner.flatMap(references)];
}

function section(name: string, root: Root): string[] {
  const schema = root.$defs[name]!;
  const required = schema.required ?? [];
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const { text, otherwise } = split(value.description ?? described(value, root));
    const always = required.includes(key);
    return [code(key), typeText(value), always ? 'yes' : '', otherwise, text + limits(value)];
  });
  const { examples = [] } = schema;
  const isMap = typeof schema.additionalProperties === 'object' || schema.properties === undefined;
  return [
    `## ${name}`,
    `${schema.description ?? ''}${limits(schema)}`,
    isMap ? `Type: ${typeText(schema)}.` : '',
    examples.length > 0 ? `Examples: ${examples.map(example => code(String(example))).join(', ')}.` : '',
    rows.length > 0 ? table(['Key', 'Type', 'Required', 'Default', 'What it says'], rows) : '',
  ];
}

/** What a type says of itself, for a key that says nothing. */
function described(schema: Schema, root: Root): string {
  return schema.$ref === undefined ? '' : (root.$defs[nameOf(schema.$ref)]?.description ?? '');
}

/** A description without its last sentence, when that one names the default. */
function split(description: string): { readonly text: string; readonly otherwise: string } {
  const match = /^(.*?)\s*Default: (.+)\.$/s.exec(description);
  return match ? { text: match[1]!, otherwise: match[2]! } : { text: description, otherwise: '' };
}

function limits(schema: Schema): string {
  const said: string[] = [];
  if (schema.minItems !== undefined)
    said.push(`At least ${schema.minItems === 1 ? 'one is' : `${schema.minItems} are`} needed.`);
  const names = schema.propertyNames?.['x-wanted'];
  if (names !== undefined) said.push(`Names: ${names}.`);
  return said.length > 0 ? ` ${said.join(' ')}` : '';
}

function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return link(nameOf(schema.$ref));
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum) return schema.enum.map(value => code(String(value))).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ');
  switch (schema.type) {
    case 'array':
      return `list of ${schema.items ? typeText(schema.items) : 'anything'}`;
    case 'object': {
      const { additionalProperties } = schema;
      return typeof additionalProperties === 'object' ? `map of ${typeText(additionalProperties)}` : 'map';
    }
    case 'string':
      return 'text';
    case 'boolean':
      return '`true`, `false`';
    default:
      return schema.type ?? 'anything';
  }
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

function link(name: string): string {
  return `[${name}](#${anchor(name)})`;
}
