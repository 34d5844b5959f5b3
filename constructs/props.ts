import { type Diagnostic, diagnostic, type RuleCode, type ValuePath } from '../core/diagnostics';
import { record } from '../core/manifest/object';
import { schemaErrors } from '../core/schema/interpret';
import { pathText } from '../core/schema/path';
import { type JsonSchema, shapeDiagnostics } from '../core/schema/shape';
import { plainDocument, type SourceDocument } from '../core/source';
import { BROKEN, isBroken } from '../core/yaml';
import intentSchema from '../schemas/intent.schema.json';
import type { CommonProps } from './metadata';

/** What one prop has to be, and whether it has to be there. */
interface Prop<Required extends boolean> {
  readonly schema: JsonSchema;
  readonly required: Required;
}

/** What each prop of a construct has to be. The compiler sees to it that none is forgotten. */
export type PropsShape<Props> = {
  readonly [Key in keyof Props]-?: Prop<object extends Pick<Props, Key> ? false : true>;
};

/** A prop that may be left out. */
export function optional(schema: JsonSchema): Prop<false> {
  return { schema, required: false };
}

/** A prop that must be there. */
export function required(schema: JsonSchema): Prop<true> {
  return { schema, required: true };
}

const AGENT = intentSchema.$defs.Agent.properties;

/** Any text. */
export const TEXT: JsonSchema = { type: 'string' };
/** True or false. */
export const BOOLEAN: JsonSchema = { type: 'boolean' };
/** A list of texts. */
export const TEXTS: JsonSchema = { type: 'array', items: TEXT };
/** A map of texts, such as labels. */
export const TEXT_MAP: JsonSchema = { type: 'object', additionalProperties: TEXT };
/** A map that something else looks into. */
export const MAP: JsonSchema = { type: 'object' };
/** A container image. */
export const IMAGE: JsonSchema = AGENT.image;
/** A name, of this object or of another one. */
export const SUBDOMAIN: JsonSchema = AGENT.priorityClassName;
/** The name of a namespace. */
export const NAMESPACE: JsonSchema = AGENT.namespace;
/** A cluster's name, which is its folder's too. */
export const CLUSTER_NAME: JsonSchema = intentSchema.$defs.Metadata.properties.name;
/** Whose agent runs. */
export const FLAVOR: JsonSchema = AGENT.flavor;
/** Through which tool masq-agent writes its rules. */
export const BACKEND: JsonSchema = AGENT.backend;
/** How masq-agent writes its log. */
export const LOG_FORMAT: JsonSchema = AGENT.logFormat;
/** Where packets of pods come from. */
export const POD_CIDRS: JsonSchema = intentSchema.$defs.Network.properties.podCIDRs;
/** Where masq-agent's metrics are served. */
export const METRICS: JsonSchema = AGENT.metrics;
/** What a container requests and may use at most. */
export const RESOURCES: JsonSchema = AGENT.resources;
/** What carries packets with a pod's address to the internet. */
export const INTERNET_ROUTE: JsonSchema = { enum: ['cloud-nat', 'custom-default-route'] };
/** Which pods. */
export const POD_RULES: JsonSchema = intentSchema.$defs.EgressPolicy.properties.from;

/** The shape of what every construct takes for its objects' metadata. */
export const COMMON: PropsShape<CommonProps> = { labels: optional(TEXT_MAP), annotations: optional(TEXT_MAP) };

/** Props, as far as a construct can be made from them, and what is wrong with them. */
export interface CheckedProps<Props> {
  /** The props without those of another type or name: these count as absent, so that all else is still checked. */
  readonly sound: Partial<Props>;
  /** What is wrong, of every prop. */
  readonly findings: readonly Diagnostic[];
}

/** Checks the shape of a construct's props, which programs in JavaScript can get wrong: types, names, missing ones. */
export function checkProps<Props extends object>(given: unknown, shape: PropsShape<Props>): CheckedProps<Props> {
  const props = given ?? {};
  const schema = schemaOf(shape);
  const document = plainDocument({ props }, {});
  const findings = shapeDiagnostics(document, schemaErrors(schema, document.value), schema);
  const refused = new Set(findings.filter(({ path }) => path?.length === 2).map(({ path }) => path![1]));
  const kept = Object.entries(record(props)).filter(([key, value]) => value !== undefined && !refused.has(key));
  return { sound: Object.fromEntries(kept) as Partial<Props>, findings };
}

/** Props without those in which something was found: what looks into them takes them to be of their type. */
export function withoutFaulty<Props extends object>({ sound, findings }: CheckedProps<Props>): Partial<Props> {
  const faulty = new Set(findings.map(({ path }) => path?.[1]));
  return Object.fromEntries(Object.entries(sound).filter(([key]) => !faulty.has(key))) as Partial<Props>;
}

function schemaOf<Props>(shape: PropsShape<Props>): JsonSchema {
  const props = Object.entries<Prop<boolean>>(shape);
  return {
    $defs: intentSchema.$defs,
    properties: {
      props: {
        type: 'object',
        additionalProperties: false,
        required: props.filter(([, prop]) => prop.required).map(([key]) => key),
        properties: Object.fromEntries(props.map(([key, prop]) => [key, prop.schema])),
      },
    },
  };
}

/** The texts and keys of plain data that cannot be written into any file; a program can make them, a file hardly. */
export function brokenTexts(document: SourceDocument): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new WeakSet<object>();
  const check = (text: string, path: ValuePath, what: string): void => {
    if (!isBroken(text)) return;
    const message = `${what} ${JSON.stringify(text)} holds ${BROKEN}; write it whole, or remove it`;
    found.push(diagnostic('MQ206', document.at(path), { message }));
  };
  const visit = (value: unknown, path: ValuePath): void => {
    if (typeof value === 'string') check(value, path, pathText(path));
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const [key, inner] of Object.entries(value)) {
      check(key, path, `in ${pathText(path)} the key`);
      visit(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  visit(document.value, []);
  return found;
}

/** Rules about what is there and of which type: what a construct was not given in order, its object lacks. */
const SHAPE: ReadonlySet<RuleCode> = new Set(['MQ203', 'MQ204', 'MQ205', 'MQ206', 'MQ211']);

/** Findings without those of a rule that was named before: of values in their shape, and then of their objects. */
export function unlessSaid(said: readonly Diagnostic[], further: readonly Diagnostic[]): Diagnostic[] {
  const matter = ({ code }: Diagnostic): RuleCode => (SHAPE.has(code) ? 'MQ203' : code);
  const matters = new Set(said.map(matter));
  return further.filter(found => !matters.has(matter(found)));
}
